/** Where queries come in, and which bounds hold there. */
import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { audienceOf } from './audience.ts';
import { APP, boundsOf, type QueryLimits } from './limits.ts';
import { queryProblem } from './query-problem.ts';
import { refuse } from './refuse.ts';

const READING = ['GET', 'HEAD', 'OPTIONS', 'SEARCH'];

/**
 * Before Directus reads the query string, which it does on every path; who asks is not known yet. Asked to export what a write answers,
 * Directus writes first and fails then.
 */
export function limitQueryString(req: Request, res: Response, next: NextFunction): void {
  if (req.query['export'] !== undefined && !READING.includes(req.method))
    refuse(res, 'INVALID_QUERY', 'export: is for reading. Nothing was changed.', { path: 'export' });
  else check(req.query, APP.query, res, next);
}

/** Behind authentication: what the public asks has narrower bounds, and some requests ask in their body. */
export function limitQueryByAudience(req: Request, res: Response, next: NextFunction): void {
  const { query } = boundsOf(audienceOf(req));
  check(req.query, query, res, () => check(queryInBody(req), query, res, next));
}

function check(query: unknown, limits: QueryLimits, res: Response, next: NextFunction): void {
  const found = queryProblem(query, limits);
  if (found) refuse(res, 'INVALID_QUERY', `${found.path}: ${found.reason}`, { path: found.path });
  else next();
}

/** SEARCH, changes of all that match a query, and exports. A body with a field named `query` is none of these: it names one item. */
function queryInBody(req: Request): unknown {
  const segments = plainPath(req.path).split('/').filter(Boolean);
  const isOfMany = segments.length <= (segments[0] === 'items' ? 2 : 1);
  const asks =
    req.method === 'SEARCH' ||
    (isOfMany && (req.method === 'PATCH' || req.method === 'DELETE')) ||
    (segments[0] === 'utils' && segments[1] === 'export');
  return asks ? (req.body as { query?: unknown } | undefined)?.query : undefined;
}
