/** How much each word of a product says about it: the part of BM25F that does not depend on the query. */
import { breakWords, type Word } from './break-words.ts';
import { MOST_IMPACT } from './posting-key.ts';

/** The texts of a product in one language, by field. */
export interface ProductTexts {
  name: string;
  subtitle: string;
  brand: string;
  categories: string;
  tags: string;
  options: string;
  vendor: string;
  /** Without markup. */
  description: string;
}

/** Their words, in order. */
export type BrokenTexts = Record<keyof ProductTexts, readonly Word[]>;

interface Field {
  weight: number;
  /** How much a longer text is held against each of its words: 0 not at all, 1 in full. */
  length: number;
  /** A text of so many words has the usual length. Fixed, not the average: what is kept must not change when other products do. */
  usual: number;
  /** Words of it are offered to shoppers and corrected to. */
  is_shown: boolean;
}

export const FIELDS: Record<keyof ProductTexts, Field> = {
  name: { weight: 3, length: 0.75, usual: 12, is_shown: true },
  subtitle: { weight: 2, length: 0.75, usual: 20, is_shown: true },
  brand: { weight: 2.5, length: 0.3, usual: 2, is_shown: true },
  categories: { weight: 1.5, length: 0.3, usual: 6, is_shown: true },
  tags: { weight: 1.5, length: 0.3, usual: 4, is_shown: true },
  options: { weight: 1.2, length: 0.3, usual: 4, is_shown: true },
  vendor: { weight: 0.5, length: 0.3, usual: 2, is_shown: true },
  description: { weight: 0.3, length: 0.7, usual: 100, is_shown: false },
};

export const SATURATION = { k1: 3 };

/** Of a very long description the end is not indexed: it is terms and conditions, not what somebody searches by. */
const MOST_DESCRIPTION_WORDS = 600;
const MOST_TERMS = 400;
/** Names are told apart by their first words; what a merchant appends to please search engines makes no phrases. */
const MOST_PAIRS = 16;

export interface WeighedTerms {
  /** Stem → impact. */
  terms: Map<string, number>;
  /** Words that stand beside each other in the name, as `pairOf` writes them → impact. */
  pairs: Map<string, number>;
  /** Word as it is written → stem, of the fields whose words are shown. */
  words: Map<string, string>;
}

/** Two stems that are neighbours, whichever comes first. */
export function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** As far as they are indexed. */
export function breakTexts(texts: ProductTexts): BrokenTexts {
  const { name, subtitle, brand, categories, tags, options, vendor, description } = texts;
  return {
    name: breakWords(name),
    subtitle: breakWords(subtitle),
    brand: breakWords(brand),
    categories: breakWords(categories),
    tags: breakWords(tags),
    options: breakWords(options),
    vendor: breakWords(vendor),
    description: breakWords(description).slice(0, MOST_DESCRIPTION_WORDS),
  };
}

/**
 * @param stem the stem of a folded word; null for one that the language has everywhere, such as "the"
 */
export function weighTerms(texts: BrokenTexts, stem: (word: string) => string | null): WeighedTerms {
  const counts = new Map<string, number>();
  const words = new Map<string, string>();
  const pairs = new Map<string, number>();
  for (const [name, field] of Object.entries(FIELDS) as [keyof ProductTexts, Field][]) {
    const broken = texts[name];
    if (broken.length === 0) continue;
    const share = field.weight / (1 - field.length + (field.length * broken.length) / field.usual);
    const add = (word: string, part: number) => {
      // What a language has everywhere says something in a name ("The Who", "Under Armour"), nothing in a description.
      const term = stem(word) ?? (field.is_shown ? word : null);
      if (term === null) return;
      counts.set(term, (counts.get(term) ?? 0) + part);
      if (field.is_shown) words.set(word, term);
    };
    for (const word of broken) add(word.text, share);
    if (!field.is_shown) continue;
    for (const compound of compounds(broken)) add(compound, share);
    if (name === 'name')
      pairsOf(
        broken.flatMap(({ text }) => stem(text) ?? []),
        pairs,
      );
  }
  const heaviest = [...counts].map(([term, count]) => [term, impactOf(count)] as const);
  if (heaviest.length > MOST_TERMS) heaviest.sort((a, b) => b[1] - a[1]).length = MOST_TERMS;
  return { terms: new Map(heaviest), pairs, words };
}

/** Saturates. */
export function impactOf(count: number): number {
  return Math.max(1, Math.round((MOST_IMPACT * count) / (count + SATURATION.k1)));
}

/** "wi-fi" is also "wifi", "t-shirt" also "tshirt". */
export function compounds(words: readonly { text: string; hyphen: boolean }[]): string[] {
  return words.flatMap(({ text, hyphen }, index) => {
    const next = words[index + 1];
    return hyphen && next ? [text + next.text] : [];
  });
}

function pairsOf(stems: readonly string[], pairs: Map<string, number>): void {
  const impact = impactOf(
    FIELDS.name.weight / (1 - FIELDS.name.length + (FIELDS.name.length * stems.length) / FIELDS.name.usual),
  );
  stems.slice(0, MOST_PAIRS).forEach((one, index) => {
    const other = stems[index + 1];
    if (other !== undefined && other !== one) pairs.set(pairOf(one, other), impact);
  });
}
