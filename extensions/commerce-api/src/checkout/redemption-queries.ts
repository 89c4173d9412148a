/** SQL on the use of promotions: counted when an order is placed, given back when it is closed unpaid. */
import { insertRows, row, type Transaction } from '../platform/database.ts';

/** Locks promotions in id order, so that parallel checkouts count one another's use. */
export async function lockPromotions(trx: Transaction, promotions: string[]): Promise<void> {
  await row(trx, 'select id from promotions where id = any(?::uuid[]) order by id for update', [promotions]);
}

export interface Redemption {
  promotion: string;
  amount_minor: number;
}

export async function insertRedemptions(
  trx: Transaction,
  order: { id: string; customer: string | null; email: string },
  redemptions: Redemption[],
): Promise<void> {
  if (redemptions.length === 0) return;
  await insertRows(
    trx,
    'promotion_redemptions',
    redemptions.map((each) => ({ ...each, order: order.id, customer: order.customer, email: order.email })),
  );
  await row(trx, `update promotions p set usage_count = p.usage_count + 1 where p.id = any(?::uuid[])`, [
    redemptions.map((each) => each.promotion),
  ]);
}

/** May run twice: what was released is not released again. Locks the promotions in id order. */
export async function releaseRedemptions(trx: Transaction, order: string): Promise<void> {
  await row(
    trx,
    `select p.id from promotions p join promotion_redemptions r on r.promotion = p.id
     where r."order" = ? and r.released_at is null order by p.id for update of p`,
    [order],
  );
  await row(
    trx,
    `with released as (
       update promotion_redemptions set released_at = now() where "order" = ? and released_at is null returning promotion)
     update promotions p set usage_count = greatest(0, p.usage_count - 1) from released r where p.id = r.promotion`,
    [order],
  );
}
