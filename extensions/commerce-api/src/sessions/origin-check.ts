/**
 * A cookie is sent by the browser whichever page asks; a token in a header only by a page that has it. So what changes something and is
 * signed in by a cookie has to come from a page of the shop, or of an origin the operator names.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface OriginSettings {
  PUBLIC_URL?: unknown;
  /** Of Directus: an origin, several, `true` or `*`. What lets every page ask does not let every page act: it names nobody here. */
  CORS_ORIGIN?: unknown;
  SESSION_COOKIE_NAME?: unknown;
  REFRESH_TOKEN_COOKIE_NAME?: unknown;
}

export interface CheckedRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingHttpHeaders;
}

/** SEARCH is how Directus reads with a query in the body. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'SEARCH']);

const BEARER = /^bearer \S+$/i;
const SIGN_IN = /^\/+auth(?![\w-])/i;

/** Whether a request may pass: it changes nothing, no cookie signs it in, or it comes from where it may. */
export function originCheck(settings: OriginSettings): (req: CheckedRequest) => boolean {
  const cookies = [settings.SESSION_COOKIE_NAME, settings.REFRESH_TOKEN_COOKIE_NAME].filter(isText);
  const listed = [settings.CORS_ORIGIN]
    .flat()
    .filter(isText)
    .flatMap((text) => text.split(','));
  const origins = new Set(
    [settings.PUBLIC_URL, ...listed].filter(isText).flatMap((text) => originOf(text.trim()) ?? []),
  );
  return ({ method = 'GET', url = '/', headers }) => {
    if (SAFE.has(method)) return true;
    // With a bearer Directus looks at no cookie, but for going on with a session and ending it.
    if (BEARER.test(headers.authorization ?? '') && !SIGN_IN.test(url)) return true;
    if (!namesOfCookies(headers.cookie).some((name) => cookies.includes(name))) return true;
    const origin = originOf(headers.origin ?? headers.referer);
    if (origin === null) return false;
    // The same host as the request's: no page elsewhere can choose that, and a laptop has several names.
    return origins.has(origin) || new URL(origin).host === headers.host;
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function originOf(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { origin } = new URL(url);
  return origin === 'null' ? null : origin;
}

function namesOfCookies(header = ''): string[] {
  return header.split(';').map((part) => part.split('=', 1)[0]?.trim() ?? '');
}
