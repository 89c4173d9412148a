/** SQL on carts nobody came back to. */
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** The address a cart can be written to: the shopper's word, or the account's. */
const EMAIL = 'coalesce(c.email, u.email)';
/** An order placed since with that address, or from this cart, says that nothing was left behind. */
const HAS_ORDERED = `(exists (select from orders o where o.cart = c.id and o.status <> 'cancelled')
  or exists (select from orders o where lower(o.email) = lower(${EMAIL}) and o.placed_at >= c.updated_at))`;

/**
 * Another cart of that address stands before this one: it was written about in the last seven days, or it is open, holds goods and
 * was used later. Whoever puts somebody else's address on many carts has them written to once.
 */
const STANDS_BACK = `exists (
  select from (
    select s.id from carts s where lower(s.email) = lower(${EMAIL})
    union all
    select s.id from customers v join carts s on s.customer = v.id and s.email is null where lower(v.email) = lower(${EMAIL})
  ) same join carts o on o.id = same.id
  where o.id <> c.id and (
    o.reminded_at > now() - interval '7 days' and (o.reminded_at, o.id) < (coalesce(c.reminded_at, 'infinity'), c.id)
    or o.status = 'active' and o.origin = 'shopper' and (o.updated_at, o.id) > (c.updated_at, c.id)
      and exists (select from cart_lines l where l.cart = o.id)))`;

export interface MarkedCart {
  id: string;
  /** Whether its shopper is to be written to, this once: about the newest cart of an address, and once in seven days. */
  remind: boolean;
}

/**
 * Marks open carts with goods and an address that lie untouched for so many hours, a batch at a time. Neither their version nor
 * the moment of their last change moves. Rows somebody is changing are left for the next time.
 */
export function markAbandoned(
  trx: Transaction,
  { hours, remind, batch }: { hours: number; remind: boolean; batch: number },
): Promise<MarkedCart[]> {
  return rows<MarkedCart>(
    trx,
    `with idle as (
       select c.id, ? and c.reminded_at is null and not ${STANDS_BACK} as remind from carts c left join customers u on u.id = c.customer
       where c.status = 'active' and c.origin = 'shopper' and c.abandoned_at is null
         and c.updated_at < now() - make_interval(hours => ?) and ${EMAIL} is not null
         and exists (select from cart_lines l where l.cart = c.id) and not ${HAS_ORDERED}
       order by c.updated_at, c.id limit ? for update of c skip locked)
     update carts set abandoned_at = now(), reminded_at = case when idle.remind then now() else reminded_at end
     from idle where carts.id = idle.id returning carts.id, idle.remind`,
    [remind, hours, batch],
  );
}

export interface AbandonedCart {
  id: string;
  email: string;
  first_name: string | null;
}

/** The cart, if it still lies there, nothing was ordered since and no other cart of its address stands before it. */
export function abandonedCart(db: Queryable, id: string): Promise<AbandonedCart | undefined> {
  return row<AbandonedCart>(
    db,
    `select c.id, ${EMAIL} as email, u.first_name from carts c left join customers u on u.id = c.customer
     where c.id = ? and c.status = 'active' and c.abandoned_at is not null and ${EMAIL} is not null and not ${HAS_ORDERED}
       and not ${STANDS_BACK}`,
    [id],
  );
}

/** Gives an open cart a new token and takes the mark off. @returns whether it still was open */
export async function reopenCart(db: Queryable, id: string, token_hash: string | null): Promise<boolean> {
  const opened = await row(
    db,
    `update carts set token_hash = coalesce(?, token_hash), abandoned_at = null, version = version + 1, updated_at = now()
     where id = ? and status = 'active' returning id`,
    [token_hash, id],
  );
  return opened !== undefined;
}
