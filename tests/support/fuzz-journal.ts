/** Writes down every row that is changed in a database, in the transaction that changes it: what was rolled back never happened. */
import type { Knex } from 'knex';

export interface ChangedRow {
  table: string;
  operation: string;
  /** Its `id`, where its table has one. */
  key: string | null;
  statement: string;
  /** What it became, or was. */
  content: string;
}

export interface Journal {
  /** Where it stands, once no transaction is under way. */
  mark: () => Promise<number>;
  since: (mark: number) => Promise<ChangedRow[]>;
}

/** Without rows that came and went again: a file is filed before its bytes have come, and taken back when they do not. */
export function lasting(rows: ChangedRow[]): ChangedRow[] {
  const nameOf = ({ table, key }: ChangedRow) => `${table} ${String(key)}`;
  const of = (operation: string) =>
    new Set(rows.filter((row) => row.key !== null && row.operation === operation).map(nameOf));
  const [made, deleted] = [of('INSERT'), of('DELETE')];
  return rows.filter((row) => !(made.has(nameOf(row)) && deleted.has(nameOf(row))));
}

/** Puts a trigger on every table. Rows that are written as they were do not count. */
export async function keepJournal(db: Knex, schemas: readonly string[]): Promise<Journal> {
  await db.raw(`
    create schema if not exists fuzz;
    create table fuzz.changes (id bigint generated always as identity primary key, "table" text, operation text, key text, statement text, content text);
    create function fuzz.note() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old::text = new::text then return null; end if;
      insert into fuzz.changes ("table", operation, key, statement, content)
      values (tg_table_schema || '.' || tg_table_name, tg_op,
              case tg_op when 'TRUNCATE' then null when 'DELETE' then to_jsonb(old)->>'id' else to_jsonb(new)->>'id' end, left(current_query(), 400),
              case when tg_op = 'TRUNCATE' then '' when tg_op = 'DELETE' then left(old::text, 400) else left(new::text, 400) end);
      return null;
    end $$;
    do $$
    declare t record;
    begin
      for t in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in (${schemas.map((name) => `'${name}'`).join(', ')}) loop
        execute format('create trigger zz_fuzz_rows after insert or update or delete on %s for each row execute function fuzz.note()', t.name);
        execute format('create trigger zz_fuzz_truncate after truncate on %s for each statement execute function fuzz.note()', t.name);
      end loop;
    end $$;`); // prettier-ignore
  const busy = `select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                and state in ('active', 'idle in transaction') and backend_type = 'client backend'`;
  return {
    async mark() {
      for (;;) {
        const { rows } = await db.raw(busy);
        if (rows[0].count === 0) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { rows } = await db.raw('select coalesce(max(id), 0)::int as mark from fuzz.changes');
      return rows[0].mark as number;
    },
    since: (mark) =>
      db('fuzz.changes')
        .where('id', '>', mark)
        .orderBy('id')
        .select('table', 'operation', 'key', 'statement', 'content'),
  };
}
