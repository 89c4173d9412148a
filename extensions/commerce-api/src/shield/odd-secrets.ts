import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { isNoText } from './problem.ts';
import { refuse } from './refuse.ts';

const SECRETS = ['password', 'secret', 'otp', 'refresh_token', 'token'];

/**
 * What stands where a password or token should must be text: Directus hands it on as it is, to a decoder that takes a number for a
 * length, and sets so much memory aside, and to a log that cannot write an object with odd methods. Behind the body's parser.
 */
export function refuseOddSecrets(req: Request, res: Response, next: NextFunction): void {
  const body = Object(req.body) as Record<string, unknown>;
  const path = /^\/(auth|users\/me\/tfa)\//.test(plainPath(req.path))
    ? SECRETS.find((name) => isNoText(body[name]))
    : undefined;
  if (path !== undefined) refuse(res, 'INVALID_PAYLOAD', `${path}: is not text`, { path });
  else next();
}
