/** Request targets that Directus must not see. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express, NextFunction } from 'express';
import { refuse } from './refuse.ts';

/**
 * Wraps the application below Express: a request target that is not a path (`GET http://[::1/ HTTP/1.1`) makes Directus throw
 * in a listener nobody catches, which ends the process.
 */
export function guardTargets(app: Express): void {
  const host = app as unknown as {
    handle: (req: IncomingMessage, res: ServerResponse, out?: NextFunction) => void;
  };
  const handle = host.handle.bind(app);
  host.handle = (req, res, out) => {
    if (isPath(req.url ?? '')) {
      handle(req, res, out);
      return;
    }
    req.url = '/';
    refuse(res, 'INVALID_QUERY', 'The request target is not a path.');
  };
}

function isPath(target: string): boolean {
  if (!target.startsWith('/') || target.startsWith('//')) return false;
  const query = target.indexOf('?');
  try {
    decodeURIComponent(query === -1 ? target : target.slice(0, query));
    return true;
  } catch {
    return false;
  }
}
