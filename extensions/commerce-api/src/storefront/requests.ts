/** Which requests the storefront cache answers, and which of them ask for the same. */
import type { IncomingHttpHeaders } from 'node:http';
import { canonicalJson } from '../core/canonical-json.ts';
import { parseAddress, type Address, type Route } from '../platform/http.ts';
import { isKontorError, type KontorError } from '../errors.ts';

/** As Directus' server reads a query string. */
export type QueryParser = (text: string) => Record<string, unknown>;

export type Wanted =
  | { surface: 'store'; key: string; route: Route; address: Address }
  | { surface: 'items'; key: string; collection: string; item: string | null }
  /** The route itself refuses what it was asked. */
  | { surface: 'refused'; error: KontorError };

/** Catalogue only: what everybody may read of these is the same for everybody, and changes are told. */
const COLLECTIONS = new Set([
  'products',
  'product_variants',
  'bundle_items',
  'products_files',
  'products_translations',
  'products_categories',
  'products_tags',
  'related_products',
  'categories',
  'categories_translations',
  'brands',
  'tags',
  'languages',
  'vendors',
  'price_lists',
  'prices',
  'reviews',
  'shop_settings',
]);

/** All that decides what Directus answers. Others are not read by it, and so make no difference. */
const ITEMS_PARAMETERS = [
  'aggregate',
  'alias',
  'backlink',
  'deep',
  'fields',
  'filter',
  'groupBy',
  'limit',
  'meta',
  'offset',
  'page',
  'search',
  'sort',
];
/** Files to save, versions of content, tokens: past the cache. */
const ITEMS_NEVER = ['access_token', 'export', 'version', 'versionRaw'];

const MOST_READ = 5_000;
const LONGEST_READ = 1_024;

export interface CookieNames {
  SESSION_COOKIE_NAME?: unknown;
  REFRESH_TOKEN_COOKIE_NAME?: unknown;
}

/** Whether nothing in the headers says who asks. A cookie by the name of a session counts, whatever is in it. */
export function anonymity(names: CookieNames): (headers: IncomingHttpHeaders) => boolean {
  const { SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME } = names;
  const cookies = [SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME].filter((name) => typeof name === 'string');
  return ({ authorization, cookie }) =>
    authorization === undefined && (cookie === undefined || !cookies.some((name) => cookie.includes(name)));
}

/** Directus reads keys from a body even where one is GET. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Whether a URL is of a surface that may be cached at all. */
export function isOfStorefront(url: string): boolean {
  return url.startsWith('/store/') || url.startsWith('/items/');
}

/**
 * Reads URLs. Null: nothing the cache answers. The same URL is read once while it is remembered; only so many and so long ones
 * are, and none that is refused.
 */
export function requestReader(
  routes: readonly Route[],
  parseQuery: QueryParser,
): (url: string) => Wanted | null {
  const match = routeMatcher(routes);
  const read = new Map<string, Wanted>();

  function readUrl(url: string): Wanted | null {
    const at = url.indexOf('?');
    const path = at === -1 ? url : url.slice(0, at);
    const query = at === -1 ? '' : url.slice(at + 1);
    // How Express would take an empty segment, a fragment, or what cannot be decoded, is left to Express.
    const [surface, ...segments] = path.slice(1).split('/');
    if (segments.includes('') || url.includes('#') || !canBeDecoded(path)) return null;
    return surface === 'store'
      ? readStore(match(segments), parseQuery(query))
      : readItems(segments.map(decodeURIComponent), parseQuery(query));
  }

  return (url) => {
    const known = read.get(url);
    if (known) return known;
    const wanted = readUrl(url);
    if (wanted !== null && wanted.surface !== 'refused' && url.length <= LONGEST_READ) {
      if (read.size >= MOST_READ) read.delete(read.keys().next().value ?? '');
      read.set(url, wanted);
    }
    return wanted;
  };
}

function canBeDecoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The route Express would choose, by the segments of a path as it was written; null when it is not one everybody gets the same answer from. */
function routeMatcher(routes: readonly Route[]): (segments: string[]) => Match | null {
  const patterns = routes
    .filter(({ method }) => method === 'get')
    .map((route) => ({ route, parts: route.path.slice(1).split('/') }));
  return (segments) => {
    for (const { route, parts } of patterns) {
      if (parts.length !== segments.length) continue;
      if (!parts.every((part, index) => part.startsWith(':') || part === segments[index])) continue;
      if (route.cacheable !== true || route.access !== 'public') return null;
      const params = parts.flatMap((part, index) =>
        part.startsWith(':') ? [[part.slice(1), decodeURIComponent(segments[index] ?? '')]] : [],
      );
      return { route, params: Object.fromEntries(params) as Record<string, string> };
    }
    return null;
  };
}

function readStore(match: Match | null, query: Record<string, unknown>): Wanted | null {
  if (match === null || 'access_token' in query) return null;
  const { route, params } = match;
  try {
    const address = parseAddress(route, params, query);
    return { surface: 'store', key: `${route.path} ${canonicalJson(address)}`, route, address };
  } catch (error) {
    if (isKontorError(error)) return { surface: 'refused', error };
    throw error;
  }
}

function readItems(
  [collection = '', item, ...rest]: string[],
  query: Record<string, unknown>,
): Wanted | null {
  if (!COLLECTIONS.has(collection) || rest.length > 0) return null;
  if (ITEMS_NEVER.some((name) => name in query)) return null;
  const asked = ITEMS_PARAMETERS.filter((name) => name in query).map((name) => [name, query[name]]);
  const text = JSON.stringify(asked);
  // `$NOW`, `$FOLLOW` and their like: answers that change by themselves.
  if (text.includes('$')) return null;
  // Without any parameter Directus fills in no defaults; with one it does, known to it or not.
  const has_any = Object.keys(query).length > 0;
  return {
    surface: 'items',
    key: `items ${JSON.stringify([collection, item ?? null, has_any])} ${text}`,
    collection,
    item: item ?? null,
  };
}
