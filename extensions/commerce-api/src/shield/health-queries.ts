import type { Pool } from 'pg';

export interface SetUp {
  /** Migrations of Directus that have run. */
  versions: string[];
  /** Steps of the set-up that have run. */
  steps: string[];
}

/** What the database says of its set-up; also whether it answers at all. @throws Error where Directus or the set-up never was */
export async function readSetUp(pool: Pool): Promise<SetUp> {
  const { rows } = await pool.query<SetUp>(
    `select (select array_agg(version::text) from directus_migrations) as versions,
            (select array_agg(name) from commerce.setup_ledger) as steps`,
  );
  const { versions, steps } = rows[0] ?? {};
  return { versions: versions ?? [], steps: steps ?? [] };
}
