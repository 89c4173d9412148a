import { expect, test } from 'vitest';
import { earliest } from './earliest.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

test('the earliest of moments passes over those that never come', () => {
  expect(earliest([at(3), null, at(1), at(2)])).toEqual(at(1));
});

test('nothing that never comes is earliest', () => {
  expect(earliest([])).toBeNull();
  expect(earliest([null, null])).toBeNull();
});
