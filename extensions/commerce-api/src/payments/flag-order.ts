/** The staff's list: orders whose money needs somebody to look, why, and what they may do about it. */
import { KontorError } from '../errors.ts';
import { insertEvent, lockOrder, updateOrder, wasFlagged, type OrderRow } from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { hasUnclearRefund } from './refund-queries.ts';

/** Why an order is on the list, and the actions of `/staff` that meet it, besides `resolve`, which any can be. */
export const ATTENTION = {
  amount_differs: ['settle_accept', 'settle_refund'],
  paid_twice: [],
  paid_late: [],
  overpaid: [],
  refunded_too_much: [],
  refund_failed: ['refund'],
  refund_unclear: ['resolve_refund'],
  gift_cards_sold: [],
  dispute: [],
  authorisation_ends: ['capture', 'cancel'],
  authorisation_lost: [],
} as const satisfies Record<string, readonly string[]>;

export type AttentionCode = keyof typeof ATTENTION;

/** A flag set by hand, or by an earlier version, has no code. */
export function attentionActions(code: string | null): string[] {
  const own: readonly string[] =
    code !== null && Object.hasOwn(ATTENTION, code) ? ATTENTION[code as AttentionCode] : [];
  return [...own, 'resolve'];
}

/** Who says that money moved. */
export interface BookedBy {
  actor_kind: 'provider' | 'staff' | 'customer' | 'system';
  actor?: string | null | undefined;
}

/**
 * Puts a locked order on the staff's list, with an event when it is not there for this yet, unless another event says it already
 * (`is_told`). With `once`, what was dealt with is not raised again in the same words.
 */
export async function flagOrder(
  trx: Transaction,
  order: Pick<OrderRow, 'id' | 'needs_attention' | 'attention_code'>,
  code: AttentionCode,
  reason: string,
  by: BookedBy,
  { is_told = false, once = false } = {},
): Promise<void> {
  if (once && (await wasFlagged(trx, order.id, reason))) return;
  const change = { needs_attention: true, attention_code: code, attention_reason: reason };
  const isNew = !order.needs_attention;
  await updateOrder(trx, order.id, { ...change, ...(isNew && { attention_at: new Date() }) });
  if (!is_told && (isNew || order.attention_code !== code))
    await insertEvent(trx, {
      order: order.id,
      kind: 'flagged',
      message: reason,
      data: { code },
      ...eventActor(by),
    });
}

/**
 * Takes an order off the list: a person has looked and done what was to do. Repeating it changes nothing.
 * @throws KontorError NOT_FOUND
 */
export async function resolveAttention(
  shop: Shop,
  id: string,
  note: string | undefined,
  actor: string | null,
): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const order = await lockOrder(trx, id);
    if (!order) throw new KontorError('NOT_FOUND');
    if (!order.needs_attention) return;
    await unflag(trx, order.id);
    await insertEvent(trx, {
      order: id,
      kind: 'attention_resolved',
      message: note ?? 'Dealt with',
      data: { code: order.attention_code, reason: order.attention_reason },
      actor_kind: 'staff',
      actor,
    });
    // One reason hides another: nobody has looked at this one yet.
    if (order.attention_code !== 'refund_unclear' && (await hasUnclearRefund(trx, id)))
      await flagOrder(trx, { ...order, needs_attention: false }, 'refund_unclear', UNCLEAR, {
        actor_kind: 'system',
      });
    await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [id] });
  });
}

export const UNCLEAR = 'The provider does not say whether it gave the money back: look there';

/** A fear that has no reason any more, as when the order was cancelled. The order must be locked. */
export async function unflagPromise(
  trx: Transaction,
  order: Pick<OrderRow, 'id' | 'attention_code'>,
): Promise<void> {
  if (order.attention_code === 'authorisation_ends' || order.attention_code === 'authorisation_lost')
    await unflag(trx, order.id);
}

/** The order must be locked. */
export function unflag(trx: Transaction, order: string): Promise<void> {
  return updateOrder(trx, order, {
    needs_attention: false,
    attention_code: null,
    attention_reason: null,
    attention_at: null,
  });
}

export function eventActor({ actor_kind, actor }: BookedBy): {
  actor_kind: BookedBy['actor_kind'];
  actor: string | null;
} {
  return { actor_kind, actor: actor ?? null };
}
