import { expect, test } from 'vitest';
import { groupBy } from './group-by.ts';

test('items of a key stand together, in their order', () => {
  const groups = groupBy(['apple', 'bean', 'avocado'], (word) => word.charAt(0));
  expect([...groups]).toEqual([
    ['a', ['apple', 'avocado']],
    ['b', ['bean']],
  ]);
});
