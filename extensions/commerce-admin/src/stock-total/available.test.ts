import { expect, test } from 'vitest';
import { available } from './available.ts';

test('what is reserved is not available, and places add up', () => {
  expect(available([{ on_hand: 10, reserved: 3 }])).toBe(7);
  expect(available([{ on_hand: 10, reserved: 3 }, { on_hand: 0, reserved: 1 }])).toBe(6); // prettier-ignore
});

test.each([[null], [undefined], [[]], [['a-key']], [[{ id: 1 }]], [[{ on_hand: 1, reserved: null }]]])(
  '%j says nothing about stock',
  (levels) => {
    expect(available(levels)).toBeNull();
  },
);
