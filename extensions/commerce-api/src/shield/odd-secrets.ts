import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { refuse } from './refuse.ts';

/** A number for a secret: its decoder takes it for a length, and sets so much memory aside. Behind the body's parser. */
export function refuseOddSecrets(req: Request, res: Response, next: NextFunction): void {
  const { secret, otp } = (req.body ?? {}) as { secret?: unknown; otp?: unknown };
  const isOfSecrets = plainPath(req.path).startsWith('/users/me/tfa');
  const path = isOfSecrets ? (isOdd(secret) ? 'secret' : isOdd(otp) ? 'otp' : null) : null;
  if (path !== null) refuse(res, 'INVALID_PAYLOAD', `${path}: is not text`, { path });
  else next();
}

function isOdd(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'string';
}
