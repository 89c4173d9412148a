/** Kontor's own routes, asked by every caller about what is theirs, another's and nobody's. */
import { randomUUID } from 'node:crypto';
import type { Route } from '../../extensions/commerce-api/src/platform/http.ts';
import type { Call, Reply } from '../support/store-client.ts';
import type { Cell } from './cells.ts';
import { ROUTE_CALLERS, ROUTES, TOLD, type RouteCaller, type RouteRow, type Who } from './routes.ts';
import type { Stage, Things } from './things.ts';

export interface RouteCells {
  /** Change nothing, in whatever order they are asked. */
  refused: Cell[];
  /** Of everybody: nobody's things are in them. */
  open: Cell[];
  /** Change what they are for: one after the other. */
  allowed: Cell[];
}

const REFUSALS = ['NOT_FOUND', 'SIGN_IN_REQUIRED', 'FORBIDDEN'];

/** @param codesOf the error codes a route says it may answer with */
export function routeCells(
  call: Call,
  stage: Stage,
  codesOf: (route: string) => readonly string[],
): RouteCells {
  const cells: RouteCells = { refused: [], open: [], allowed: [] };
  for (const [route, row] of Object.entries(ROUTES)) {
    for (const [who, things, of] of asked(row, stage)) {
      for (const caller of ROUTE_CALLERS) {
        const ask = (on: Things) => send(call, stage, caller, route, row, on);
        const name = `${caller} on ${route}${of}`;
        const verdict = TOLD[who][caller];
        if (verdict === 'in')
          cells[who === 'everybody' ? 'open' : 'allowed'].push(
            ...letIn(name, route, row, things, ask, codesOf(route)),
          );
        else cells.refused.push(turnedAway(name, route, verdict, things, ask));
      }
    }
  }
  return cells;
}

/** Carts and orders belong to whoever holds their token, or to a customer; both are asked about. */
function asked(row: RouteRow, stage: Stage): [Who, Things, string][] {
  if (row.who === 'holder') return [['holder', stage.guests, ' of a guest'], ['buyer', stage.customers, ' of the customer']]; // prettier-ignore
  return [[row.who, row.who === 'owner' ? stage.customers : stage.guests, '']];
}

function turnedAway(
  name: string,
  route: string,
  status: number,
  things: Things,
  ask: (on: Things) => Promise<Reply>,
): Cell {
  // prettier-ignore
  const object = objectOf(route);
  return {
    name,
    size: object ? 2 : 1,
    async check() {
      const reply = await ask(things);
      if (reply.status !== status)
        return [`answered ${reply.status} ${reply.text.slice(0, 200)}, not ${status}`];
      if (!object) return [];
      const missing = await ask({ ...things, [object]: nobodys(object) });
      const isSame = missing.status === reply.status && missing.text === reply.text;
      return isSame ? [] : [`tells ${reply.text} from ${missing.status} ${missing.text}, of what is missing`];
    },
  };
}

function letIn(
  name: string,
  route: string,
  row: RouteRow,
  things: Things,
  ask: (on: Things) => Promise<Reply>,
  codes: readonly string[],
): Cell[] {
  // prettier-ignore
  const object = row.who === 'everybody' ? null : objectOf(route);
  const missing: Cell = {
    name: `${name}, missing`,
    async check() {
      const reply = await ask({ ...things, [object!]: nobodys(object!) });
      return reply.code === 'NOT_FOUND' ? [] : [`answered ${reply.status} ${reply.text.slice(0, 200)}`];
    },
  };
  const present: Cell = {
    name,
    async check() {
      const { status, code, text } = await ask(things);
      if (row.status !== undefined)
        return status === row.status ? [] : [`answered ${status} ${text.slice(0, 200)}`];
      // It worked, or it does not fit just now, as the route says it may not.
      if (row.ends && code === 'NOT_FOUND') return [];
      const isIn = status < 300 || (code !== undefined && codes.includes(code) && !REFUSALS.includes(code));
      return isIn ? [] : [`answered ${status} ${text.slice(0, 200)}`];
    },
  };
  return object ? [missing, present] : [present];
}

async function send(
  call: Call,
  stage: Stage,
  caller: RouteCaller,
  route: string,
  row: RouteRow,
  things: Things,
): Promise<Reply> {
  // prettier-ignore
  const [method, path] = route.split(' ') as [string, string];
  const filled = path.replace(/:(\w+)/g, (_, name: string) => things[name as keyof Things]);
  const query = row.query ? `?${row.query(things)}` : '';
  const keys = { ...stage.keys[caller], idempotency_key: randomUUID() };
  return call(method, filled + query, row.body?.(things), keys);
}

function objectOf(route: string): keyof Things | null {
  return (/:(\w+)/.exec(route)?.[1] as keyof Things | undefined) ?? null;
}

function nobodys(object: keyof Things): string {
  return object === 'job' ? '999999999' : randomUUID();
}

/** How the table writes a route. */
export function nameOf(prefix: string, { method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${prefix}${path}`;
}
