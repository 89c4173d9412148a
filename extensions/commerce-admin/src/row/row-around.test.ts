import { expect, test } from 'vitest';
import { rowAround, type Nested } from './row-around.ts';

function nest(...itemsInwards: unknown[]): Nested | null {
  return itemsInwards.reduce<Nested | null>(
    (parent, item) => ({ props: item === undefined ? {} : { item }, parent }),
    null,
  );
}

test('the row is the nearest item around the display that carries its value', () => {
  const row = { id: 1, total_minor: 100 };
  expect(rowAround(nest(row, undefined, undefined), 'total_minor', 100)).toBe(row);
});

test('the row of an outer table is not taken for that of a related item', () => {
  const outer = { id: 1, total_minor: 100 };
  expect(rowAround(nest(outer, undefined), 'total_minor', 250)).toBeNull();
});

test('the row of a list is found by each of its values', () => {
  const [first, second] = [{ on_hand: 1 }, { on_hand: 2 }];
  const row = { id: 1, stock_levels: [first, second] };
  expect(rowAround(nest(row, undefined), 'stock_levels', second)).toBe(row);
  expect(rowAround(nest(row, undefined), 'stock_levels', { on_hand: 2 })).toBeNull();
});

test('items that are no rows are passed over', () => {
  const row = { id: 1, total_minor: 100 };
  expect(rowAround(nest(row, null, 'text', { other: 1 }), 'total_minor', 100)).toBe(row);
  expect(rowAround(nest(undefined), 'total_minor', 100)).toBeNull();
});
