/** Money that moves outside any API: staff say when it came. */
import type { PaymentProvider, ProviderPayment, StartPayment } from './payment.ts';

/** A bank transfer, with the order's number as its reference. */
export function manualPayments(): PaymentProvider {
  return { ...byHand('manual'), title: 'Bank transfer' };
}

/** The shopper pays at the door. Staff accept the order first, since its goods leave before its money comes. */
export function cashOnDelivery(): PaymentProvider {
  return { ...byHand('cash_on_delivery'), title: 'Cash on delivery', pays_on_delivery: true };
}

function byHand(name: string): Omit<PaymentProvider, 'title'> {
  return {
    name,
    is_manual: true,
    flows: ['offline'],
    start: (input) => Promise.resolve(pendingPayment(input)),
    find: () => Promise.resolve(null),
    fetch: () => Promise.resolve(null),
    proceed: null,
    capture: null,
    cancel: () => Promise.resolve('cancelled'),
    refund: ({ refund }) => Promise.resolve({ provider_refund: `manual-${refund}`, status: 'succeeded' }),
    readWebhook: null,
    list: null,
    methods: null,
  };
}

function pendingPayment(input: StartPayment): ProviderPayment {
  return {
    provider_payment: `manual-${input.payment}`,
    payment: input.payment,
    status: 'pending',
    amount_minor: input.amount_minor,
    currency: input.currency,
    captured_minor: 0,
    refunded_minor: 0,
    refunds: [],
    disputes: [],
    capture_before: null,
    saved_method: null,
    client_data: { reference: input.order_number },
    error_code: null,
    error_message: null,
  };
}
