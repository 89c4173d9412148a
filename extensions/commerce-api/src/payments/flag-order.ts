import { insertEvent, updateOrder, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';

/** Who says that money moved. */
export interface BookedBy {
  actor_kind: 'provider' | 'staff' | 'customer' | 'system';
  actor?: string | null | undefined;
}

/** Puts a locked order on the staff's list, with an event when it is not there yet. */
export async function flagOrder(
  trx: Transaction,
  order: Pick<OrderRow, 'id' | 'needs_attention'>,
  reason: string,
  by: BookedBy,
): Promise<void> {
  await updateOrder(trx, order.id, { needs_attention: true, attention_reason: reason });
  if (order.needs_attention) return;
  await insertEvent(trx, { order: order.id, kind: 'flagged', message: reason, ...eventActor(by) });
}

export function eventActor({ actor_kind, actor }: BookedBy): {
  actor_kind: BookedBy['actor_kind'];
  actor: string | null;
} {
  return { actor_kind, actor: actor ?? null };
}
