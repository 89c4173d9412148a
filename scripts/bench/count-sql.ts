/** Statements as the server itself counts them (pg_stat_statements): each is a round trip. */
import type pg from 'pg';

export interface Counted {
  /** BEGIN, COMMIT and the like apart. */
  statements: number;
  transaction: number;
}

/**
 * What a unit costs in statements, its jobs included: `units` of them one after another, then a pause in which jobs end, less
 * what an idle shop says in the same time.
 * @param admin connected to another database of the server, so that counting is not counted
 * @param settle_ms how long jobs may take to end; what only reads has none
 */
export async function countSql(
  admin: pg.Client,
  database: string,
  units: number,
  unit: () => Promise<unknown>,
  settle_ms = JOBS_END_MS,
): Promise<Counted> {
  const measured = async (work: () => Promise<unknown>) => {
    await admin.query('select pg_stat_statements_reset()');
    const began = Date.now();
    await work();
    await pause(settle_ms);
    return { ms: Date.now() - began, counts: await read(admin, database) };
  };
  const busy = await measured(async () => {
    for (let done = 0; done < units; done += 1) await unit();
  });
  const idle = await measured(() => pause(Math.max(0, busy.ms - settle_ms)));
  const each = (name: keyof Counted) =>
    Math.round(((busy.counts[name] - idle.counts[name]) / units) * 10) / 10;
  return { statements: each('statements'), transaction: each('transaction') };
}

const JOBS_END_MS = 1_500;

async function read(admin: pg.Client, database: string): Promise<Counted> {
  const { rows } = await admin.query<Counted>(
    `select coalesce(sum(calls) filter (where is_transaction), 0)::int as transaction,
       coalesce(sum(calls) filter (where not is_transaction), 0)::int as statements
     from (select s.calls, s.query ~* '^\\s*(begin|commit|rollback|savepoint|release|start transaction|set )' as is_transaction
           from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1 and s.toplevel) counted`,
    [database],
  );
  return rows[0]!;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
