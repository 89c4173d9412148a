/**
 * Routes as values: one description that express mounts, that parses what comes in, and that the OpenAPI document is
 * generated from, so that the three cannot disagree.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { NextFunction, Request, Response, Router } from 'express';
import { z } from 'zod';
import { isKontorError, KontorError, type ErrorCode } from '../errors.ts';
import { identify, type Caller } from './caller.ts';
import type { StaffRole } from './roles.ts';
import type { Shop } from './shop.ts';

/** What a path or a query is made of. */
export type Fields = z.ZodObject;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : Record<string, never>;

/** Who may call: anyone; a signed-in customer; the holder of a cart or order (checked by the route); one of the staff roles. */
export type Access = 'public' | 'customer' | 'holder' | StaffRole | 'staff';

export interface Exchange<Params, Query, Body> {
  shop: Shop;
  caller: Caller;
  params: Params;
  query: Query;
  body: Body;
  /** A request header by its lower-case name. */
  header: (name: string) => string | undefined;
  res: Response;
}

/** What of a product an answer's order, filters and counts look at. */
export type Aspect =
  | 'membership'
  | 'newest'
  | 'price'
  | 'name'
  | 'popularity'
  | 'rating'
  | 'stock'
  | 'featured'
  | 'text'
  | 'options';

/** What an answer shows, for whoever keeps it: it is stale once one of these changes. */
export interface Shown {
  products: string[];
  /** Listings whose members and order it shows, as far as the aspects go. */
  shelves: string[];
  aspects: Aspect[];
  /** When something it shows begins or ends by the clock. */
  until: Date | null;
}

export interface Answer {
  status: number;
  data?: unknown;
  meta?: Record<string, unknown>;
  /** The whole body as JSON, already written, instead of `data` and `meta`. */
  json?: string;
  /** Absent: anything of the catalogue may be in it. */
  shown?: Shown;
  /** Text that is sent as it comes, to be saved under a name, instead of JSON. */
  file?: { filename: string; lines: AsyncIterable<string> };
}

export interface RouteSpec<
  P extends Fields | undefined,
  Q extends Fields | undefined,
  B extends z.ZodType | undefined,
> {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** As express writes it: `/carts/:cart/lines`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  access: Access;
  /**
   * Everyone gets the same answer to the same path and query, and nothing but the catalogue changes it: the storefront cache may
   * answer. Only for a public `get` that looks at neither its caller nor headers.
   */
  cacheable?: true;
  /** Request headers the route reads, for the document: name → what it is for. */
  headers?: Record<string, string>;
  params?: P;
  query?: Q;
  body?: B;
  /** What `data` holds in the successful answer, or the type of the file it is. */
  answers: { status: number; data?: z.ZodType; meta?: z.ZodType; file?: string; description: string };
  errors?: ErrorCode[];
  handle: (exchange: Exchange<Parsed<P>, Parsed<Q>, Parsed<B>>) => Promise<Answer>;
}

/** A route whose types have been checked against its handler and may now stand in a list with others. */
export type Route = Omit<
  RouteSpec<Fields | undefined, Fields | undefined, z.ZodType | undefined>,
  'handle'
> & {
  handle: (exchange: Exchange<never, never, never>) => Promise<Answer>;
};

/** Ties a handler's types to its schemas. */
export function route<
  P extends Fields | undefined = undefined,
  Q extends Fields | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(spec: RouteSpec<P, Q, B>): Route {
  return spec as unknown as Route;
}

const NOTHING = z.strictObject({});

/** Mounts routes on a Directus endpoint's router. Every failure reaches Directus' error handler. */
export function mountRoutes(router: Router, shop: Shop, routes: readonly Route[]): void {
  for (const each of routes) {
    router[each.method](each.path, (req: Request, res: Response, next: NextFunction) => {
      answerRequest(shop, each, req, res).catch((error: unknown) => {
        const retry_after = retryAfter(error);
        if (retry_after !== null) res.set('Retry-After', retry_after);
        next(error);
      });
    });
  }
}

async function answerRequest(shop: Shop, each: Route, req: Request, res: Response): Promise<void> {
  const { params, query } = parseAddress(each, req.params, withoutToken(req.query));
  const body = parse(each.body ?? NOTHING, req.body ?? {}, 'INVALID_PAYLOAD');
  const caller = await identify(shop, req);
  if (each.access === 'customer' && caller.customer === null) throw new KontorError('SIGN_IN_REQUIRED');
  if (isForStaff(each.access) && !isAllowedStaff(each.access, caller)) {
    throw new KontorError(caller.user === null ? 'SIGN_IN_REQUIRED' : 'FORBIDDEN');
  }
  const answer = await each.handle({
    shop,
    caller,
    params,
    query,
    body: body as never,
    header: (name) => req.get(name) ?? undefined,
    res,
  });
  if (answer.status === 204) {
    res.status(204).end();
    return;
  }
  if (answer.file) {
    const { filename, lines } = answer.file;
    res
      .status(answer.status)
      .attachment(filename)
      .type(each.answers.file ?? 'text/plain');
    await pipeline(Readable.from(lines), res);
    return;
  }
  res.status(answer.status).type('application/json').send(jsonOf(answer));
}

/** What a path and its query say to a route, once parsed: what its handler is given. */
export interface Address {
  params: never;
  query: never;
}

/** @throws KontorError INVALID_QUERY */
export function parseAddress(each: Route, params: unknown, query: unknown): Address {
  return {
    params: parse(each.params ?? NOTHING, params, 'INVALID_QUERY') as never,
    query: parse(each.query ?? NOTHING, query, 'INVALID_QUERY') as never,
  };
}

/** The body of an answer that has one and is no file. */
export function jsonOf({ json, data, meta }: Answer): string {
  return json ?? JSON.stringify(meta ? { data, meta } : { data });
}

/** When a caller who was refused may try again, as the header says it. */
export function retryAfter(error: unknown): string | null {
  const { retry_after_s } = isKontorError(error) ? error.extensions : {};
  return typeof retry_after_s === 'number' ? String(retry_after_s) : null;
}

/** Whether a route is for staff at all. */
export function isForStaff(access: Access): boolean {
  return access === 'staff' || access === 'order_staff' || access === 'catalogue_staff';
}

/** Whether a member of staff may do what this access is asked for. Administrators may do everything. */
export function isAllowedStaff(access: Access, { staff_role }: Pick<Caller, 'staff_role'>): boolean {
  return staff_role === 'admin' || (staff_role !== null && (access === 'staff' || access === staff_role));
}

/**
 * Parses what came in, strictly.
 * @throws KontorError with the first offending path in `path`, and all of them in `issues`.
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: 'INVALID_PAYLOAD' | 'INVALID_QUERY',
): z.output<Schema> {
  const result = schema.safeParse(value);
  const broken = result.success ? brokenText(result.data, []) : null;
  if (result.success && broken === null) return result.data;
  const issues = broken
    ? [broken]
    : (result.error?.issues ?? []).map((issue) => ({ path: pathOf(issue), reason: reasonOf(issue) }));
  const first = issues[0];
  throw new KontorError(code, {
    message: first ? `${first.path || 'The whole'}: ${first.reason}` : undefined,
    path: first?.path,
    issues,
  });
}

/** Text that Postgres cannot store: a null character, or half of a surrogate pair. Looks at what a schema has let through. */
function brokenText(value: unknown, path: string[]): { path: string; reason: string } | null {
  if (typeof value === 'string') {
    const isBroken = value.includes('\0') || /\p{Surrogate}/u.test(value);
    return isBroken ? { path: path.join('.'), reason: 'holds a character that is none' } : null;
  }
  if (value === null || typeof value !== 'object') return null;
  for (const [key, inner] of Object.entries(value)) {
    const broken = (Array.isArray(value) ? null : brokenText(key, path)) ?? brokenText(inner, [...path, key]);
    if (broken) return broken;
  }
  return null;
}

function pathOf(issue: z.core.$ZodIssue): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.filter(isName).slice(0, 1) : [];
  return [...issue.path, ...unknown].map(String).join('.');
}

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return issue.keys.every(isName) ? issue.message : 'has a key that is no name of a field';
}

/** What a field may be called. Anything else sent as a key, the number of a card by mistake, is not told again. */
function isName(key: string): boolean {
  return /^[A-Za-z_$][\w$-]{0,63}$/.test(key);
}

/** Directus takes the JWT from `access_token` too; by the time we read the query it has been used. */
function withoutToken(query: Request['query']): Record<string, unknown> {
  const { access_token: _used, ...rest } = query;
  return rest;
}
