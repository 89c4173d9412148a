/**
 * The bounds of one request, all in one place. Two kinds: what the admin app sends fits into `APP`, also on large forms and
 * dashboards; what a storefront asks fits into `PUBLIC`. `.env` repeats those that Directus enforces itself.
 */
import type { Audience } from './paths.ts';

export interface QueryLimits {
  /** Names in a row from one relation to the next, in fields, sort, filter and deep: `variants.prices.amount_minor` is three. */
  depth: number;
  /** Names in one list of fields. */
  fields: number;
  /** `*` in one name: `*.*` is two. */
  wildcards: number;
  /** Names with a `*` beyond the first level: each opens every relation of its level. */
  wide_fields: number;
  /** Comparisons in one filter. */
  conditions: number;
  /** `_and`, `_or`, `_some` and `_none` within each other. */
  logic: number;
  /** Values of one `_in`, `_nin` or `_between`. */
  list: number;
  /** Characters of one value that is compared. */
  text: number;
  sort: number;
  /** Functions of one `aggregate`, and fields of one `groupBy`. */
  aggregates: number;
  groups: number;
  aliases: number;
  /** Relations that `deep` narrows. */
  deep: number;
  /** Characters of `search`. */
  search: number;
  /** Rows of one list, related ones included. -1 asks for as many as there may be. */
  limit: number;
  /** Rows skipped, by `offset` or by `page`. */
  offset: number;
}

export interface GraphQlLimits {
  tokens: number;
  /** Selections within each other, fragments followed. */
  depth: number;
  /** Fields at the root of all operations. */
  roots: number;
  /** Fields in all, fragments counted as often as they are spread. */
  fields: number;
  aliases: number;
  directives: number;
}

export const APP = {
  query: {
    depth: 6,
    fields: 400,
    wildcards: 2,
    wide_fields: 40,
    conditions: 200,
    logic: 8,
    list: 1_000,
    text: 10_000,
    sort: 10,
    aggregates: 20,
    groups: 10,
    aliases: 50,
    deep: 50,
    search: 1_000,
    limit: 500,
    offset: 10_000_000,
  },
  // A dashboard asks for each of its panels under an alias of its own.
  graphql: { tokens: 5_000, depth: 10, roots: 100, fields: 1_000, aliases: 200, directives: 50 },
} as const satisfies Bounds;

export const PUBLIC = {
  query: {
    depth: 6,
    fields: 100,
    wildcards: 2,
    wide_fields: 5,
    conditions: 50,
    logic: 4,
    list: 200,
    text: 500,
    sort: 5,
    aggregates: 5,
    groups: 3,
    aliases: 10,
    deep: 15,
    search: 200,
    limit: 500,
    offset: 100_000,
  },
  graphql: { tokens: 2_000, depth: 8, roots: 10, fields: 200, aliases: 20, directives: 10 },
} as const satisfies Bounds;

export interface Bounds {
  query: QueryLimits;
  graphql: GraphQlLimits;
}

export function boundsOf(audience: Audience): Bounds {
  return audience === 'app' || audience === 'admin' ? APP : PUBLIC;
}

/** Bodies, by where they go; the rest, uploads apart, ends at MAX_PAYLOAD_SIZE. */
export const BODY_BYTES: readonly (readonly [start: string, bytes: number])[] = [
  ['/auth', 16_384],
  ['/graphql', 131_072],
  ['/store', 262_144],
  ['/flows/trigger', 262_144],
];

/** Things written or named at once: MAX_BATCH_MUTATION. */
export const BATCH = 500;

/** Objects and lists within each other in a JSON body. */
export const BODY_DEPTH = 40;

/** Width and height of a picture that is worked out. */
export const ASSET_PIXELS = 4_000;
