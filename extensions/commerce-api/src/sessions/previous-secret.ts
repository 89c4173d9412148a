/**
 * While SECRET is changed, what was signed with the one before still holds: it is signed anew as it comes in, before Directus looks at it,
 * with the same claims and the same end.
 */
import jwt from 'jsonwebtoken';

/** @returns the same token under the present secret, or null when it needs none or is not one of ours */
export type Renew = (token: string) => string | null;

export function renewal(secret: string, previous: string): Renew {
  const options: jwt.VerifyOptions = { issuer: 'directus', algorithms: ['HS256'] };
  const claimsUnder = (key: string, token: string): jwt.JwtPayload | null => {
    try {
      const claims = jwt.verify(token, key, options);
      return typeof claims === 'string' ? null : claims;
    } catch {
      return null;
    }
  };
  return (token) => {
    if (token.split('.').length !== 3 || claimsUnder(secret, token)) return null;
    const claims = claimsUnder(previous, token);
    return claims && jwt.sign(claims, secret);
  };
}

export interface TokenCarrier {
  headers: { authorization?: string | undefined; cookie?: string | undefined };
  query: Record<string, unknown>;
}

/** Access tokens, wherever Directus takes them from: the header, the query, the cookie of a session. */
export function renewAccessToken(req: TokenCarrier, renew: Renew, cookie_name: string): void {
  const { authorization, cookie } = req.headers;
  const [scheme = '', bearer] = authorization?.split(' ') ?? [];
  const renewed = bearer && renew(bearer);
  if (renewed) req.headers.authorization = `${scheme} ${renewed}`;
  renewField(req.query, 'access_token', renew);
  if (cookie?.includes(cookie_name)) {
    req.headers.cookie = cookie
      .split(';')
      .map((part) => {
        const [name = '', value = ''] = part.trim().split('=', 2);
        return `${name}=${(name === cookie_name && renew(value)) || part.trim().slice(name.length + 1)}`;
      })
      .join('; ');
  }
}

/** Tokens that were mailed: of a password's reset, of an invitation. */
export function renewField(holder: unknown, field: string, renew: Renew): void {
  if (holder === null || typeof holder !== 'object') return;
  const fields = holder as Record<string, unknown>;
  const token = fields[field];
  const renewed = typeof token === 'string' ? renew(token) : null;
  if (renewed) fields[field] = renewed;
}
