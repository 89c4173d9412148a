/**
 * Where words begin and end, and the form they are compared in. One rule for what is indexed, what is asked and what is highlighted, so
 * that the three cannot disagree. PostgreSQL's parser is not used: it reads "red/blue" as a file, "nike.com" as a host and "-5" as a
 * number, and a run of Chinese as one word.
 */

export interface Word {
  /** Without case, accents and apostrophes. */
  text: string;
  /** Where it stands in what was broken up. */
  start: number;
  end: number;
  /** The number of its place: neighbours differ by one. */
  at: number;
  /** What stands between this word and the next is a hyphen: "wi" in "wi-fi". */
  hyphen: boolean;
}

/** Longer ones are no words, and what is kept of them is enough to find them. */
const LONGEST = 40;

const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}]|['’](?=\p{L})|[.,](?=\p{N})(?<=\p{N}.))*/gu;
/** Written without spaces. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const HYPHENS = new Set(['-', '‐', '‑', '–']);

/** The words of a text in order. What is written without spaces is broken into overlapping pairs of characters. */
export function breakWords(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const [found] = match;
    if (isPlain(found)) push(words, text, match.index, match.index + found.length);
    else breakUnspaced(words, text, match.index, found);
  }
  return words;
}

function push(words: Word[], text: string, start: number, end: number): void {
  const folded = foldWord(text.slice(start, end));
  if (folded === '') return;
  const before = words.at(-1);
  if (before && before.end === start - 1 && HYPHENS.has(text.charAt(before.end))) before.hyphen = true;
  words.push({ text: folded, start, end, at: words.length, hyphen: false });
}

function isPlain(word: string): boolean {
  // Letters of unspaced scripts all lie far beyond the European ones.
  for (let index = 0; index < word.length; index += 1)
    if (word.charCodeAt(index) >= 0x0e00) return word.search(UNSPACED) < 0;
  return true;
}

function breakUnspaced(words: Word[], text: string, offset: number, found: string): void {
  let done = 0;
  for (const run of found.matchAll(UNSPACED)) {
    if (run.index > done) push(words, text, offset + done, offset + run.index);
    const letters = [...run[0]];
    let start = offset + run.index;
    if (letters.length === 1) push(words, text, start, start + run[0].length);
    for (let index = 0; index + 1 < letters.length; index += 1) {
      const [first = '', second = ''] = [letters[index], letters[index + 1]];
      push(words, text, start, start + first.length + second.length);
      start += first.length;
    }
    done = run.index + run[0].length;
  }
  if (done < found.length) push(words, text, offset + done, offset + found.length);
}

const LETTERS: Record<string, string> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** A word without case, accents (of Latin and Greek letters; elsewhere marks make other letters), apostrophes and signs of thousands. */
export function foldWord(word: string): string {
  let folded = word.toLowerCase();
  if (/[^\x20-\x7e]/.test(folded)) {
    folded = folded
      .normalize('NFKD')
      .replace(/([\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu, '$1')
      .normalize('NFC')
      .toLowerCase()
      .replace(/[ßøæœłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
      .replaceAll('’', "'");
  }
  if (folded.includes("'")) folded = folded.replaceAll("'", '');
  if (folded.includes(',')) folded = folded.replace(/,(?=\d{3}(?!\d))/g, '').replaceAll(',', '.');
  return folded.length > LONGEST ? folded.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '') : folded;
}

/** A number of a model, an article or a size: letters are not all there is to it, and no stemmer should touch it. */
export function hasDigit(word: string): boolean {
  return /\p{N}/u.test(word);
}

/** What of a query or a SKU counts when codes are compared. */
export function codeOf(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
}
