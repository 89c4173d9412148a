import type { Knex } from 'knex';
import type { Caller } from './ask.ts';

/** Under what a row is planted: whose it is, or what it is an example of. tests/access names rows by these words. */
export type Label =
  | Exclude<Caller, 'anonymous' | 'administrator'>
  | 'public'
  | 'ungrouped'
  | 'attachments'
  | 'filed'
  | 'folders'
  | 'colleagues'
  | 'history'
  | 'shared'
  | 'buttons';

export interface Planted {
  key: string;
  labels: readonly Label[];
}

/** Rows that are somebody's, planted one by one, and remembered by what they are examples of. */
export function planter(db: Knex) {
  const keys: Record<string, string> = {};
  const planted: Record<string, Planted[]> = {};
  function remember(table: string, key: string, labels: readonly Label[]): void {
    keys[table] ??= key;
    (planted[table] ??= []).push({ key, labels });
  }
  async function add(table: string, row: object, ...labels: Label[]): Promise<string> {
    const key = table === 'languages' ? 'code' : 'id';
    const [made] = await db(table).insert(row).returning(key);
    remember(table, String(made[key]), labels);
    return made[key];
  }
  /** Says what rows are that were there before. */
  async function mark(table: string, where: string, ...labels: Label[]): Promise<void> {
    for (const { id } of await db(table).whereRaw(where).select('id')) remember(table, String(id), labels);
  }
  return { keys, planted, add, mark };
}

export type Planter = ReturnType<typeof planter>;
