/** SQL on back-in-stock wishes. */
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface NewNotice {
  variant: string;
  /** A guest's address; a customer's own is read from the customer. */
  email: string | null;
  customer: string | null;
}

/**
 * Keeps a wish, unless the same one waits already or the address has made too many today.
 * @returns whether shoppers may see the variant at all
 */
export async function insertNotice(db: Queryable, notice: NewNotice, max_per_day: number): Promise<boolean> {
  const found = await row(
    db,
    `with wish as (
       select v.id as variant, c.id as customer, c.locale, coalesce(c.email, ?) as email
       from product_variants v join products p on p.id = v.product and p.status = 'published'
         and (p.published_at is null or p.published_at <= now())
       left join customers c on c.id = ?
       where v.id = ? and v.status = 'published'
     ), kept as (
       insert into stock_notices (variant, customer, locale, email)
       select variant, customer, locale, email from wish
       where (select count(*) from stock_notices n where lower(n.email) = lower(wish.email)
         and n.created_at > now() - interval '1 day') < ?
       on conflict do nothing)
     select variant from wish`,
    [notice.email, notice.customer, notice.variant, max_per_day],
  );
  return found !== undefined;
}

/** Variants somebody waits for, by id, after the given one. */
export async function waitedFor(db: Queryable, after: string | null, limit: number): Promise<string[]> {
  const found = await rows<{ variant: string }>(
    db,
    `select distinct variant from stock_notices where notified_at is null and (?::uuid is null or variant > ?)
     order by variant limit ?`,
    [after, after, limit],
  );
  return found.map(({ variant }) => variant);
}

export interface DueNotice {
  email: string;
  name: string;
  title: string | null;
  slug: string;
}

/** Marks waiting wishes for these variants as met, those that another job has in hand excepted. */
export function takeNotices(
  trx: Transaction,
  variants: readonly string[],
  limit: number,
): Promise<DueNotice[]> {
  return rows<DueNotice>(
    trx,
    `with due as materialized (
       select id from stock_notices where notified_at is null and variant = any(?::uuid[])
       order by variant, id limit ? for update skip locked)
     update stock_notices n set notified_at = now()
     from due, product_variants v join products p on p.id = v.product
     where n.id = due.id and v.id = n.variant
     returning n.email, p.name, v.title, p.slug`,
    [variants, limit],
  );
}

/** Deletes wishes that were met, or never were, that many days ago. @returns how many */
export function deleteOldNotices(db: Queryable, days: { met: number; unmet: number }): Promise<number> {
  return changed(
    db,
    `delete from stock_notices where notified_at < now() - make_interval(days => ?)
     or (notified_at is null and created_at < now() - make_interval(days => ?))`,
    [days.met, days.unmet],
  );
}
