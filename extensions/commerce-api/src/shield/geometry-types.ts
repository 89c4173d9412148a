/** Directus writes what follows `geometry.` into the statement that makes the column (GHSA-chfm-g7r3-vv42). */
import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { refuse } from './refuse.ts';

const GEOMETRY =
  /^geometry(\.(Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon|GeometryCollection))?$/i;

/** Whether a `type` anywhere in a value is no type of geometry, but begins like one. */
export function hasOddGeometry(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([key, inner]) => {
    const isOdd = key === 'type' && typeof inner === 'string' && /^\s*geometry/i.test(inner);
    return (isOdd && !GEOMETRY.test(inner)) || hasOddGeometry(inner);
  });
}

export function refuseOddGeometry(req: Request, res: Response, next: NextFunction): void {
  const isOfModel = /^\/(fields|collections|schema)(\/|$)/.test(plainPath(req.path));
  if (isOfModel && hasOddGeometry(req.body)) {
    refuse(res, 'INVALID_PAYLOAD', 'type: is no type of geometry. Nothing was changed.', {
      path: 'type',
    });
  } else next();
}
