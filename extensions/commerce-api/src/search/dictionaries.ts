/** Which of PostgreSQL's dictionaries knows a language. */

const OF_LANGUAGE = {
  ar: 'arabic',
  ca: 'catalan',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  ga: 'irish',
  hi: 'hindi',
  hu: 'hungarian',
  hy: 'armenian',
  id: 'indonesian',
  it: 'italian',
  lt: 'lithuanian',
  nb: 'norwegian',
  ne: 'nepali',
  nl: 'dutch',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sr: 'serbian',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
  yi: 'yiddish',
} as const;

/** `simple` leaves words as they are: for languages nobody has a stemmer for. */
export type Dictionary = (typeof OF_LANGUAGE)[keyof typeof OF_LANGUAGE] | 'simple';

/** By the language part of a code such as `de-AT`. */
export function dictionaryOf(code: string): Dictionary {
  const language = code.split(/[-_]/, 1)[0]?.toLowerCase() ?? '';
  return Object.hasOwn(OF_LANGUAGE, language) ? OF_LANGUAGE[language as keyof typeof OF_LANGUAGE] : 'simple';
}

/** "Glasses without stem" are not about stems. */
const WITHOUT: Partial<Record<Dictionary, string>> = {
  danish: 'uden',
  dutch: 'zonder',
  english: 'without',
  french: 'sans',
  german: 'ohne',
  italian: 'senza',
  norwegian: 'uten',
  portuguese: 'sem',
  spanish: 'sin',
  swedish: 'utan',
};

/** The word by which a language says that something is not to be there; null for one nobody has told of here. */
export function wordForWithout(dictionary: Dictionary): string | null {
  return WITHOUT[dictionary] ?? null;
}
