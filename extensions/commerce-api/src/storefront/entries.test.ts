import { expect, test } from 'vitest';
import { entries } from './entries.ts';
import { prepareAnswer } from './prepared-answer.ts';
import type { Dependence } from './notices.ts';

const MEGABYTE = 1024 * 1024;
const anything: Dependence = { surface: 'store', shown: null };
const showing = (products: string[], shelves: string[] = []): Dependence => ({
  surface: 'store',
  shown: { products, shelves, aspects: ['membership'], until: null },
});
const make = (key: string, dependence: Dependence = anything, bytes = 10) => ({
  key,
  answer: prepareAnswer('x'.repeat(bytes)),
  dependence,
  until: Number.POSITIVE_INFINITY,
});

test('the memory is never more than allowed, whatever is kept', () => {
  let evicted = 0;
  const kept = entries(MEGABYTE, () => (evicted += 1));
  for (let each = 0; each < 2_000; each += 1) {
    const entry = kept.add(make(`key ${each}`, showing([`p${each}`], ['s1']), 20_000));
    if (entry) kept.nameBy(entry, `/store/products?page=${each}`);
    expect(kept.bytes()).toBeLessThanOrEqual(MEGABYTE);
  }
  expect(kept.count()).toBeGreaterThan(30);
  expect(kept.count() + evicted).toBe(2_000);
  expect(kept.byUrl('/store/products?page=0')).toBeUndefined();
  expect(kept.byUrl('/store/products?page=1999')).toBe(kept.byKey('key 1999'));
});

test('what is used stays', () => {
  const kept = entries(MEGABYTE, () => undefined);
  const often = kept.add(make('often', anything, 20_000));
  for (let each = 0; each < 200; each += 1) {
    if (often) kept.touch(often);
    kept.add(make(`key ${each}`, anything, 20_000));
  }
  expect(kept.byKey('often')).toBe(often);
});

test('an answer too large for the rest is not kept', () => {
  const kept = entries(MEGABYTE, () => undefined);
  expect(kept.add(make('large', anything, MEGABYTE / 2))).toBeNull();
  expect(kept.count()).toBe(0);
});

test('every further form and name is counted, and given back with the entry', () => {
  const kept = entries(MEGABYTE, () => undefined);
  const entry = kept.add(make('key'));
  if (!entry) throw new Error('It was not kept');
  const before = kept.bytes();
  kept.grow(entry, 5_000);
  expect(kept.bytes()).toBe(before + 5_000);
  for (let each = 0; each < 50; each += 1) kept.nameBy(entry, `/store/products?junk=${each}`);
  expect(kept.byUrl('/store/products?junk=7')).toBe(entry);
  expect(kept.byUrl('/store/products?junk=8')).toBeUndefined();
  kept.nameBy(entry, `/${'x'.repeat(5_000)}`);
  kept.drop(entry);
  expect([kept.bytes(), kept.count()]).toEqual([0, 0]);
  expect(kept.byUrl('/store/products?junk=7')).toBeUndefined();
  kept.grow(entry, 5_000);
  expect(kept.bytes()).toBe(0);
});

test('an entry that grows beyond its part is given up', () => {
  const kept = entries(MEGABYTE, () => undefined);
  const entry = kept.add(make('key', showing(['p1'])));
  if (!entry) throw new Error('It was not kept');
  kept.nameBy(entry, '/a');
  kept.grow(entry, MEGABYTE);
  expect(kept.byKey('key')).toBeUndefined();
  expect(kept.byUrl('/a')).toBeUndefined();
  expect(kept.dropStale({ of: 'catalog', collection: 'products', items: ['p1'], products: [] })).toBe(0);
});

test('an entry under the same key takes the place of the one before', () => {
  const kept = entries(MEGABYTE, () => undefined);
  const first = kept.add(make('key', showing(['p1'])));
  if (first) kept.nameBy(first, '/a');
  const second = kept.add(make('key', showing(['p2'])));
  expect(kept.byKey('key')).toBe(second);
  expect(kept.byUrl('/a')).toBeUndefined();
  expect(kept.dropStale({ of: 'catalog', collection: 'products', items: ['p1'], products: [] })).toBe(0);
  expect(kept.dropStale({ of: 'catalog', collection: 'products', items: ['p2'], products: [] })).toBe(1);
});

test('a change drops what shows it and nothing else', () => {
  const kept = entries(MEGABYTE, () => undefined);
  kept.add(make('one', showing(['p1'])));
  kept.add(make('two', showing(['p2'], ['s1'])));
  kept.add(make('any'));
  kept.add(make('items', { surface: 'items', collections: new Set(['brands']) }));
  const keys = () => ['one', 'two', 'any', 'items'].filter((key) => kept.byKey(key));
  expect(kept.dropStale({ of: 'catalog', collection: 'prices', items: ['x'], products: ['p1'] })).toBe(2);
  expect(keys()).toEqual(['two', 'items']);
  expect(kept.dropStale({ of: 'listings', products: ['p9'], shelves: ['s1'], aspects: ['membership'] })).toBe(
    1,
  );
  expect(keys()).toEqual(['items']);
  expect(kept.dropStale({ of: 'settings', table: 'directus_permissions' })).toBe(1);
  expect(kept.clear()).toBe(0);
});
