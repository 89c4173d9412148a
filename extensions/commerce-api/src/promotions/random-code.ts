/** Codes nobody can guess and everybody can read aloud. */
import { randomBytes } from 'node:crypto';

/** Without 0 and O, 1, I and L, and U, which is heard and read for others, and keeps most words out. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** How many codes there are for each that is made: whoever tries a code must try about so many to meet one. */
const POSSIBLE_PER_CODE = 1_000_000;

/** Bytes from here on would favour the first letters. */
const FAIR_BYTES = 256 - (256 % CODE_ALPHABET.length);

/** That many letters, each equally likely. */
export function randomCode(length: number): string {
  let code = '';
  while (code.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < FAIR_BYTES && code.length < length) code += CODE_ALPHABET[byte % CODE_ALPHABET.length]!;
    }
  }
  return code;
}

/** The shortest codes of which that many may be made. */
export function shortestLength(count: number): number {
  return Math.ceil(Math.log(count * POSSIBLE_PER_CODE) / Math.log(CODE_ALPHABET.length));
}
