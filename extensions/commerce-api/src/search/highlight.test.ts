import { expect, test } from 'vitest';
import { breakWords } from './break-words.ts';
import { highlightPiece, highlightText, wordsLike } from './highlight.ts';

const isMarked = (word: string) => word.startsWith('shoe');

test('marks whole words and escapes everything else', () => {
  expect(highlightText(`<b>Shoes</b> & "shoe's"`, isMarked)).toBe(
    '&lt;b&gt;<mark>Shoes</mark>&lt;/b&gt; &amp; &quot;<mark>shoe&#39;s</mark>&quot;',
  );
  expect(highlightText('boots', isMarked)).toBeUndefined();
});

test('shows the piece of a long text where most of it is', () => {
  const text = `Shoe. ${'Words and words. '.repeat(20)}Here are shoelaces and shoes for you. ${'More words. '.repeat(20)}`;
  const piece = highlightPiece(text, isMarked) ?? '';
  expect(piece).toContain('<mark>shoelaces</mark> and <mark>shoes</mark>');
  expect(piece).toMatch(/^… .* …$/);
  expect(piece.length).toBeLessThan(220);
  expect(highlightPiece('x'.repeat(500), isMarked)).toBeUndefined();
  expect(highlightPiece('short shoe', isMarked)).toBe('short <mark>shoe</mark>');
});

test('asks for stems of words only that may have one of those searched for', () => {
  const words = breakWords('Batteries not included, battering ram 12v');
  expect([...wordsLike([words], ['batteri'])]).toEqual(['batteries', 'battering']);
});
