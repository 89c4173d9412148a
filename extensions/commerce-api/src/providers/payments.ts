/** The payment providers this shop offers, by name, from its environment. A further one is one line here. */
import type { Env } from '../platform/env.ts';
import { manualPayments } from './payment-manual.ts';
import { stripePayments } from './payment-stripe.ts';
import type { PaymentProvider } from './payment.ts';

export function paymentProviders(env: Env): Record<string, PaymentProvider> {
  return {
    manual: manualPayments(),
    ...(env.STRIPE_SECRET_KEY && { stripe: stripePayments(env) }),
  };
}
