/**
 * Promotions: what merchants write in the admin app, and the codes the shop makes for them. This domain makes rows of
 * `promotion_codes`; their use is counted at checkout.
 */
import { z } from 'zod';
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { insertFreeCodes, lockCodes, promotionById } from './queries.ts';
import { CODE_ALPHABET, randomCode, shortestLength } from './random-code.ts';

const MAX_CODES = 100_000;
const BATCH = 5_000;

export const CodeRequest = z
  .strictObject({
    count: z.int().min(1).max(MAX_CODES),
    prefix: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z0-9_-]{0,24}$/, 'takes letters, digits, - and _, at most 24 of them')
      .default('')
      .describe('In front of every code, e.g. `SPRING-`.'),
    length: z
      .int()
      .min(4)
      .max(32)
      .default(10)
      .describe(`Random letters behind the prefix, out of \`${CODE_ALPHABET}\`.`),
    usage_limit: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .default(1)
      .describe('How often each may be used; null for no limit of its own.'),
  })
  .refine(({ count, length }) => length >= shortestLength(count), {
    path: ['length'],
    message: 'is too short for so many codes: they could be guessed',
  });

export type CodeRequest = z.output<typeof CodeRequest>;

/**
 * Makes codes for a promotion, all of them or none. They come from a cryptographic source; one that exists already, in any
 * promotion, is drawn again. Whoever else writes codes waits meanwhile: about a second for ten thousand.
 * @param onProgress is told how many are there, batch by batch
 * @returns the codes
 * @throws KontorError NOT_FOUND; PROMOTION_NEEDS_NO_CODE for one that everybody gets anyway
 */
export async function makeCodes(
  shop: Shop,
  promotion: string,
  { count, prefix, length, usage_limit }: CodeRequest,
  onProgress: (made: number) => void = () => undefined,
): Promise<string[]> {
  return inTransaction(shop.db, async (trx) => {
    const found = await promotionById(trx, promotion);
    if (!found) throw new KontorError('NOT_FOUND');
    if (!found.requires_code) throw new KontorError('PROMOTION_NEEDS_NO_CODE', { promotion: found.name });
    await lockCodes(trx);
    const made: string[] = [];
    while (made.length < count) {
      const wanted = Math.min(BATCH, count - made.length);
      const drawn = new Set<string>();
      while (drawn.size < wanted) drawn.add(prefix + randomCode(length));
      for (const code of await insertFreeCodes(trx, { promotion, codes: [...drawn], usage_limit }))
        made.push(code);
      onProgress(made.length);
    }
    return made;
  });
}
