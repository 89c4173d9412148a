/** Words nobody knows, spread as words of a language are: a few everywhere, most hardly ever, and the more text the more of them. */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Ranks 1 … `ranks`, each as often as one over its number (Zipf). */
export function skewed(random: () => number, ranks: number): number {
  return Math.min(ranks, Math.floor(Math.exp(random() * Math.log(ranks + 1))));
}

const COMMON = [
  ...[
    'the',
    'and',
    'with',
    'of',
    'for',
    'a',
    'in',
    'to',
    'is',
    'this',
    'from',
    'by',
    'it',
    'on',
    'as',
    'are',
  ],
  ...['or', 'your', 'can', 'at', 'be', 'an', 'that', 'you', 'has', 'not', 'its', 'all', 'will', 'more'],
];
const ONSETS = 'b br c ch cl d dr f fl g gr h j k kn l m n p pl pr qu r s sh sl st t tr v w z'.split(' ');
const VOWELS = 'a e i o u ai ea oo ou y'.split(' ');
const CODAS = 'n r l s t ck nd rt st m x sh'.split(' ');
const SYLLABLES = ONSETS.length * VOWELS.length * CODAS.length;
/** Far more than any catalogue draws on. */
const WORDS = SYLLABLES * ONSETS.length * VOWELS.length;
/** Has no factor in common with their number, so that neighbours in rank look nothing alike and no two are the same. */
const STEP = 700_001;

/** The word of a rank, from 1: stop words first, as in any text. */
export function wordAt(rank: number): string {
  const common = COMMON[rank - 1];
  if (common !== undefined) return common;
  const code = ((rank % WORDS) * STEP) % WORDS;
  const start = syllable(Math.floor(code / SYLLABLES) * CODAS.length, false);
  return start + syllable(code % SYLLABLES, true);
}

function syllable(code: number, isClosed: boolean): string {
  const coda = code % CODAS.length;
  const vowel = Math.floor(code / CODAS.length) % VOWELS.length;
  const onset = Math.floor(code / CODAS.length / VOWELS.length) % ONSETS.length;
  return `${ONSETS[onset]}${VOWELS[vowel]}${isClosed ? CODAS[coda] : ''}`;
}

/** How many words the texts of so many products know: grows with its square root, as in any text (Heaps). */
export function vocabularyOf(products: number): number {
  return 3_000 + Math.floor(60 * Math.sqrt(products));
}

export function textOf(random: () => number, words: number, vocabulary: number): string {
  const drawn: string[] = [];
  for (let n = 0; n < words; n += 1) drawn.push(wordAt(skewed(random, vocabulary)));
  return drawn.join(' ');
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
