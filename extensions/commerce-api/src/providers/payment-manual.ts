/** Money that moves outside any API: bank transfer, cash on delivery. Staff say when it came. */
import type { PaymentProvider, ProviderPayment, StartPayment } from './payment.ts';

export function manualPayments(): PaymentProvider {
  return {
    name: 'manual',
    is_manual: true,
    start: (input) => Promise.resolve(pendingPayment(input)),
    fetch: () => Promise.resolve(null),
    cancel: () => Promise.resolve('cancelled'),
    refund: ({ refund }) => Promise.resolve({ provider_refund: `manual-${refund}`, status: 'succeeded' }),
    readWebhook: null,
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
    client_data: { reference: input.order_number },
    error_code: null,
    error_message: null,
  };
}
