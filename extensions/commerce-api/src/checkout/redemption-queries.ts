/**
 * SQL on the use of promotions, their budgets and their codes: counted when an order is placed (in the one statement that writes
 * it), given back when it is closed unpaid.
 */
import { row, type Transaction } from '../platform/database.ts';

/** Locks promotions in id order, so that parallel checkouts count one another's use. Their codes are counted under the same lock. */
export async function lockPromotions(trx: Transaction, promotions: readonly string[]): Promise<void> {
  await row(trx, 'select id from promotions where id = any(?::uuid[]) order by id for update', [promotions]);
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
       update promotion_redemptions set released_at = now() where "order" = ? and released_at is null
       returning promotion, promotion_code, amount_minor),
     codes as (
       update promotion_codes c set usage_count = greatest(0, c.usage_count - 1) from released r where c.id = r.promotion_code)
     update promotions p set usage_count = greatest(0, p.usage_count - 1),
       budget_used_minor = greatest(0, p.budget_used_minor - r.amount_minor)
     from released r where p.id = r.promotion`,
    [order],
  );
}
