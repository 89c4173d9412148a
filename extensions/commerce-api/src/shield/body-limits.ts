/** Bodies: how long before they are read, how deep and how many once they have been. */
import type { NextFunction, Request, Response } from 'express';
import { plainPath } from '../core/plain-path.ts';
import { BATCH, BODY_BYTES, BODY_DEPTH } from './limits.ts';
import { refuse } from './refuse.ts';

/** By what the headers say; a body that says nothing ends at MAX_PAYLOAD_SIZE. */
export function limitBodyLength(req: Request, res: Response, next: NextFunction): void {
  const path = plainPath(req.path);
  const [, most] = BODY_BYTES.find(([start]) => path === start || path.startsWith(`${start}/`)) ?? [];
  if (most === undefined || Number(req.headers['content-length'] ?? 0) <= most) {
    next();
    return;
  }
  // What is left of the body is not read, so the connection cannot be used again.
  res.setHeader('Connection', 'close');
  refuse(res, 'PAYLOAD_TOO_LARGE', `The body is larger than ${most} bytes, the most this path takes.`);
}

/** Behind the parser. What Kontor's own surfaces take is said by their schemas. */
export function limitBodyShape(req: Request, res: Response, next: NextFunction): void {
  const body = req.body as unknown;
  const reason = shapeProblem(body, 0) ?? (isOwn(req) ? null : batchProblem(body));
  if (reason) refuse(res, 'INVALID_PAYLOAD', `The body ${reason}. Nothing was changed.`);
  else next();
}

function isOwn(req: Request): boolean {
  return /^\/(store|staff|webhooks|docs|flows\/trigger)(\/|$)/.test(plainPath(req.path));
}

function shapeProblem(value: unknown, depth: number): string | null {
  if (value === null || typeof value !== 'object') return null;
  if (depth >= BODY_DEPTH) return `is nested more than ${BODY_DEPTH} levels`;
  if (Object.hasOwn(value, '__proto__')) return 'names something that is not a field';
  for (const inner of Object.values(value)) {
    const reason = shapeProblem(inner, depth + 1);
    if (reason) return reason;
  }
  return null;
}

function batchProblem(body: unknown): string | null {
  const { keys } = Object(body) as { keys?: unknown };
  return [body, keys].some((list) => Array.isArray(list) && list.length > BATCH)
    ? `names more than ${BATCH} things at once`
    : null;
}
