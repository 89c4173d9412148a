import { describe, expect, test } from 'vitest';
import type { Shown } from '../platform/http.ts';
import { isStale, readNotice, type Change, type Dependence } from './notices.ts';

const shown: Shown = {
  products: ['p1', 'p2'],
  shelves: ['s1'],
  aspects: ['membership', 'price'],
  until: null,
};
const list: Dependence = { surface: 'store', shown };
const anything: Dependence = { surface: 'store', shown: null };
const items: Dependence = { surface: 'items', collections: new Set(['products', 'directus_files']) };

const catalog = (collection: string, items_: string[] | null, products: string[] | null): Change => ({
  of: 'catalog',
  collection,
  items: items_,
  products,
});
const listings = (
  products: string[] | null,
  shelves: string[] | null,
  aspects: Shown['aspects'],
): Change => ({
  of: 'listings',
  products,
  shelves,
  aspects,
});

describe('a list of the shop is stale when', () => {
  test.each<[string, Change]>([
    ['a product it shows changes', catalog('products', ['p2'], [])],
    ['a part of one changes', catalog('prices', ['x'], ['p1'])],
    ['too many products changed to name', catalog('products', null, [])],
    ['parts of too many changed', catalog('product_variants', null, null)],
    ['something changes that reaches everywhere', catalog('price_lists', ['l1'], [])],
    ['a table changes that is not known', catalog('colours', ['l1'], [])],
    ['the place of a product it shows changes', listings(['p1'], [], [])],
    ['its shelf changes in what it looks at', listings(['p9'], ['s1', 's2'], ['price'])],
    ['its shelf gains or loses', listings(['p9'], ['s1'], ['membership'])],
    ['any shelf may have changed so', listings(['p9'], null, ['price'])],
    ['all products moved', listings(null, [], ['price'])],
    ['nobody knows what changed', { of: 'everything' }],
  ])('%s', (_what, change) => {
    expect(isStale(list, change)).toBe(true);
  });
});

describe('a list of the shop still holds when', () => {
  test.each<[string, Change]>([
    ['another product changes', catalog('products', ['p9'], [])],
    ['a part of another changes', catalog('reviews', ['x'], ['p9'])],
    ['its shelf changes in what it does not look at', listings(['p9'], ['s1'], ['rating'])],
    ['another shelf changes', listings(['p9'], ['s2'], ['price', 'membership'])],
    ['rules of Directus change', { of: 'settings', table: 'directus_permissions' }],
  ])('%s', (_what, change) => {
    expect(isStale(list, change)).toBe(false);
  });
});

test.each<[Change, boolean]>([
  [catalog('products', ['p9'], []), true],
  [listings(['p9'], ['s9'], ['rating']), true],
  [{ of: 'settings', table: 'directus_files' }, false],
])('an answer that does not say what it shows hangs on the whole catalogue: %o', (change, is_stale) => {
  expect(isStale(anything, change)).toBe(is_stale);
});

test.each<[Change, boolean]>([
  [catalog('products', ['p9'], []), true],
  [catalog('prices', ['p9'], ['p1']), false],
  [listings(null, null, ['price']), false],
  [{ of: 'settings', table: 'directus_files' }, true],
  [{ of: 'settings', table: 'directus_folders' }, false],
  [{ of: 'settings', table: 'directus_permissions' }, true],
  [{ of: 'settings', table: 'renamed' }, true],
  [{ of: 'everything' }, true],
])('an answer of Directus hangs on the tables it reached, and on its rules: %o', (change, is_stale) => {
  expect(isStale(items, change)).toBe(is_stale);
});

test.each<[string, string, Change]>([
  [
    'kontor_catalog',
    '{"collection":"prices","action":"update","items":["1"],"products":null}',
    catalog('prices', ['1'], null),
  ],
  [
    'kontor_listings',
    '{"products":null,"shelves":["s"],"aspects":["price"]}',
    listings(null, ['s'], ['price']),
  ],
  ['kontor_settings', '{"table":"directus_roles"}', { of: 'settings', table: 'directus_roles' }],
  ['kontor_catalog', '{}', { of: 'everything' }],
  ['kontor_listings', 'no JSON', { of: 'everything' }],
  ['kontor_settings', 'null', { of: 'everything' }],
  ['elsewhere', '{"table":"directus_roles"}', { of: 'everything' }],
])('a notice of %s: %s', (channel, payload, change) => {
  expect(readNotice(channel, payload)).toEqual(change);
});
