/**
 * PayPal through Orders v2 and Payments v2. The shopper agrees on PayPal's page and no money moves by that: the shop takes it
 * afterwards, with `proceed`. Our payment id travels as `custom_id`, and our refund id on refunds.
 */
import type { Env } from '../platform/env.ts';
import { minorOfPayPal, payPalMoney } from './paypal-amount.ts';
import { isUnknown, payPalApi } from './paypal-api.ts';
import {
  linkOf,
  providerPayment,
  readOrder,
  readRefund,
  refundStatus,
  takenCaptures,
  unitOf,
  type PayPalOrder,
} from './paypal-order.ts';
import { payPalWebhooks } from './paypal-webhook.ts';
import {
  PaymentProviderError,
  type MoveMoney,
  type PaymentProvider,
  type ProviderPayment,
  type StartPayment,
} from './payment.ts';

/** The bank or PayPal turns this means of payment down; with another one the same order can still be paid. */
const CHOOSE_AGAIN = new Set([
  'INSTRUMENT_DECLINED',
  'PAYER_ACTION_REQUIRED',
  'PAYER_CANNOT_PAY',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
]);

export function paypalPayments(env: Env): PaymentProvider {
  const api = payPalApi(env);
  const webhooks = payPalWebhooks(env, api);

  /** Null when PayPal does not know the order, as when nobody approved it in time. */
  async function orderOf(id: string): Promise<PayPalOrder | null> {
    try {
      return seen(await api.get(`/v2/checkout/orders/${encodeURIComponent(id)}`));
    } catch (error) {
      if (isUnknown(error)) return null;
      throw error;
    }
  }

  async function knownOrder(id: string): Promise<PayPalOrder> {
    const order = await orderOf(id);
    if (order) return order;
    throw definite('RESOURCE_NOT_FOUND', 'PayPal does not know this payment');
  }

  /** Whose account this is can be told from every order of ours. */
  function seen(body: unknown): PayPalOrder {
    const order = readOrder(body);
    webhooks.learnMerchant(unitOf(order).payee?.merchant_id);
    return order;
  }

  /** The truth after a refusal, where it has moved on from `before`; otherwise the refusal. */
  async function movedOn(id: string, before: ProviderPayment, refusal: unknown): Promise<ProviderPayment> {
    if (!(refusal instanceof PaymentProviderError) || !refusal.is_definite) throw refusal;
    const truth = providerPayment(await knownOrder(id));
    if (truth.status === before.status) throw refusal;
    return truth;
  }

  return {
    name: 'paypal',
    title: 'PayPal',
    is_manual: false,
    flows: ['hosted'],

    async start(input) {
      const body = await api.post(
        '/v2/checkout/orders',
        orderRequest(input),
        `${input.payment}:${input.attempt}`,
      );
      return providerPayment(seen(body));
    },

    // PayPal looks no order up by a shop's id. One whose address the shop never heard has been shown to nobody, and even an
    // approved one takes no money before the shop asks for it.
    find: () => Promise.resolve(null),

    async fetch(id) {
      const order = await orderOf(id);
      return order && providerPayment(order);
    },

    /**
     * An order of another amount than the payment's is left alone, and reported as it is. PayPal captures an order once, whatever
     * the request id; this one changes with the approval, because PayPal may answer a declined one with the same again.
     */
    async proceed({ provider_payment, payment, attempt, amount_minor, currency }) {
      const order = await knownOrder(provider_payment);
      const before = providerPayment(order);
      const isAsAsked = before.amount_minor === amount_minor && before.currency === currency;
      if (before.status !== 'approved' || !isAsAsked) return before;
      const step = order.intent === 'CAPTURE' ? 'capture' : 'authorize';
      const approval = order.update_time ?? order.create_time ?? '';
      const path = `/v2/checkout/orders/${encodeURIComponent(order.id)}/${step}`;
      try {
        await api.post(path, {}, `${step}:${payment}:${attempt}:${approval}`);
      } catch (error) {
        if (!(error instanceof PaymentProviderError) || !CHOOSE_AGAIN.has(error.code)) {
          return movedOn(order.id, before, error);
        }
        const after = providerPayment(await knownOrder(order.id));
        return after.status === 'approved' || after.status === 'pending' ? declined(after, error) : after;
      }
      // The answer to a repeat may leave out what the order says of itself.
      return providerPayment(await knownOrder(order.id));
    },

    async capture({ provider_payment, payment, attempt, amount_minor, currency }: MoveMoney) {
      const order = await knownOrder(provider_payment);
      const before = providerPayment(order);
      const authorization = unitOf(order).payments.authorizations.at(-1);
      if (before.status !== 'authorised' || !authorization) return before;
      const request = { amount: payPalMoney(amount_minor, currency), final_capture: true };
      const path = `/v2/payments/authorizations/${encodeURIComponent(authorization.id)}/capture`;
      try {
        await api.post(path, request, `capture:${payment}:${attempt}:${amount_minor}`);
      } catch (error) {
        return movedOn(order.id, before, error);
      }
      return providerPayment(await knownOrder(order.id));
    },

    /** There is no call that ends an order: until it is authorised, PayPal forgets it by itself after some hours. */
    async cancel(id) {
      const order = await orderOf(id);
      if (!order) return 'cancelled';
      const outcomeOf = (payment: ProviderPayment) => {
        if (payment.status === 'paid') return 'paid';
        return payment.status === 'cancelled' || payment.status === 'failed' ? 'cancelled' : 'cannot_cancel';
      };
      const before = providerPayment(order);
      const authorization = unitOf(order).payments.authorizations.at(-1);
      if (before.status !== 'authorised' || !authorization) return outcomeOf(before);
      try {
        await api.post(
          `/v2/payments/authorizations/${encodeURIComponent(authorization.id)}/void`,
          undefined,
          null,
        );
        return 'cancelled';
      } catch (error) {
        return outcomeOf(await movedOn(id, before, error));
      }
    },

    /** What PayPal already has under our id is not asked for again, long after it forgot the request id too. */
    async refund({ provider_payment, refund, amount_minor, currency }) {
      const order = await knownOrder(provider_payment);
      const earlier = unitOf(order).payments.refunds.find(({ custom_id }) => custom_id === refund);
      if (earlier) return { provider_refund: earlier.id, status: refundStatus(earlier) };
      const path = `/v2/payments/captures/${encodeURIComponent(captureToRefund(order, amount_minor))}/refund`;
      const request = { amount: payPalMoney(amount_minor, currency), custom_id: refund };
      const made = readRefund(await api.post(path, request, `refund:${refund}`));
      return { provider_refund: made.id, status: refundStatus(made) };
    },

    readWebhook: webhooks.read,
    list: null,
    methods: null,
  };
}

/** The same for every repeat of an attempt. @throws PaymentProviderError for an amount PayPal cannot write */
function orderRequest(input: StartPayment): object {
  const { payment, attempt, order_number, amount_minor, currency, capture, statement_descriptor } = input;
  const { return_url } = input;
  if (return_url === null) throw definite('return_url_required', 'PayPal needs an address to come back to');
  return {
    intent: capture === 'later' ? 'AUTHORIZE' : 'CAPTURE',
    purchase_units: [
      {
        custom_id: payment,
        // Found by the order's number in PayPal's lists, and never used twice, even by two shops with one account.
        invoice_id: `${order_number.slice(0, 80)}-${payment}-${attempt}`,
        description: `Order ${order_number}`.slice(0, 127),
        amount: payPalMoney(amount_minor, currency),
        ...(statement_descriptor && { soft_descriptor: statement_descriptor.slice(0, 22) }),
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          return_url,
          cancel_url: input.cancel_url ?? return_url,
          user_action: 'PAY_NOW',
          // The shop has the address, and has priced the delivery to it.
          shipping_preference: 'NO_SHIPPING',
        },
      },
    },
  };
}

/** The shopper may approve the same order again, with another means of payment. */
function declined(truth: ProviderPayment, error: PaymentProviderError): ProviderPayment {
  const { links = [] } = (error.cause ?? {}) as { links?: { href: string; rel: string }[] };
  const redirect_url = linkOf(links, 'redirect', 'payer-action') ?? truth.client_data['redirect_url'] ?? null;
  return {
    ...truth,
    status: 'failed',
    client_data: { redirect_url },
    error_code: error.code,
    error_message: error.message,
  };
}

/** Several only where somebody captured in parts at PayPal: then the first with enough left. */
function captureToRefund(order: PayPalOrder, amount_minor: number): string {
  const captures = takenCaptures(order);
  const first = captures[0];
  if (!first) throw definite('nothing_captured', 'PayPal has taken nothing that could be given back');
  const { refunds } = unitOf(order).payments;
  const leftOf = (capture: (typeof captures)[number]) =>
    refunds
      .filter((refund) => refundStatus(refund) !== 'failed')
      .filter((refund) => linkOf(refund.links, 'up')?.endsWith(`/${capture.id}`))
      .reduce((left, refund) => left - minorOfPayPal(refund.amount), minorOfPayPal(capture.amount));
  return (captures.find((capture) => leftOf(capture) >= amount_minor) ?? first).id;
}

function definite(code: string, message: string): PaymentProviderError {
  return new PaymentProviderError(message, { is_definite: true, code });
}
