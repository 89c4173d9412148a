import { expect, test } from 'vitest';
import { breakWords, codeOf, foldWord } from './break-words.ts';

const texts = (text: string) => breakWords(text).map((word) => word.text);

test.each([
  ['Running Shoes', ['running', 'shoes']],
  ['Crème BRÛLÉE', ['creme', 'brulee']],
  ['straße Øl Æther œuvre Łódź', ['strasse', 'ol', 'aether', 'oeuvre', 'lodz']],
  ["women's o’neill", ['womens', 'oneill']],
  ['17.3" 1,000 units 2,5 mm', ['17.3', '1000', 'units', '2.5', 'mm']],
  ['end. Next,word', ['end', 'next', 'word']],
  ['red/blue nike.com a_b', ['red', 'blue', 'nike', 'com', 'a', 'b']],
  ['-5 +3 #1', ['5', '3', '1']],
  ['й ё हिन्दी', ['й', 'ё', 'हिन्दी']],
  ['Καφές', ['καφες']],
  ['笔记本电脑 x2', ['笔记', '记本', '本电', '电脑', 'x2']],
  ['茶 abc茶碗', ['茶', 'abc', '茶碗']],
  ['', []],
  ['🦄 — … !', []],
])('%j is broken into %j', (text, words) => {
  expect(texts(text)).toEqual(words);
});

test('a word knows where it stands, and whether a hyphen joins it to the next', () => {
  expect(breakWords('a Wi-Fi – set')).toEqual([
    { text: 'a', start: 0, end: 1, at: 0, hyphen: false },
    { text: 'wi', start: 2, end: 4, at: 1, hyphen: true },
    { text: 'fi', start: 5, end: 7, at: 2, hyphen: false },
    { text: 'set', start: 10, end: 13, at: 3, hyphen: false },
  ]);
});

test('what is too long for a word is cut, never in the middle of a character', () => {
  expect(foldWord('x'.repeat(100))).toHaveLength(40);
  expect(foldWord(`${'x'.repeat(39)}𐐷`)).toBe('x'.repeat(39));
});

test('a code is what is left without signs', () => {
  expect(codeOf(' 006r-90321 ')).toBe('006R90321');
});
