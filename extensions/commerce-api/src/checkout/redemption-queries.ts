/**
 * SQL on the use of promotions, their budgets and their codes: counted when an order is placed (in the one statement that writes
 * it), given back when it is closed unpaid, and taken again when it lives again.
 */
import { row, type Transaction } from '../platform/database.ts';

/** Locks promotions in id order, so that parallel checkouts count one another's use. Their codes are counted under the same lock. */
export async function lockPromotions(trx: Transaction, promotions: readonly string[]): Promise<void> {
  await row(trx, 'select id from promotions where id = any(?::uuid[]) order by id for update', [promotions]);
}

/** The same for those an order uses, or has given back. */
async function lockPromotionsOf(trx: Transaction, order: string, which: 'used' | 'released'): Promise<void> {
  await row(
    trx,
    `select p.id from promotions p join promotion_redemptions r on r.promotion = p.id
     where r."order" = ? and (r.released_at is not null) = ? order by p.id for update of p`,
    [order, which === 'released'],
  );
}

/** May run twice: what was released is not released again. Locks the promotions in id order. */
export async function releaseRedemptions(trx: Transaction, order: string): Promise<void> {
  await lockPromotionsOf(trx, order, 'used');
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

/**
 * Whether what a closed order gave back of its promotions, their budgets and codes may still be used by it. Locks the promotions in id
 * order. Those that have ended since do no harm: the order was placed in time.
 */
export async function areReleasedRedemptionsLeft(trx: Transaction, order: string): Promise<boolean> {
  await lockPromotionsOf(trx, order, 'released');
  const found = await row<{ are_left: boolean }>(
    trx,
    `select coalesce(bool_and(
        (p.usage_limit is null or p.usage_count < p.usage_limit)
        and (p.budget_minor is null or p.budget_used_minor + r.amount_minor <= p.budget_minor)
        and (c.usage_limit is null or c.usage_count < c.usage_limit)
        and (p.usage_limit_per_customer is null or p.usage_limit_per_customer > (
          select count(*) from promotion_redemptions d where d.promotion = p.id and d.released_at is null
            and (d.customer = r.customer or lower(d.email) = lower(r.email))))), true) as are_left
     from promotion_redemptions r join promotions p on p.id = r.promotion
     left join promotion_codes c on c.id = r.promotion_code
     where r."order" = ? and r.released_at is not null`,
    [order],
  );
  return found?.are_left ?? true;
}

/** Takes again what `areReleasedRedemptionsLeft` found to be left, in the same transaction. May run twice. */
export async function retakeRedemptions(trx: Transaction, order: string): Promise<void> {
  await row(
    trx,
    `with taken as (
       update promotion_redemptions set released_at = null where "order" = ? and released_at is not null
       returning promotion, promotion_code, amount_minor),
     codes as (
       update promotion_codes c set usage_count = c.usage_count + 1 from taken t where c.id = t.promotion_code)
     update promotions p set usage_count = p.usage_count + 1, budget_used_minor = p.budget_used_minor + t.amount_minor
     from taken t where p.id = t.promotion`,
    [order],
  );
}
