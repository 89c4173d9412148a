/** What became of money no provider reports on: the shop itself says so. */
import type { ProviderPayment } from '../providers/payment.ts';
import type { PaymentRow } from './queries.ts';

/** An unpaid payment as paid in full, in a provider's words. */
export function ownTruth(
  payment: PaymentRow,
  { provider_payment }: Pick<ProviderPayment, 'provider_payment'>,
): ProviderPayment {
  return {
    payment: payment.id,
    provider_payment,
    status: 'paid',
    amount_minor: payment.amount_minor,
    currency: payment.currency,
    captured_minor: payment.amount_minor,
    refunded_minor: 0,
    refunds: [],
    disputes: [],
    capture_before: null,
    saved_method: null,
    client_data: payment.client_data ?? {},
    error_code: null,
    error_message: null,
  };
}
