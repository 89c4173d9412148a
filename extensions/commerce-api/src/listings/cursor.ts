/** A place in an order of products, as clients carry it from page to page. What it holds is nobody's business but ours. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.ts';
import { KontorError } from '../errors.ts';
import { SORTS, type ListingFilter, type Sort } from './listing-filter.ts';

export interface Place {
  rank: number | string;
  second_rank: number | null;
  product: string;
}

/** What a cursor belongs to: it means nothing in another order or another selection. */
export interface CursorScope {
  sort: Sort;
  filter: ListingFilter;
  currency: string | undefined;
  locale: string | undefined;
  q: string | undefined;
}

const Content = z.tuple([
  z.enum(SORTS),
  z.string(),
  z.union([
    z.int(),
    z
      .string()
      .max(255)
      .regex(/^[^\0\p{Surrogate}]*$/u),
  ]),
  z.int().nullable(),
  z.uuid(),
]);

export function writeCursor(scope: CursorScope, { rank, second_rank, product }: Place): string {
  const content: z.input<typeof Content> = [scope.sort, fingerprint(scope), rank, second_rank, product];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** @throws KontorError INVALID_QUERY, path `cursor`, for what was not written for this scope. */
export function readCursor(scope: CursorScope, cursor: string): Place {
  const content = Content.safeParse(parsed(cursor)).data;
  // What words find is read on by number.
  const isOfNames = scope.q === undefined && (scope.sort === 'name' || scope.sort === '-name');
  if (
    !content ||
    content[0] !== scope.sort ||
    content[1] !== fingerprint(scope) ||
    (typeof content[2] === 'string') !== isOfNames
  ) {
    throw new KontorError('INVALID_QUERY', {
      message: 'cursor: belongs to another list, order or selection; begin without one',
      path: 'cursor',
    });
  }
  const [, , rank, second_rank, product] = content;
  return { rank, second_rank, product };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

function fingerprint({ filter, currency, locale, q }: CursorScope): string {
  const text = canonicalJson([filter, currency ?? null, locale ?? null, q ?? null]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
