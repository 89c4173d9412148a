import { decodedClaims } from './claims.ts';

/** A request as Directus' route for refreshing reads it. */
export interface RefreshRequest {
  body?: unknown;
  cookies?: unknown;
}

/**
 * The refresh token of a request to Directus' `/auth/refresh`: in the body, in its cookie, or inside of the cookie of a session, by the
 * mode it asks for. Null where there is none that could be one. A signature is not checked: a made-up token was never replaced.
 */
export function refreshTokenOf(
  { body, cookies }: RefreshRequest,
  env: Record<string, unknown>,
): string | null {
  const { mode, refresh_token } = (body ?? {}) as { mode?: unknown; refresh_token?: unknown };
  const cookie = (name: string) => (cookies as Record<string, unknown> | undefined)?.[String(env[name])];
  if (mode === 'session') return textOf(decodedClaims(cookie('SESSION_COOKIE_NAME'))['session']);
  const is_in_body = mode === 'json' || (mode === undefined && refresh_token !== undefined);
  return textOf(is_in_body ? refresh_token : cookie('REFRESH_TOKEN_COOKIE_NAME'));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
