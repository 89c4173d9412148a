/** Gift cards that are sold: issued once their order is paid, and taken back when their price is refunded. */
import { KontorError } from '../errors.ts';
import { insertEvent, lockOrder } from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { codeOf, idOfSoldCard } from './gift-card-code.ts';
import { writeCards } from './issue-gift-card.ts';
import * as queries from './queries.ts';

/**
 * The job of a paid order: one card for each unit that was sold and not refunded, worth the unit's price, and the mail with their
 * codes. May run twice: a card's id follows from its line and unit, so it is made once. Locks the order.
 */
export async function issueSoldCards(shop: Shop, order: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    await lockOrder(trx, order);
    const lines = await queries.soldCardLines(trx, order);
    const cards = lines.flatMap((line) =>
      Array.from({ length: line.quantity - line.quantity_refunded }, (_, index) => ({
        id: idOfSoldCard(line.order_line, index + 1),
        initial_minor: line.unit_price_minor,
        currency: line.currency,
        customer: line.customer,
        order_line: line.order_line,
      })),
    );
    // A card worth nothing is none.
    const worth = cards.filter((card) => card.initial_minor > 0);
    if (worth.length === 0) return;
    const issued = await writeCards(shop, trx, worth, { actor: null, order });
    if (issued.length === 0) return;
    await insertEvent(trx, {
      order,
      kind: 'gift_cards_issued',
      message: issued.length === 1 ? 'A gift card was issued' : `${issued.length} gift cards were issued`,
      data: { gift_cards: issued },
      actor_kind: 'system',
    });
    await enqueue(trx, 'send-gift-card-mail', { order, gift_cards: issued });
  });
}

/**
 * Takes back cards whose price is refunded: their balance goes to zero and they are disabled. Cards that were not issued yet need
 * nothing: fewer will be. The order must be locked and its line not yet counted as refunded.
 * @throws KontorError GIFT_CARD_SPENT when not so many of the line's cards are unspent
 */
export async function withdrawSoldCards(
  trx: Transaction,
  line: { id: string; quantity: number; quantity_refunded: number; sku: string },
  refunded: number,
  actor: string | null,
): Promise<void> {
  const good = await queries.lockCardsOfLine(trx, line.id);
  const kept = line.quantity - line.quantity_refunded - refunded;
  const wanted = Math.max(0, good.length - kept);
  const unspent = good.filter((card) => card.is_unspent);
  if (unspent.length < wanted)
    throw new KontorError('GIFT_CARD_SPENT', {
      order_line: line.id,
      sku: line.sku,
      refundable: unspent.length,
    });
  const withdrawn = unspent.slice(0, wanted);
  if (withdrawn.length === 0) return;
  await queries.insertMovements(
    trx,
    withdrawn.map(({ id, balance_minor }) => ({
      gift_card: id,
      delta_minor: -balance_minor,
      reason: 'adjusted' as const,
      order: null,
      actor,
      note: 'Its price was refunded',
    })),
  );
  await queries.setStatus(
    trx,
    withdrawn.map(({ id }) => id),
    'disabled',
  );
}

/** Cards with their codes, for the mail to whoever bought them. A disabled card needs no mail. */
export async function cardsToMail(
  shop: Shop,
  ids: readonly string[],
): Promise<(Pick<queries.GiftCardRow, 'balance_minor' | 'currency' | 'expires_at'> & { code: string })[]> {
  const cards = await queries.giftCardsById(shop.db, ids);
  return cards
    .filter((card) => card.status === 'active')
    .map(({ id, balance_minor, currency, expires_at }) => ({
      balance_minor,
      currency,
      expires_at,
      code: codeOf(shop.env, id),
    }));
}
