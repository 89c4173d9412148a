/** A payment as the store answers it: how far it is, and what the client needs to go on. */
import { z } from 'zod';
import { isPayable } from '../core/order-payment.ts';
import { PAYMENT_STATUSES } from '../core/payment-state.ts';
import type { OrderRow } from '../orders/queries.ts';
import type { ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { formerProviderOf } from './provider-of.ts';
import type { PaymentRow } from './queries.ts';
import { manualInstructions } from './start-payment.ts';

export const PaymentView = z.object({
  id: z.uuid(),
  provider: z.string(),
  status: z.enum(PAYMENT_STATUSES),
  amount_minor: z.int(),
  currency: z.string(),
  /** Null while the provider has not answered yet: call `POST …/pay`. */
  client_data: z.record(z.string(), z.unknown()).nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});

const NOT_TAKEN = 'The provider did not take this payment';

/** @param settings of the shop, where they are known already */
export async function paymentView(
  shop: Shop,
  order: OrderRow,
  payment: PaymentRow,
  settings?: Pick<ShopSettings, 'bank_instructions'>,
): Promise<z.output<typeof PaymentView>> {
  const isOpen = isPayable(order) && payment.status !== 'paid';
  const provider = formerProviderOf(shop, payment.provider);
  const client_data =
    provider?.is_manual === true ? await manualInstructions(shop, order, settings) : payment.client_data;
  return {
    id: payment.id,
    provider: payment.provider,
    status: payment.status,
    amount_minor: payment.amount_minor,
    currency: payment.currency,
    client_data: isOpen && provider ? client_data : null,
    error_code: payment.error_code,
    // What a bank says of a card is for its holder; what a provider says of our request is for the log and for staff.
    error_message:
      payment.provider_payment === null && payment.error_code !== null ? NOT_TAKEN : payment.error_message,
  };
}
