/** System routes no shopper needs; who may use the admin app goes on to Directus' own checks. */
import type { NextFunction, Request, Response } from 'express';
import { refuse } from './refuse.ts';
import { plainPath } from './request-target.ts';

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

export function closeSystemRoutes(req: Request, res: Response, next: NextFunction): void {
  const { accountability } = req as Request & { accountability?: { app: boolean; admin: boolean } };
  const path = plainPath(req);
  const isClosed = CLOSED_WITHOUT_APP_ACCESS.some((each) => path === each || path.startsWith(`${each}/`));
  if (isClosed && !accountability?.app && !accountability?.admin) {
    refuse(res, 403, 'FORBIDDEN', 'You may not do this.');
  } else next();
}
