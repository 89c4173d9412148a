/**
 * Postgres as the use cases see it: plain SQL with typed rows, transactions that survive deadlocks, and constraint
 * violations as names rather than driver codes.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import pg from 'pg';

export type Database = Knex;
export type Transaction = Knex.Transaction;
/** Reads may run on either. Writes that must be together take a `Transaction`. */
export type Queryable = Knex | Knex.Transaction;

const INT8_OID = 20;

/**
 * Makes `bigint` columns JavaScript numbers for every user of this copy of pg, Directus included, so that the generated
 * REST answers JSON numbers.
 * @throws RangeError beyond 2^53-1: a wrong amount is worse than an error.
 */
export function readBigintsAsNumbers(): void {
  pg.types.setTypeParser(INT8_OID, (text: string) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond the safe integers`);
    return value;
  });
}

/** A statement that Postgres parses and plans once per connection: planning a large one takes longer than running it. */
export interface Prepared {
  name: string;
  sql: string;
}

/**
 * Names a statement after its text, so that no name ever stands for two texts. For the few statements every cart and checkout
 * runs; their text must be fixed, because a connection keeps each for as long as it lives.
 */
export function prepared(sql: string): Prepared {
  return { name: `kontor_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`, sql };
}

interface Result<Row> {
  rows: Row[];
  rowCount: number;
}

/** How knex was told to reach the database, for connections beside its own. */
export function connectionSettings(db: Database): pg.ClientConfig {
  const { connection } = (db.client as { config: { connection: pg.ClientConfig } }).config;
  // knex hides the password from enumeration, in whatever it is given: hence a copy each time.
  return { ...connection, password: connection.password };
}

/** A pool beside that of knex. Connections it loses are told of, and do not end the process. */
export function poolBeside(db: Database, options: pg.PoolConfig, onLost: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ ...connectionSettings(db), ...options });
  return pool.on('error', onLost).on('connect', (client) => client.on('error', onLost));
}

/** Pools that single statements of a database go to, past knex. */
const directPools = new WeakMap<Queryable, pg.Pool>();

/**
 * Sends the single statements of this database to a pool of pg: on a small read knex takes as much time as everything else
 * together. Transactions stay with knex.
 */
export function readDirectly(db: Database, pool: pg.Pool): void {
  directPools.set(db, pool);
}

const numberedTexts = new Map<string, string>();
const MOST_NUMBERED = 2_000;

/** A statement as PostgreSQL takes it: `?` becomes `$1`, `$2` …, and `\\?` the operator. */
function numbered(sql: string): string {
  let text = numberedTexts.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replace(/\\?\?/g, (mark) => (mark === '?' ? `$${(count += 1)}` : '?'));
    if (numberedTexts.size < MOST_NUMBERED) numberedTexts.set(sql, text);
  }
  return text;
}

async function run<Row>(
  db: Queryable,
  statement: string | Prepared,
  bindings: readonly unknown[],
): Promise<Result<Row>> {
  const pool = directPools.get(db);
  const is_prepared = typeof statement !== 'string';
  const sql = is_prepared ? statement.sql : statement;
  // `??` stands for a name, which knex puts into quotation marks.
  if (pool && !sql.includes('??')) {
    const query = {
      text: numbered(sql),
      values: [...bindings],
      ...(is_prepared && { name: statement.name }),
    };
    return (await pool.query(query)) as unknown as Result<Row>;
  }
  const values = bindings as Knex.RawBinding[];
  if (typeof statement === 'string') return await db.raw<Result<Row>>(statement, values);
  return (await db.raw(statement.sql, values).options({ name: statement.name })) as Result<Row>;
}

/** All rows of one statement. Bindings are `?` in order; write `\\?` for the JSON operator. */
export async function rows<Row>(
  db: Queryable,
  statement: string | Prepared,
  bindings: readonly unknown[] = [],
): Promise<Row[]> {
  return (await run<Row>(db, statement, bindings)).rows;
}

/** The first row, or undefined. */
export async function row<Row>(
  db: Queryable,
  statement: string | Prepared,
  bindings: readonly unknown[] = [],
): Promise<Row | undefined> {
  return (await run<Row>(db, statement, bindings)).rows[0];
}

/** Runs one statement. @returns how many rows it changed */
export async function changed(
  db: Queryable,
  statement: string | Prepared,
  bindings: readonly unknown[] = [],
): Promise<number> {
  return (await run(db, statement, bindings)).rowCount;
}

const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';
const MAX_ATTEMPTS = 5;
/** Who was given up stands back so long after each attempt: at once, it may take the same lock before the one it was given up for. */
const STAND_BACK_MS = 20;

/**
 * Runs `work` in one READ COMMITTED transaction. Deadlocks and serialisation failures roll back and run `work` again, so it
 * must have no effect outside the transaction. Network calls do not belong in it.
 */
export async function inTransaction<Result>(
  db: Database,
  work: (trx: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (!isTransient(error) || attempt === MAX_ATTEMPTS) throw error;
      await pause(STAND_BACK_MS * (attempt + Math.random()));
    }
  }
}

/** Whether Postgres gave up in favour of another transaction: the same may succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === DEADLOCK || code === SERIALIZATION_FAILURE;
}

/** The name of the constraint or unique index an error broke, or null when it broke none. */
export function brokenConstraint(error: unknown): string | null {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code?.startsWith('23') && constraint ? constraint : null;
}

/**
 * Inserts rows in one statement, however many. All rows carry the keys of the first; column types come from the table.
 * @returns the inserted rows, in no promised order
 */
export async function insertRows<Row>(
  trx: Transaction,
  table: string,
  values: readonly Record<string, unknown>[],
  returning = 'id',
): Promise<Row[]> {
  const [first] = values;
  if (!first) return [];
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(', ');
  return rows<Row>(
    trx,
    `insert into "${table}" (${columns}) select ${columns} from json_populate_recordset(null::"${table}", ?::json)
     returning ${returning}`,
    [JSON.stringify(values)],
  );
}

/**
 * The assignments of an `update` for the fields that are given, each with a comma behind it, and what they bind. Objects become
 * JSON; undefined becomes null. Field names come from types of ours, never from outside.
 */
export function assignments(change: object): { sql: string; bindings: unknown[] } {
  const fields = Object.entries(change) as [name: string, value: unknown][];
  const isJson = (value: unknown) => value !== null && typeof value === 'object' && !(value instanceof Date);
  return {
    sql: fields.map(([name]) => `"${name}" = ?, `).join(''),
    bindings: fields.map(([, value]) => (isJson(value) ? JSON.stringify(value) : (value ?? null))),
  };
}
