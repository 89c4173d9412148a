import { expect, test } from 'vitest';
import { csvLine } from './csv-line.ts';

test.each([
  [['a', 1], '"a","1"\n'],
  [['say "hi", twice', ''], '"say ""hi"", twice",""\n'],
  [['=1+1', '-5', '@x', '+1'], `"'=1+1","'-5","'@x","'+1"\n`],
  [['1-2', 'a=b'], '"1-2","a=b"\n'],
])('%j', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});
