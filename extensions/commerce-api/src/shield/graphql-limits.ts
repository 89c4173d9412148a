/** GraphQL at the door: one document at a time, within the bounds of who asks. */
import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { audienceOf } from './audience.ts';
import { graphQlProblem } from './graphql-problem.ts';
import { APP, boundsOf } from './limits.ts';
import { isNoText, isObject, parsedJson } from './problem.ts';
import { refuse } from './refuse.ts';

export function limitGraphQl(req: Request, res: Response, next: NextFunction): void {
  if (!plainPath(req.path).startsWith('/graphql')) {
    next();
    return;
  }
  const asked = (req.method === 'GET' ? req.query : req.body) as unknown;
  if (Array.isArray(asked)) {
    refuse(res, 'INVALID_QUERY', 'Several documents in one request are not answered.');
    return;
  }
  const { query, variables, operationName } = isObject(asked) ? asked : {};
  const bounds = boundsOf(audienceOf(req));
  const given = typeof variables === 'string' ? parsedJson(variables) : variables;
  const found = typeof query === 'string' ? graphQlProblem(query, given, bounds, bounds === APP) : null;
  const odd = Object.entries({ query, operationName }).find(([, text]) => isNoText(text));
  if (found) refuse(res, 'INVALID_QUERY', `${found.path}: ${found.reason}`, { path: found.path });
  else if (odd) refuse(res, 'INVALID_QUERY', `${odd[0]}: is not text`, { path: odd[0] });
  else next();
}
