/** The shield's own answer, before Directus' error handler is there to give one. */
import type { ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** Ends the answer, in the envelope of every other error. */
export function refuse(
  res: ServerResponse,
  code: ErrorCode,
  message: string = ERRORS[code].message,
  details: Record<string, unknown> = {},
): void {
  res.statusCode = ERRORS[code].status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  const request_id = res.getHeader('X-Request-Id');
  res.end(JSON.stringify({ errors: [{ message, extensions: { ...details, code, request_id } }] }));
}
