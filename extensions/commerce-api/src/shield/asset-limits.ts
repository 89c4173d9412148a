/** Pictures are worked out in the sizes the shop's settings name; where they allow any, a size still has an end. */
import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { audienceOf } from './audience.ts';
import { ASSET_PIXELS } from './limits.ts';
import { isAllowed } from './path-table.ts';
import { parsedJson } from './problem.ts';
import { refuse } from './refuse.ts';

/** Directus checks the size of the picture it reads, not of the one it is to make (GHSA-7vcx-mhxq-9j96). */
export function limitAssets(req: Request, res: Response, next: NextFunction): void {
  if (!plainPath(req.path).startsWith('/assets/')) {
    next();
    return;
  }
  const { width, height, transforms } = req.query as Record<string, unknown>;
  if (transforms !== undefined && !isAllowed(audienceOf(req), 'app')) {
    refuse(res, 'INVALID_QUERY', 'transforms: is for the admin app.', { path: 'transforms' });
    return;
  }
  const given = { width, height, transforms: typeof transforms === 'string' ? parsedJson(transforms) : null };
  const path = Object.entries(given).find(([, value]) => isBeyond(value))?.[0];
  if (path === undefined) next();
  else refuse(res, 'INVALID_QUERY', `${path}: is more than ${ASSET_PIXELS} pixels`, { path });
}

function isBeyond(value: unknown): boolean {
  if (value !== null && typeof value === 'object') return Object.values(value).some(isBeyond);
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0;
  return Math.abs(number) > ASSET_PIXELS;
}
