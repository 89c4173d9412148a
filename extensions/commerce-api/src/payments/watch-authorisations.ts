import { lockOrder } from '../orders/queries.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { flagOrder } from './flag-order.ts';
import { endingAuthorisations } from './queries.ts';

/** Staff hear of it a day before promised money is given up. */
const AHEAD_HOURS = 24;

/** The clock's job: puts orders on the staff's list whose promised money must be taken soon. May run twice. */
export async function watchAuthorisations(shop: Shop): Promise<void> {
  for (const id of await endingAuthorisations(shop.db, AHEAD_HOURS)) {
    await inTransaction(shop.db, async (trx) => {
      const order = await lockOrder(trx, id);
      if (!order || order.needs_attention || order.status === 'cancelled') return;
      const reason = 'The promised money is given up soon unless it is taken';
      await flagOrder(trx, order, 'authorisation_ends', reason, { actor_kind: 'system' }, { once: true });
    });
  }
}
