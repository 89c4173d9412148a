/**
 * The guard in front of Directus: what must never reach it is answered before Express. A process without its shield does not
 * serve: Directus only warns when an init hook fails, so a failure ends the process here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { callersFault } from './platform/callers-fault.ts';

interface HookRegister {
  init: (event: string, handler: (meta: { app: Express }) => void) => void;
}

/** System routes no shopper needs; who may use the admin app goes on to Directus' own checks. */
const CLOSED_WITHOUT_APP_ACCESS = [
  '/graphql/system',
  '/utils',
  '/users/register',
  '/server/specs',
  '/server/setup',
  '/shares',
  '/files/import',
  '/files/tus',
  '/mcp',
  '/ai',
  '/extensions/registry',
];

const MAX_NESTING = 6;

export default ({ init }: HookRegister, context: DirectusContext): void => {
  const { log } = directusShop(context);

  function mount(event: string, put: (app: Express) => void): void {
    init(event, ({ app }) => {
      try {
        put(app);
      } catch (error) {
        log.error({ err: error }, 'The shield could not be mounted');
        process.exit(1);
      }
    });
  }

  mount('middlewares.before', (app) => {
    freezePrototypeFunctions();
    guardTargets(app);
    app.use(refusePrototypeNames);
    app.use((req, res, next) => refuseDeepGarbage(req.query, res, next));
    process.on('unhandledRejection', (reason) => {
      log.error({ err: reason }, 'A promise was rejected and nobody listened');
    });
  });
  // Behind authentication and the body's parser: a header alone proves nobody, and SEARCH asks in its body.
  mount('middlewares.after', (app) => {
    app.use(closeSystemRoutes);
    app.use((req, res, next) => refuseDeepGarbage(queryInBody(req), res, next));
  });
  mount('routes.custom.after', (app) => {
    app.use((error: unknown, req: Request, _res: Response, next: NextFunction) =>
      next(callersFault(error, req) ?? error),
    );
  });
};

/**
 * Wraps the application below Express: a request target that is not a path (`GET http://[::1/ HTTP/1.1`) makes Directus throw
 * in a listener nobody catches, which ends the process.
 */
function guardTargets(app: Express): void {
  const host = app as unknown as {
    handle: (req: IncomingMessage, res: ServerResponse, out?: NextFunction) => void;
  };
  const handle = host.handle.bind(app);
  host.handle = (req, res, out) => {
    if (isPath(req.url ?? '')) {
      handle(req, res, out);
      return;
    }
    req.url = '/';
    refuse(res, 400, 'INVALID_QUERY', 'The request target is not a path.');
  };
}

function isPath(target: string): boolean {
  if (!target.startsWith('/') || target.startsWith('//')) return false;
  const query = target.indexOf('?');
  try {
    decodeURIComponent(query === -1 ? target : target.slice(0, query));
    return true;
  } catch {
    return false;
  }
}

function closeSystemRoutes(req: Request, res: Response, next: NextFunction): void {
  const { accountability } = req as Request & { accountability?: { app: boolean; admin: boolean } };
  const path = plainPath(req);
  const isClosed = CLOSED_WITHOUT_APP_ACCESS.some((each) => path === each || path.startsWith(`${each}/`));
  if (isClosed && !accountability?.app && !accountability?.admin) {
    refuse(res, 403, 'FORBIDDEN', 'You may not do this.');
  } else next();
}

/** As Express matches it: whatever the case, and a router mounted at `/` takes `//` for `/`. */
function plainPath(req: Request): string {
  return req.path.toLowerCase().replace(/\/{2,}/g, '/');
}

/** Directus looks collections up in a plain object, where `constructor` is always found. */
function refusePrototypeNames(req: Request, res: Response, next: NextFunction): void {
  const [, surface, name] = req.path.split('/');
  if (surface?.toLowerCase() === 'items' && name && isPrototypeKey(decodeURIComponent(name))) {
    refuse(res, 403, 'FORBIDDEN', 'You may not do this.');
  } else next();
}

/**
 * `deep` reaches far into Directus: keys that name prototypes, sub-queries that are no JSON, and nesting beyond any use are
 * refused before it parses them.
 */
function refuseDeepGarbage(query: unknown, res: Response, next: NextFunction): void {
  const { deep, fields } = (query ?? {}) as { deep?: unknown; fields?: unknown };
  const problem = (deep !== undefined && deepProblem(deep, 0)) || fieldsProblem(fields);
  if (problem) refuse(res, 400, 'INVALID_QUERY', problem);
  else next();
}

function queryInBody({ method, body }: Request): unknown {
  return method === 'SEARCH' ? (body as { query?: unknown } | undefined)?.query : undefined;
}

function deepProblem(value: unknown, depth: number): string | null {
  const level = depth === 0 && typeof value === 'string' ? parseJson(value) : value;
  if (level === null || typeof level !== 'object' || Array.isArray(level)) return 'deep: is not an object';
  if (depth > MAX_NESTING) return `deep: is nested more than ${MAX_NESTING} levels`;
  for (const [key, inner] of Object.entries(level)) {
    if (isPrototypeKey(key)) return 'deep: names something that is not a field';
    const problem = key.startsWith('_') ? subQueryProblem(key, inner) : deepProblem(inner, depth + 1);
    if (problem) return problem;
  }
  return null;
}

function subQueryProblem(key: string, value: unknown): string | null {
  if (key === '_filter') {
    const filter = typeof value === 'string' ? parseJson(value) : value;
    return filter !== null && typeof filter === 'object' ? null : 'deep: a _filter is not JSON';
  }
  if (key === '_fields' || key === '_sort') {
    const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return typeof value === 'string' || isList ? null : `deep: ${key} is not a list`;
  }
  return null;
}

function fieldsProblem(fields: unknown): string | null {
  const names = Array.isArray(fields)
    ? fields.map(String)
    : typeof fields === 'string'
      ? fields.split(',')
      : [];
  const isTooDeep = names.some((name) => name.split('.').length > MAX_NESTING);
  return isTooDeep ? `fields: is nested more than ${MAX_NESTING} levels` : null;
}

function isPrototypeKey(key: string): boolean {
  return key === '' || key in Object.prototype || key === 'prototype';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a polluting write would hit: the functions every object inherits. */
function freezePrototypeFunctions(): void {
  for (const name of Object.getOwnPropertyNames(Object.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(Object.prototype, name) ?? {};
    if (typeof value === 'function') Object.freeze(value);
  }
}

function refuse(res: ServerResponse, status: number, code: string, message: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
