import { KontorError } from '../errors.ts';
import type { OrderRow } from '../orders/queries.ts';
import { listMethods } from '../payment-methods/saved-methods.ts';
import type { PaymentRow } from '../payments/queries.ts';
import type { Shop } from '../platform/shop.ts';
import { payOrder } from './pay-order.ts';

/**
 * Charges a kept method of the order's customer for what the order still costs, with nobody there to confirm. The default one when none
 * is named. Where the method is refused, the payment has failed and the shopper can pay it another way. Safe to repeat: an order that
 * is paid takes no more.
 * @throws KontorError METHODS_NOT_KEPT when there is none to charge; as `payOrder`
 */
export async function chargeMethod(
  shop: Shop,
  order: OrderRow,
  wished: string | undefined,
  actor: string | null,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const methods = order.customer === null ? [] : await listMethods(shop, order.customer);
  const method = methods.find((each) => (wished === undefined ? each.is_default : each.id === wished));
  if (!method) throw new KontorError('METHODS_NOT_KEPT', { path: 'payment_method' });
  const wish = { provider: method.provider, payment_method: method.id, off_session: true };
  return payOrder(shop, order, wish, { actor_kind: 'staff', actor });
}
