import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test('the order of keys makes no difference, at any depth', () => {
  const one = { b: [{ d: 1, c: 'x' }, null], a: true };
  const other = { a: true, b: [{ c: 'x', d: 1 }, null] };
  expect(canonicalJson(one)).toBe('{"a":true,"b":[{"c":"x","d":1},null]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test('the order of a list makes a difference', () => {
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('what JSON cannot say is null', () => {
  expect(canonicalJson({ a: undefined })).toBe('{"a":null}');
});
