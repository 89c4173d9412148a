/** The shield's own answer, before Directus' error handler is there to give one. */
import type { ServerResponse } from 'node:http';

export function refuse(
  res: ServerResponse,
  status: number,
  code: string,
  message: string,
  details: Record<string, unknown> = {},
): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(JSON.stringify({ errors: [{ message, extensions: { ...details, code } }] }));
}
