/** Ways to ask as each of those who are in the world, and what is looked at afterwards. */
import type { Knex } from 'knex';
import { expect } from 'vitest';

export type Caller =
  | 'anonymous'
  | 'ada'
  | 'ben'
  | 'vendor'
  | 'catalogue_staff'
  | 'order_staff'
  | 'administrator';

export interface Answer {
  status: number;
  text: string;
  /** Of many shapes: each test knows the one it asked for. */
  json: ReturnType<typeof JSON.parse>;
}

export interface Client {
  call: (caller: Caller, method: string, path: string, body?: object) => Promise<Answer>;
  /** Expects 200 and gives the parsed body. */
  get: (caller: Caller, path: string) => Promise<Answer['json']>;
}

/** @param admin_token for the administrator, where one asks */
export function clientOf(url: string, admin_token = ''): Client {
  const tokenOf = (caller: Caller) => (caller === 'administrator' ? admin_token : `token-of-${caller}`);
  async function call(caller: Caller, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(caller === 'anonymous' ? {} : { authorization: `Bearer ${tokenOf(caller)}` }),
        ...(body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const json = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.status, text, json };
  }

  async function get(caller: Caller, path: string) {
    const { status, json, text } = await call(caller, 'GET', path);
    expect(status, `${path}: ${text}`).toBe(200);
    return json;
  }
  return { call, get };
}

export function ids(data: { id: string }[]): string[] {
  return data.map((row) => row.id).sort();
}

/** Content of each table, to show that a refusal changed nothing. */
export async function fingerprints(db: Knex, tables: readonly string[]): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const table of tables) {
    const { rows } = await db.raw(
      `select count(*) || ':' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as is from ?? t`,
      [table],
    );
    result[table] = rows[0].is;
  }
  return result;
}
