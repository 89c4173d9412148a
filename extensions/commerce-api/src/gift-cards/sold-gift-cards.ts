/** Gift cards that are sold: issued once their order is paid, and taken back when their price is refunded. */
import { KontorError } from '../errors.ts';
import { insertEvent, lockOrder } from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { idOfSoldCard } from './gift-card-code.ts';
import { writeCards } from './issue-gift-card.ts';
import { knownCodes } from './known-codes.ts';
import * as queries from './queries.ts';

/**
 * The job of a paid order: one card for each unit that was sold and not refunded, worth the unit's price, and the mail with their
 * codes; none when all its money went back. May run twice: a card's id follows from its line and unit, so it is made once. Locks
 * the order.
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
 * Takes cards back whose refund was asked for: they are disabled and keep their balance until the money is back (`emptyWithdrawn`)
 * or stays (`restoreWithdrawn`). Cards that were not issued yet need nothing: fewer will be. The order must be locked and its line
 * not yet counted as refunded.
 * @returns their ids
 * @throws KontorError GIFT_CARD_SPENT when not so many of the line's cards are unspent
 */
export async function withdrawSoldCards(
  trx: Transaction,
  line: { id: string; quantity: number; quantity_refunded: number; sku: string },
  refunded: number,
): Promise<string[]> {
  const good = await queries.lockCardsOfLines(trx, [line.id]);
  const kept = line.quantity - line.quantity_refunded - refunded;
  const wanted = Math.max(0, good.length - kept);
  const unspent = good.filter((card) => card.is_unspent);
  if (unspent.length < wanted)
    throw new KontorError('GIFT_CARD_SPENT', {
      order_line: line.id,
      sku: line.sku,
      refundable: unspent.length,
    });
  const withdrawn = unspent.slice(0, wanted).map(({ id }) => id);
  if (withdrawn.length > 0) await queries.setStatus(trx, withdrawn, 'disabled');
  return withdrawn;
}

/** The price of withdrawn cards is back: what is on them is taken. May run twice. Locks them. */
export async function emptyWithdrawn(
  trx: Transaction,
  ids: readonly string[],
  actor: string | null,
): Promise<void> {
  if (ids.length === 0) return;
  const cards = await queries.lockGiftCards(trx, ids);
  await queries.setStatus(trx, ids, 'disabled');
  await adjust(trx, cards, (card) => -card.balance_minor, { actor, note: 'Its price was refunded' });
}

/**
 * The price of withdrawn cards did not go back after all: they can be spent again. Locks them.
 * @param wasEmptied when the money had been taken for given back, until a bank returned it
 */
export async function restoreWithdrawn(
  trx: Transaction,
  ids: readonly string[],
  wasEmptied: boolean,
): Promise<void> {
  if (ids.length === 0) return;
  const cards = await queries.lockGiftCards(trx, ids);
  const note = 'The refund of its price failed';
  if (wasEmptied)
    await adjust(trx, cards, (card) => card.initial_minor - card.balance_minor, { actor: null, note });
  await queries.setStatus(trx, ids, 'active');
}

/** All money of an order went back without us: its cards that are unspent end. @returns how many others are still good */
export async function endSoldCards(trx: Transaction, lines: readonly string[]): Promise<number> {
  const good = await queries.lockCardsOfLines(trx, lines);
  const unspent = good.filter((card) => card.is_unspent).map(({ id }) => id);
  await emptyWithdrawn(trx, unspent, null);
  return good.length - unspent.length;
}

async function adjust(
  trx: Transaction,
  cards: readonly queries.GiftCardRow[],
  deltaOf: (card: queries.GiftCardRow) => number,
  by: { actor: string | null; note: string },
): Promise<void> {
  const movements = cards.map((card) => ({
    gift_card: card.id,
    delta_minor: deltaOf(card),
    reason: 'adjusted' as const,
    order: null,
    ...by,
  }));
  await queries.insertMovements(
    trx,
    movements.filter((movement) => movement.delta_minor !== 0),
  );
}

/** Cards with their codes, for the mail to whoever bought them. A disabled card needs no mail. */
export async function cardsToMail(
  shop: Shop,
  ids: readonly string[],
): Promise<(Pick<queries.GiftCardRow, 'balance_minor' | 'currency' | 'expires_at'> & { code: string })[]> {
  const cards = await queries.giftCardsById(shop.db, ids);
  const codes = await knownCodes(shop, shop.db, await queries.hashedCards(shop.db, ids));
  return cards
    .filter((card) => card.status === 'active')
    .flatMap(({ id, balance_minor, currency, expires_at }) => {
      const code = codes.get(id);
      return code === undefined ? [] : [{ balance_minor, currency, expires_at, code }];
    });
}
