import { rows, type Database } from '../platform/database.ts';

/** How a flow begins; null when there is none by this id. */
export async function triggerOfFlow(db: Database, flow: string): Promise<string | null> {
  const [found] = await rows<{ trigger: string | null }>(
    db,
    `select trigger from directus_flows where id::text = lower(?)`,
    [flow],
  );
  return found?.trigger ?? null;
}
