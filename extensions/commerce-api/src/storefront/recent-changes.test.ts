import { expect, test } from 'vitest';
import type { Change, Dependence } from './notices.ts';
import { recentChanges } from './recent-changes.ts';

const dependence: Dependence = { surface: 'items', collections: new Set(['brands']) };
const of = (collection: string): Change => ({ of: 'catalog', collection, items: null, products: null });

test('only what changed since, and matters, touches an answer', () => {
  const changes = recentChanges();
  changes.add(of('brands'));
  const since = changes.now();
  expect(changes.isUntouchedSince(since, dependence)).toBe(true);
  changes.add(of('tags'));
  expect(changes.isUntouchedSince(since, dependence)).toBe(true);
  changes.add(of('brands'));
  expect(changes.isUntouchedSince(since, dependence)).toBe(false);
});

test('after more changes than are remembered nothing counts as untouched', () => {
  const changes = recentChanges();
  const since = changes.now();
  for (let each = 0; each < 500; each += 1) changes.add(of('tags'));
  expect(changes.isUntouchedSince(since, dependence)).toBe(true);
  changes.add(of('tags'));
  expect(changes.isUntouchedSince(since, dependence)).toBe(false);
  expect(changes.isUntouchedSince(changes.now(), dependence)).toBe(true);
});
