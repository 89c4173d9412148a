/** Answers what the table of paths does not open, before any handler of Directus. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { audienceOf } from './audience.ts';
import { isAllowed, type Decide } from './path-table.ts';
import { refuse } from './refuse.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PATCH', 'PUT', 'DELETE', 'SEARCH'];

/** TRACE and whatever else Node can read; CONNECT it hangs up on by itself. */
export function refuseMethods({ method }: Request, res: Response, next: NextFunction): void {
  if (METHODS.includes(method)) {
    next();
    return;
  }
  res.setHeader('Allow', METHODS.join(', '));
  refuse(res, 'METHOD_NOT_ALLOWED');
}

/** First of all, before even a token is looked at: what is closed to everybody. */
export function refuseClosedPaths(decide: Decide): RequestHandler {
  return (req, res, next) => {
    const decision = decide(req.method, req.path);
    if (decision === 'unknown') {
      refuse(res, 'ROUTE_NOT_FOUND', undefined, { path: req.path });
    } else if (decision === 'nobody') forbid(res);
    else next();
  };
}

/** Behind authentication: a header alone proves nobody. */
export function refuseByAudience(decide: Decide): RequestHandler {
  return (req, res, next) => {
    if (isAllowed(audienceOf(req), decide(req.method, req.path))) next();
    else forbid(res);
  };
}

function forbid(res: Response): void {
  refuse(res, 'FORBIDDEN');
}
