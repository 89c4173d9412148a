import { inTransaction } from '../platform/database.ts';
import { keepSealed } from '../platform/sealed.ts';
import type { Shop } from '../platform/shop.ts';
import { codeHash } from './gift-card-code.ts';
import { knownCodes } from './known-codes.ts';
import { hashedCardsAfter, replaceCodeHashes } from './queries.ts';

const BATCH = 500;

/**
 * Lets every card be found, and its code be mailed again, by the present secret alone: its hash is made anew and its code kept encrypted.
 * Codes stay what they are. May run again, while the shop sells.
 * @returns how many cards were changed, and how many have a code nobody can know any longer
 */
export async function rekeyGiftCards(shop: Shop): Promise<{ changed: number; lost: number }> {
  let after = '00000000-0000-0000-0000-000000000000';
  const done = { changed: 0, lost: 0 };
  for (;;) {
    const batch = await inTransaction(shop.db, async (trx) => {
      const cards = await hashedCardsAfter(trx, after, BATCH);
      const codes = await knownCodes(shop, trx, cards);
      const old = cards.flatMap((card) => {
        const code = codes.get(card.id);
        const code_hash = code === undefined ? null : codeHash(shop.env, code);
        return code !== undefined && code_hash !== null && code_hash !== card.code_hash
          ? [{ id: card.id, code, code_hash }]
          : [];
      });
      await replaceCodeHashes(trx, old);
      await keepSealed(trx, shop.env, 'gift-card-code', new Map(old.map(({ id, code }) => [id, code])));
      return { last: cards.at(-1)?.id, changed: old.length, lost: cards.length - codes.size };
    });
    done.changed += batch.changed;
    done.lost += batch.lost;
    if (batch.last === undefined) return done;
    after = batch.last;
  }
}
