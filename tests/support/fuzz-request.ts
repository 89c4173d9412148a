/** A request of the fuzzer: how it is made of its parts, and how bodies and headers of it go wrong. */
import fc, { type Arbitrary } from 'fast-check';
import { nastyText, toJson } from './fuzz-values.ts';

/** Who asks. `guest` holds a cart and an order by their tokens. */
export const ACTORS = ['anonymous', 'guest', 'customer', 'order_staff', 'catalogue_staff', 'admin'] as const;
export type Actor = (typeof ACTORS)[number];

export interface FuzzRequest {
  /** What it is aimed at, for reports: a route, or a part of the generated API. */
  at: string;
  as: Actor;
  method: string;
  /** Path and query, encoded, with placeholders. */
  target: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
}

const JSON_TYPE = 'application/json';
const ODD_TYPES = [
  'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16',
  'application/json; charset=none', 'application/merge-patch+json', 'application/xml', 'x', '', 'application/json; charset="', 'application/graphql',
]; // prettier-ignore

export interface Body {
  type: string | null;
  encoding: string | null;
  body: string | Uint8Array | null;
}

/** JSON, said to be JSON. */
export function jsonBody(value: Arbitrary<unknown>): Arbitrary<Body> {
  return value.map((each) => ({ type: JSON_TYPE, encoding: null, body: toJson(each) }));
}

/** Mostly JSON; else something else than it calls itself, or nothing, or half of it. */
export function oddBody(value: Arbitrary<unknown>): Arbitrary<Body> {
  const text = value.map(toJson);
  const as = (type: string | null, body: Arbitrary<Body['body']>, encoding: string | null = null) =>
    body.map((each) => ({ type, encoding, body: each }));
  return fc.oneof(
    { weight: 12, arbitrary: jsonBody(value) },
    {
      weight: 1,
      arbitrary: as(
        JSON_TYPE,
        fc.tuple(text, fc.nat({ max: 60 })).map(([all, end]) => all.slice(0, end)),
      ),
    },
    { weight: 1, arbitrary: as(JSON_TYPE, fc.uint8Array({ maxLength: 40 })) },
    { weight: 1, arbitrary: as(JSON_TYPE, text.map(withBrokenBytes)) },
    {
      weight: 1,
      arbitrary: as(
        JSON_TYPE,
        fc.constantFrom('', 'null', '"x"', '[]', '1', '\ufeff{}', '['.repeat(5_000), '{"a":1}{"a":2}', 'NaN'),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_TYPES).chain((type) => as(type, text)) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('gzip', 'br', 'deflate', 'x', 'identity')
        .chain((each) => as(JSON_TYPE, text, each)),
    },
    { weight: 1, arbitrary: as(null, text) },
  );
}

/** The first quoted text gets a byte that is none of UTF-8. */
function withBrokenBytes(json: string): Uint8Array {
  const bytes = Buffer.from(json);
  const quote = bytes.indexOf('"');
  return Buffer.concat([
    bytes.subarray(0, quote + 1),
    Buffer.from([0xc3, 0x28, 0xff]),
    bytes.subarray(quote + 1),
  ]);
}

const JWT_OF_NOBODY = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"id":"x","role":"y","app_access":true,"admin_access":true}').toString('base64url')}.`;

/** What a header may hold at all: others are for raw sockets. */
const headerText = nastyText.map((text) => text.replace(/[^\x21-\x7e\xa0-\xff]/g, '.').slice(0, 4_000));

const oddHeader: Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(
    fc.constantFrom('authorization', 'cookie', 'accept', 'accept-language', 'accept-encoding', 'if-none-match', 'if-modified-since', 'range',
      'x-forwarded-for', 'x-forwarded-proto', 'x-http-method-override', 'origin', 'referer', 'user-agent', 'x-cart-token', 'x-order-token',
      'idempotency-key', 'content-range', 'expect-ct', 'prefer', 'x-request-id'),
    headerText,
  ),
  headerText.map((text): [string, string] => ['authorization', `Bearer ${text}`]),
  fc.constant<[string, string]>(['authorization', `Bearer ${JWT_OF_NOBODY}`]),
  headerText.map((text): [string, string] => ['cookie', `directus_session_token=${text}; directus_refresh_token=${text}`]),
); // prettier-ignore

export const oddHeaders: Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.array(oddHeader, { minLength: 1, maxLength: 2 }).map((pairs) => Object.fromEntries(pairs)) },
); // prettier-ignore

/** Tacked on to an address: what a query may be besides its parameters. */
export const oddTail: Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('%', '%zz=1', 'a=%ff%fe', '__proto__[x]=1', 'constructor[prototype][x]=1', '&&&', '=', 'a[', 'a]b=1', 'a[b', 'a[][][]=1',
    'access_token=x', 'access_token[]=x', 'access_token=', '%00=%00', 'x[x][x][x][x][x][x][x][x][x][x][x][x]=1', 'a=1&a=2&a[b]=3', '?', 'q=%C3%28') },
  { weight: 1, arbitrary: fc.tuple(nastyText, nastyText).map(([key, value]) => `${escape(key)}=${escape(value)}`) },
); // prettier-ignore

function escape(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).slice(0, 3_000);
}

export function addressOf(path: string, parts: string[], tail: string): string {
  const query = [...parts, tail].filter(Boolean).join('&');
  return query ? `${path}?${query}` : path;
}

/** The parts of a request put together. */
export function requestOf(
  { at, as, method, target }: Pick<FuzzRequest, 'at' | 'as' | 'method' | 'target'>,
  { type, encoding, body }: Body,
  headers: Record<string, string>,
): FuzzRequest {
  const ofBody = {
    ...(type !== null && { 'content-type': type }),
    ...(encoding && { 'content-encoding': encoding }),
  };
  return { at, as, method, target, body, headers: { ...(body !== null && ofBody), ...headers } };
}

export const NO_BODY: Body = { type: null, encoding: null, body: null };
