/** What became of money no provider reports on: the shop itself says so. */
import type { ProviderPayment } from '../providers/payment.ts';
import type { PaymentRow } from './queries.ts';

/** The payment as paid in full, in a provider's words; `change` says what else is true. */
export function ownTruth(
  payment: PaymentRow,
  change: Pick<ProviderPayment, 'provider_payment'> & { refunded_minor?: number },
): ProviderPayment {
  return {
    payment: payment.id,
    status: 'paid',
    amount_minor: payment.amount_minor,
    currency: payment.currency,
    captured_minor: payment.amount_minor,
    refunded_minor: payment.refunded_minor,
    client_data: payment.client_data ?? {},
    error_code: null,
    error_message: null,
    ...change,
  };
}
