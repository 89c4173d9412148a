import { expect, test } from 'vitest';
import { wantedEncodings } from './accept-encoding.ts';

test.each([
  [undefined, []],
  ['', []],
  ['gzip, deflate, br, zstd', ['br', 'gzip']],
  ['gzip', ['gzip']],
  ['GZIP;Q=1', ['gzip']],
  ['x-gzip', ['gzip']],
  ['br;q=0.2, gzip;q=0.9', ['gzip', 'br']],
  ['br;q=0, gzip', ['gzip']],
  ['*', ['br', 'gzip']],
  ['*;q=0', []],
  ['gzip;q=0, *', ['br']],
  ['identity, gzip;q=0.5', []],
  ['identity;q=0.5, gzip;q=0.5', ['gzip']],
  ['identity;q=0, br', ['br']],
  ['deflate', []],
  ['gzip;q=much', []],
  ['gzip;q=1.5', []],
  [', ,gzip;level=9;q=0.300', ['gzip']],
])('Accept-Encoding: %s', (header, wanted) => {
  expect(wantedEncodings(header)).toEqual(wanted);
  expect(wantedEncodings(header)).toEqual(wanted);
});
