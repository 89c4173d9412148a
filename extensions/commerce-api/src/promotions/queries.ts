/** SQL on the codes of promotions that have many. */
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface PromotionRow {
  id: string;
  name: string;
  requires_code: boolean;
}

export function promotionById(db: Queryable, id: string): Promise<PromotionRow | undefined> {
  return row(db, 'select id, name, requires_code from promotions where id = ?', [id]);
}

/**
 * Makes writers of codes wait until the transaction ends, as the guard of codes does for each row: what is free now stays free.
 * Take it before any code is inserted.
 */
export async function lockCodes(trx: Transaction): Promise<void> {
  await row(trx, `select pg_advisory_xact_lock(hashtextextended('kontor promotion codes', 0))`);
}

export interface NewCodes {
  promotion: string;
  codes: string[];
  usage_limit: number | null;
}

/** @returns those that were free, and now are the promotion's; the others belong to somebody already */
export async function insertFreeCodes(trx: Transaction, made: NewCodes): Promise<string[]> {
  const inserted = await rows<{ code: string }>(
    trx,
    `insert into promotion_codes (promotion, code, usage_limit, usage_count)
     select ?, given.code, ?, 0 from unnest(?::text[]) as given(code)
     where not exists (select from promotions p where upper(btrim(p.code)) = given.code)
     on conflict do nothing returning code`,
    [made.promotion, made.usage_limit, made.codes],
  );
  return inserted.map(({ code }) => code);
}

export interface CodeRow {
  id: string;
  code: string;
  usage_limit: number | null;
  usage_count: number;
  created_at: Date;
}

/** The next codes behind one, in an order that stays. */
export function codesAfter(
  db: Queryable,
  promotion: string,
  after: string | null,
  limit: number,
): Promise<CodeRow[]> {
  return rows(
    db,
    `select id, code, usage_limit, usage_count, created_at from promotion_codes
     where promotion = ? and (?::uuid is null or id > ?::uuid) order by id limit ?`,
    [promotion, after, after, limit],
  );
}

export interface CodeCounts {
  codes: number;
  /** Codes that an order has used. */
  used: number;
  redemptions: number;
}

export async function countCodes(db: Queryable, promotion: string): Promise<CodeCounts> {
  const counts = await row<CodeCounts>(
    db,
    `select count(*) as codes, count(*) filter (where usage_count > 0) as used,
       coalesce(sum(usage_count), 0)::bigint as redemptions
     from promotion_codes where promotion = ?`,
    [promotion],
  );
  return counts ?? { codes: 0, used: 0, redemptions: 0 };
}
