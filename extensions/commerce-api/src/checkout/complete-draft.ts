import { KontorError } from '../errors.ts';
import { orderById } from '../orders/queries.ts';
import { paymentById } from '../payments/queries.ts';
import { providerOf } from '../payments/provider-of.ts';
import { receiveMoney } from '../payments/receive-money.ts';
import type { Caller } from '../platform/caller.ts';
import type { Shop } from '../platform/shop.ts';
import { completeCheckout, type Completed, type CompleteInput } from './complete-checkout.ts';

export interface DraftInput extends CompleteInput {
  /** The money is here already: the order is paid at once. Only where money moves by hand. */
  mark_paid: boolean;
}

/**
 * Places a draft order by the same code as any checkout, without the caps on unpaid orders. The shopper is mailed the order and
 * how to pay it; a guest's link opens it. Safe to repeat with the same key.
 * @throws KontorError as `completeCheckout`; INVALID_PAYLOAD for money that is marked as here while a provider is to move it
 */
export async function completeDraft(
  shop: Shop,
  draft: string,
  staff: { caller: Pick<Caller, 'user' | 'network_hash'>; idempotency_key: string | undefined },
  { mark_paid, ...input }: DraftInput,
): Promise<Completed> {
  const { user, network_hash } = staff.caller;
  if (user === null) throw new KontorError('SIGN_IN_REQUIRED');
  if (mark_paid && !providerOf(shop, input.payment.provider).is_manual)
    throw new KontorError('INVALID_PAYLOAD', { path: 'mark_paid' });
  const checkout = {
    caller: { customer: null, network_hash },
    token: undefined,
    idempotency_key: staff.idempotency_key,
    staff: user,
  };
  const placed = await completeCheckout(shop, draft, checkout, input);
  if (!mark_paid || placed.order.status !== 'pending') return placed;
  await receiveMoney(shop, placed.order, user);
  return {
    ...placed,
    order: (await orderById(shop.db, placed.order.id)) ?? placed.order,
    payment: (await paymentById(shop.db, placed.payment.id)) ?? placed.payment,
  };
}
