/** Where in the postings a document stands, and how a document keeps its terms. */

/** Impacts are 1..127. */
export const MOST_IMPACT = 127;
const TIERS = 16;

/** 0 is best. A product's prior moves all its terms up or down together. */
export function tierOf(impact: number, prior: number): number {
  const weighed = Math.min((impact * prior) / 100, MOST_IMPACT);
  return TIERS - 1 - Math.floor((weighed * TIERS) / (MOST_IMPACT + 1));
}

/** Documents with neighbouring keys share rows. */
export function blockOf(document: number): number {
  return document >> 13;
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

const KEY_BYTES = 5;
const ENTRY_BYTES = KEY_BYTES + 1;

/** As a document keeps it: seven bits a byte, the highest bit of the first byte set. The lowest come first: they differ most. */
function putKey(buffer: Buffer, at: number, key: number): void {
  const bits = key >>> 0;
  buffer[at] = 0x80 | (bits & 0x7f);
  for (let byte = 1; byte < KEY_BYTES; byte += 1) buffer[at + byte] = (bits >>> (7 * byte)) & 0x7f;
}

/** A key as hexadecimal digits. */
export function keyBytes(key: number): string {
  const buffer = Buffer.alloc(KEY_BYTES);
  putKey(buffer, 0, key);
  return buffer.toString('hex');
}

export type Impacts = ReadonlyMap<number, number>;

/** Always the same bytes for the same impacts. */
export function writeEntries(impacts: Impacts): Buffer {
  const buffer = Buffer.alloc(KEY_BYTES + impacts.size * ENTRY_BYTES);
  [...impacts]
    .sort(([one], [other]) => one - other)
    .forEach(([key, impact], index) => {
      const at = KEY_BYTES + index * ENTRY_BYTES;
      putKey(buffer, at, key);
      buffer[at + KEY_BYTES] = impact;
    });
  return buffer;
}

export function readEntries(buffer: Buffer): Map<number, number> {
  const impacts = new Map<number, number>();
  for (let at = KEY_BYTES; at < buffer.length; at += ENTRY_BYTES) {
    let bits = (buffer[at] ?? 0) & 0x7f;
    for (let byte = 1; byte < KEY_BYTES; byte += 1) bits |= (buffer[at + byte] ?? 0) << (7 * byte);
    impacts.set(bits, buffer[at + KEY_BYTES] ?? 0);
  }
  return impacts;
}
