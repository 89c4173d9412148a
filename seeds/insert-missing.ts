/** How seeds write: they add what is missing and leave alone what is there. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

export type SeedRow = Record<string, string | number | boolean | null>;

const ROWS_PER_STATEMENT = 200;

/**
 * Inserts the rows whose key or unique columns are not taken yet. Rows that exist keep every value, so that a merchant's
 * edits survive. All rows of one call have the same columns, the first of them the key.
 * @returns the keys that were new
 */
export async function insertMissing(
  trx: Knex.Transaction,
  table: string,
  rows: readonly SeedRow[],
): Promise<Set<string>> {
  const inserted = new Set<string>();
  const key = Object.keys(rows[0] ?? {})[0];
  if (key === undefined) return inserted;
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const chunk = rows.slice(start, start + ROWS_PER_STATEMENT);
    const added: Record<string, string>[] = await trx(table)
      .insert(chunk)
      .onConflict()
      .ignore()
      .returning(key);
    for (const each of added) inserted.add(String(each[key]));
  }
  return inserted;
}

/** A digest of what a seed declares; another one means that a newer version has more to say. */
export function digestOf(declared: unknown): string {
  return createHash('sha256').update(JSON.stringify(declared)).digest('hex');
}

/** The digest under which a seed was last applied to this database, or null. */
export async function appliedDigest(trx: Knex.Transaction, seed: string): Promise<string | null> {
  const found = await trx
    .withSchema('commerce')
    .from('setup_ledger')
    .where({ name: seed })
    .first<{ hash: string } | undefined>('hash');
  return found?.hash ?? null;
}

/** Notes that a seed was applied. Belongs in the transaction that applied it. */
export async function recordApplied(trx: Knex.Transaction, seed: string, digest: string): Promise<void> {
  await trx.raw(
    `insert into commerce.setup_ledger (name, hash, applied_at) values (?, ?, now())
     on conflict (name) do update set hash = excluded.hash, applied_at = excluded.applied_at`,
    [seed, digest],
  );
}
