import { describe, expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

const text = (...lines: string[]) => lines.join('\n');
const alphabet = [...'abcdefghij'];

describe('lineDiff', () => {
  test('equal texts have no difference', () => {
    expect(lineDiff('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  test('shows a changed line with its number and what is around it', () => {
    const after = alphabet.map((line) => (line === 'e' ? 'E' : line));
    expect(lineDiff(text(...alphabet), text(...after), { context: 1 })).toEqual([
      '@@ line 5',
      '  d',
      '- e',
      '+ E',
      '  f',
    ]);
  });

  test('goes on after lines that only one side has', () => {
    const after = ['new', ...alphabet.filter((line) => line !== 'h')];
    expect(lineDiff(text(...alphabet), text(...after), { context: 0 })).toEqual([
      '@@ line 1',
      '+ new',
      '@@ line 8',
      '- h',
    ]);
  });

  test('a missing end of line counts', () => {
    expect(lineDiff('a\n', 'a', { context: 0 })).toEqual(['@@ line 2', '- ']);
  });

  test('texts with nothing in common are shown as one difference', () => {
    expect(lineDiff(text('a', 'b'), text('c'), { context: 0 })).toEqual(['@@ line 1', '- a', '- b', '+ c']);
  });

  test('a long difference is cut and counted', () => {
    const shown = lineDiff('', text(...alphabet), { limit: 4 });
    expect(shown).toHaveLength(5);
    expect(shown.at(-1)).toBe('… and 8 more lines');
  });
});
