/** What the document says of rate limits, from the very table they are counted by. */
import type { Route } from '../platform/http.ts';
import { classOf, RATE_LIMITS, type RateClass, type RateLimit } from '../shield/rate-classes.ts';
import type { JsonObject } from './openapi.ts';

/** The class a route is limited by; null where only what holds for everything does. */
export function limitOf({ method, query }: Route, path: string): RateClass | null {
  const searches = query !== undefined && 'q' in query.shape;
  const of = classOf(method.toUpperCase(), searches ? `${path}?q=` : path);
  return of === 'everything' ? null : of;
}

/** How much a class may, in words. */
export function allowanceOf(name: RateClass): string {
  const { requests, seconds, failures }: RateLimit = RATE_LIMITS[name];
  const most = failures ? `${requests}, of which ${failures.most} may fail,` : String(requests);
  return `${most} in ${timeOf(seconds)}`;
}

function timeOf(seconds: number): string {
  if (seconds === 3600) return 'an hour';
  return seconds === 60 ? 'a minute' : `${seconds / 60} minutes`;
}

const text = (description: string): JsonObject => ({ description, schema: { type: 'string' } });

/** Of answers to limited routes. */
export const LIMIT_HEADERS: JsonObject = {
  'RateLimit-Policy': text('The limit: requests (`q`) in a window of seconds (`w`), as if each failed.'),
  RateLimit: text('How many are left (`r`), and in how many seconds all are there again (`t`).'),
};

export const REFUSAL_HEADERS: JsonObject = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
  ...LIMIT_HEADERS,
};

/** A section of the introduction. */
export function limitsSection(): string[] {
  const lines = Object.entries(RATE_LIMITS).map(
    ([name, { of, why }]) => `| \`${name}\` | ${of} | ${allowanceOf(name as RateClass)} | ${why} |`,
  );
  return [
    '## Limits',
    '',
    'Any route may answer `RATE_LIMITED` (429) with `Retry-After`, and the class that was used up as `class`. An address is that of',
    'IPv4, or the /64 of IPv6. Answers of limited routes carry `RateLimit` and `RateLimit-Policy`, as',
    'draft-ietf-httpapi-ratelimit-headers-10 has them; answers from the cache are not counted and carry none. A shop may have set',
    'other limits than these, which are the defaults.',
    '',
    '| class | what is counted | how many | why |',
    '| --- | --- | --- | --- |',
    ...lines,
  ];
}
