/** Whether a request proves to be of somebody who may use the admin app, without asking the database: by a token we signed. */
import type { IncomingHttpHeaders } from 'node:http';
import jwt from 'jsonwebtoken';

const BEARER = /^bearer +(\S+)$/i;

/**
 * Says how much a request is worth, and nothing about what it may do: a session that has ended meanwhile, or a role that was taken
 * away, is found out later.
 * @param secrets that tokens may be signed with: while one is replaced, two
 */
export function staffProof(
  secrets: readonly string[],
  session_cookie: unknown,
): (headers: IncomingHttpHeaders) => boolean {
  const cookie_name = typeof session_cookie === 'string' ? session_cookie : '';
  return ({ authorization, cookie }) => {
    const token = BEARER.exec(authorization ?? '')?.[1] ?? cookieOf(cookie, cookie_name);
    return token !== undefined && secrets.some((secret) => isStaffToken(token, secret));
  };
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  if (!header || !name) return undefined;
  const found = header.split(';').find((each) => each.trim().startsWith(`${name}=`));
  return found?.trim().slice(name.length + 1);
}

function isStaffToken(token: string, secret: string): boolean {
  try {
    const claims = jwt.verify(token, secret, { issuer: 'directus', algorithms: ['HS256'] });
    return typeof claims === 'object' && (claims['app_access'] === true || claims['admin_access'] === true);
  } catch {
    return false;
  }
}
