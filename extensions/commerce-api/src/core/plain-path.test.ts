import { expect, test } from 'vitest';
import { plainPath } from './plain-path.ts';

test.each([
  ['/', '/'],
  ['//', '/'],
  ['', ''],
  ['/Items//Products/', '/items/products'],
  ['/items/products', '/items/products'],
])('%s is matched as %s', (path, expected) => {
  expect(plainPath(path)).toBe(expected);
});
