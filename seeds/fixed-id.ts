/** Ids that follow from names, so that a seed finds its own rows again and may run twice. */
import { createHash } from 'node:crypto';

const NAMESPACE = Buffer.from('5b1c00ff0000400080000000000000ff', 'hex');

/**
 * The id of a seeded row: a name-based UUID (version 5) of `kind:name`.
 * A name must never change once it was published, or the next run inserts the row a second time.
 */
export function fixedId(kind: string, name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(`${kind}:${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
