/** The payment providers this shop offers, by name, from its environment. A further one is one line here. */
import type { Env } from '../platform/env.ts';
import { guardProvider } from './guard-provider.ts';
import { flutterwavePayments } from './payment-flutterwave.ts';
import { cashOnDelivery, manualPayments } from './payment-manual.ts';
import { paypalPayments } from './payment-paypal.ts';
import { stripePayments } from './payment-stripe.ts';
import type { PaymentProvider } from './payment.ts';

interface Log {
  warn: (fields: object, message: string) => void;
}

export function paymentProviders(env: Env, log: Log): Record<string, PaymentProvider> {
  const guarded = (provider: PaymentProvider) =>
    guardProvider(provider, {
      onChange: ({ state, error, ...change }) =>
        log.warn({ ...change, state, err: error }, 'A payment provider is left alone, or asked again'),
    });
  return {
    ...(env.STRIPE_SECRET_KEY && { stripe: guarded(stripePayments(env)) }),
    ...(env.PAYPAL_CLIENT_ID && { paypal: guarded(paypalPayments(env)) }),
    ...(env.FLUTTERWAVE_SECRET_KEY && { flutterwave: guarded(flutterwavePayments(env)) }),
    manual: manualPayments(),
    cash_on_delivery: cashOnDelivery(),
  };
}
