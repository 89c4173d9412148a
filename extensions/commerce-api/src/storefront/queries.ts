/** All SQL of the storefront cache. */
import { row, rows, type Queryable } from '../platform/database.ts';

/** A column of the schema `public` that holds a moment. */
export interface ClockColumn {
  table: string;
  column: string;
}

/** The next moment after now in a column, and now, both by the database's clock. */
export async function nextMoment(
  db: Queryable,
  { table, column }: ClockColumn,
): Promise<{ now: Date; next: Date | null }> {
  const found = await row<{ now: Date; next: Date | null }>(
    db,
    'select clock_timestamp() as now, (select min(??) from public.?? where ?? > now()) as next',
    [column, table, column],
  );
  return found ?? { now: new Date(), next: null };
}

export interface PublicRule {
  collection: string;
  /** A Directus filter. */
  filter: unknown;
  /** Separated by commas; `*` for all. */
  fields: string | null;
}

/** What policies of everybody let read, and whether one of them asks for an address. */
export async function publicRules(db: Queryable): Promise<{ rules: PublicRule[]; ask_for_address: boolean }> {
  const of_everybody = `select a.policy from directus_access a where a.role is null and a."user" is null`;
  const found = await rows<PublicRule>(
    db,
    `select collection, permissions as filter, fields from directus_permissions
     where action = 'read' and policy in (${of_everybody})`,
  );
  const address = await row<{ some: boolean }>(
    db,
    `select exists (select from directus_policies where id in (${of_everybody}) and coalesce(ip_access, '') <> '') as some`,
  );
  return { rules: found, ask_for_address: address?.some ?? true };
}
