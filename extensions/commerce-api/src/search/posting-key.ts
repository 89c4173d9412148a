/** Where in the postings a document stands. */

const TIERS = 16;

/** 0 is best. A product's prior moves all its terms up or down together. */
export function tierOf(impact: number, prior: number): number {
  const weighed = Math.min((impact * prior) / 100, 255);
  return TIERS - 1 - Math.floor((weighed * TIERS) / 256);
}

/** Documents with neighbouring keys share rows. */
export function blockOf(document: number): number {
  return document >> 12;
}

/**
 * The key of a pair of neighbours: below zero, and by hashing, because listing all pairs there are would take more room than all words.
 * Two pairs that share a key, one in some thousand millions, do no harm: what is found is scored by its words.
 */
export function pairKey(language: number, pair: string): number {
  let hash = 0x811c9dc5 ^ language;
  for (let index = 0; index < pair.length; index += 1)
    hash = Math.imul(hash ^ pair.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 15;
  return -1 - (hash & 0x7fffffff);
}
