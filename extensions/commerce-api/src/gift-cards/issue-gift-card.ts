/** Cards made by staff: given away, sold at the counter, or instead of an apology. */
import { KontorError } from '../errors.ts';
import { brokenConstraint, inTransaction, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { codeHash, codeOf, last4Of } from './gift-card-code.ts';
import { giftCardById, insertGiftCards, type GiftCardRow, type NewGiftCard } from './queries.ts';

export interface GiftCardInput {
  initial_minor: number;
  currency: string;
  expires_at?: Date | null | undefined;
  customer?: string | null | undefined;
  note?: string | null | undefined;
  order_line?: string | null | undefined;
}

/**
 * Issues a card with its balance. Not idempotent: each call is a card.
 * @returns the card and its code, which is shown this once
 * @throws KontorError NOT_FOUND for a customer or order line that does not exist
 */
export async function issueGiftCard(
  shop: Shop,
  input: GiftCardInput,
  actor: string | null,
): Promise<{ card: GiftCardRow; code: string }> {
  const id = shop.newId();
  try {
    return await inTransaction(shop.db, async (trx) => {
      await writeCards(shop, trx, [{ id, ...input }], { actor, order: null });
      const card = await giftCardById(trx, id);
      return { card: card!, code: codeOf(shop.env, id) };
    });
  } catch (error) {
    const broken = brokenConstraint(error);
    if (broken?.endsWith('_foreign')) {
      throw new KontorError(
        'NOT_FOUND',
        { path: broken.includes('customer') ? 'customer' : 'order_line' },
        error,
      );
    }
    throw error;
  }
}

/** Writes cards that are not there yet, with their codes' hashes. @returns the ids of the new ones */
export function writeCards(
  shop: Shop,
  trx: Transaction,
  cards: readonly (GiftCardInput & { id: string })[],
  by: { actor: string | null; order: string | null },
): Promise<string[]> {
  const rows = cards.map((card): NewGiftCard => {
    const code = codeOf(shop.env, card.id);
    return {
      id: card.id,
      code_hash: codeHash(shop.env, code),
      last4: last4Of(code),
      initial_minor: card.initial_minor,
      currency: card.currency,
      expires_at: card.expires_at ?? null,
      customer: card.customer ?? null,
      source_order_line: card.order_line ?? null,
      note: card.note ?? null,
    };
  });
  return insertGiftCards(trx, rows, by);
}
