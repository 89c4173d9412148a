import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change } from './notices.ts';
import { shelfWatch, type ShelfWatch } from './shelf-watch.ts';

let late: number;
let overdue: number;
let watch: ShelfWatch;
beforeEach(() => {
  vi.useFakeTimers();
  late = overdue = 0;
  watch = shelfWatch({ onLate: () => (late += 1), onOverdue: () => (overdue += 1) });
});
afterEach(() => vi.useRealTimers());

const changed = (...products: string[]) =>
  watch.notice({ of: 'catalog', collection: 'products', items: products, products: [] });
const workedOut = (products: string[] | null) =>
  watch.notice({ of: 'listings', products, shelves: [], aspects: [] });

test('a change that is worked out in time leaves the shelves alone', () => {
  changed('p1', 'p2');
  vi.advanceTimersByTime(150);
  workedOut(['p1', 'p2']);
  vi.advanceTimersByTime(1_000);
  expect([late, overdue]).toEqual([0, 0]);
});

test('a change that nobody works out is worked out here, and leaves the shelves alone when that is told', () => {
  changed('p1');
  vi.advanceTimersByTime(150);
  changed('p1', 'p2');
  vi.advanceTimersByTime(60);
  expect([late, overdue]).toEqual([1, 0]);
  workedOut(['p1']);
  vi.advanceTimersByTime(150);
  expect([late, overdue]).toEqual([2, 0]);
  workedOut(['p2']);
  vi.advanceTimersByTime(5_000);
  expect([late, overdue]).toEqual([2, 0]);
});

test('a change whose place is not told even then makes what shows shelves stale, once', () => {
  changed('p1');
  vi.advanceTimersByTime(150);
  changed('p1', 'p2');
  vi.advanceTimersByTime(440);
  expect([late, overdue]).toEqual([2, 0]);
  vi.advanceTimersByTime(20);
  expect([late, overdue]).toEqual([2, 1]);
  vi.advanceTimersByTime(150);
  expect([late, overdue]).toEqual([2, 2]);
  vi.advanceTimersByTime(5_000);
  expect([late, overdue]).toEqual([2, 2]);
});

test('a change that comes while another is late is worked out as soon', () => {
  changed('p1');
  vi.advanceTimersByTime(220);
  workedOut(['p1']);
  changed('p2');
  vi.advanceTimersByTime(190);
  expect([late, overdue]).toEqual([1, 0]);
  vi.advanceTimersByTime(20);
  expect([late, overdue]).toEqual([2, 0]);
});

test('changes too many to name are waited for as well', () => {
  watch.notice({ of: 'catalog', collection: 'brands', items: null, products: null });
  workedOut(['p1']);
  vi.advanceTimersByTime(1_000);
  expect(overdue).toBe(0);
  changed('p1');
  watch.notice({ of: 'catalog', collection: 'products', items: null, products: null });
  workedOut(null);
  vi.advanceTimersByTime(1_000);
  expect(overdue).toBe(0);
});

test('a place that is told soon after several changes may be that of the first alone', () => {
  changed('p1');
  vi.advanceTimersByTime(30);
  changed('p1');
  vi.advanceTimersByTime(10);
  workedOut(['p1']);
  vi.advanceTimersByTime(1_000);
  expect(overdue).toBe(1);
  changed('p1');
  changed('p1');
  vi.advanceTimersByTime(100);
  workedOut(['p1']);
  vi.advanceTimersByTime(1_000);
  expect(overdue).toBe(1);
});

test('of a place that is told, only products whose change was not heard of are news', () => {
  changed('p1');
  const told: Change = { of: 'listings', products: ['p1', 'p2'], shelves: ['s1'], aspects: ['price'] };
  expect(watch.notice(told)).toEqual({ ...told, products: ['p2'] });
  expect(watch.notice(told)).toEqual(told);
  const all: Change = { ...told, products: null };
  expect(watch.notice(all)).toEqual(all);
  const settings: Change = { of: 'settings', table: 'directus_files' };
  expect(watch.notice(settings)).toEqual(settings);
});

test('nothing happens after its end', () => {
  changed('p1');
  watch.stop();
  watch.notice({ of: 'settings', table: 'directus_files' });
  vi.advanceTimersByTime(1_000);
  expect(overdue).toBe(0);
});
