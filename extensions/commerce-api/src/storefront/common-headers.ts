/** The headers every answer carries that does not pass through Directus' middleware: what that would have set, and no more. */
import type { IncomingMessage } from 'node:http';
import type { RequestId } from '../platform/request-id.ts';
import { DATA_HEADERS, strictTransport, type TransportSettings } from '../shield/security-headers.ts';
import type { CacheStatus } from './prepared-answer.ts';

/** Directus' settings of CORS, as it has cast them. */
export interface CorsSettings extends TransportSettings {
  CORS_ENABLED?: unknown;
  CORS_ORIGIN?: unknown;
  CORS_CREDENTIALS?: unknown;
  CORS_EXPOSED_HEADERS?: unknown;
}

export interface CommonHeaders {
  /** Names and values in turn, those of the answer at the end. The array is used again: write it out at once. */
  with: (headers: readonly string[], req: IncomingMessage, status: CacheStatus) => string[];
  /** The same for an answer no cache has to do with. */
  plain: (headers: readonly string[], req: IncomingMessage) => string[];
  /** Whether a page of another origin may read the answer. */
  cors: (req: IncomingMessage) => [name: string, value: string][];
  requestId: RequestId;
}

export function commonHeaders(settings: CorsSettings, requestId: RequestId): CommonHeaders {
  const cors = corsOf(settings);
  const transport = strictTransport(settings);
  const lasting = [
    ...DATA_HEADERS.flat(),
    ...(transport === null ? [] : ['Strict-Transport-Security', transport]),
    ...cors.headers.flat(),
  ];
  // What stays the same is put together once for each answer and status; only the first values change.
  const known = new WeakMap<readonly string[], Map<string, string[]>>();
  const reflected = ({ headers: { origin } }: IncomingMessage): [string, string][] =>
    origin !== undefined && cors.reflects(origin) ? [['Access-Control-Allow-Origin', origin]] : [];
  return {
    requestId,
    cors: (req) => [
      ...reflected(req),
      ...cors.headers,
      ...(cors.varies ? [['Vary', 'Origin'] as [string, string]] : []),
    ],
    plain: (headers, req) => [
      ...['X-Request-Id', requestId(req)],
      ...reflected(req).flat(),
      ...lasting,
      ...headers,
    ],
    with(headers, req, status) {
      const { origin } = req.headers;
      const is_reflected = origin !== undefined && cors.reflects(origin);
      let forms = known.get(headers);
      if (!forms) known.set(headers, (forms = new Map<string, string[]>()));
      const name = is_reflected ? `${status}+origin` : status;
      let all = forms.get(name);
      if (!all) {
        const first = ['X-Request-Id', '', ...(is_reflected ? ['Access-Control-Allow-Origin', ''] : [])];
        all = [...first, ...lasting, 'Cache-Status', `kontor; ${status}`, ...headers];
        forms.set(name, all);
      }
      all[1] = requestId(req);
      if (is_reflected) all[3] = origin;
      return all;
    },
  };
}

/** What the middleware `cors`, as Directus sets it up, answers to a request that is no preflight. */
function corsOf(settings: CorsSettings): {
  headers: [name: string, value: string][];
  varies: boolean;
  reflects: (origin: string) => boolean;
} {
  const { CORS_ENABLED, CORS_ORIGIN: allowed, CORS_CREDENTIALS, CORS_EXPOSED_HEADERS } = settings;
  if (CORS_ENABLED !== true || !allowed) return { headers: [], varies: false, reflects: () => false };
  const exposed = Array.isArray(CORS_EXPOSED_HEADERS) ? CORS_EXPOSED_HEADERS.join(',') : CORS_EXPOSED_HEADERS;
  const headers: [string, string][] = [];
  if (typeof allowed === 'string') headers.push(['Access-Control-Allow-Origin', allowed]);
  if (CORS_CREDENTIALS === true) headers.push(['Access-Control-Allow-Credentials', 'true']);
  if (typeof exposed === 'string' && exposed) headers.push(['Access-Control-Expose-Headers', exposed]);
  return {
    headers,
    varies: allowed !== '*',
    reflects: (origin) => typeof allowed !== 'string' && isAllowed(origin, allowed),
  };
}

function isAllowed(origin: string, allowed: unknown): boolean {
  if (Array.isArray(allowed)) return allowed.some((each) => isAllowed(origin, each));
  if (typeof allowed === 'string') return origin === allowed;
  return allowed instanceof RegExp ? allowed.test(origin) : Boolean(allowed);
}
