import { expect, test } from 'vitest';
import { nameKey } from './name-key.ts';

test('sorts without regard to case and accents', () => {
  const names = ['Zebra', 'äpfel', 'Apfel', 'Ångström', 'banana', 'Éclair'];
  expect(names.toSorted((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1))).toEqual([
    'Ångström',
    'äpfel',
    'Apfel',
    'banana',
    'Éclair',
    'Zebra',
  ]);
});

test('is never longer than an index holds, nor ends in half a character', () => {
  expect(nameKey('x'.repeat(500))).toHaveLength(200);
  expect(nameKey(`${'x'.repeat(199)}😀`)).toBe('x'.repeat(199));
});
