import type { Quote } from '../core/price-cart.ts';
import { splitTenders } from '../core/tenders.ts';
import type { PricingRows } from './pricing-queries.ts';
import type { CartRow } from './queries.ts';

/** How a total would be paid now. The balances are taken only when the order is placed. */
export interface Payable {
  /** In the order they pay, those that cover nothing too. */
  gift_cards: { id: string; last4: string; covers_minor: number }[];
  store_credit_minor: number;
  /** For a payment provider. */
  remaining_minor: number;
}

/** Gift cards pay first, in the order they were put on the cart, then store credit. What is in another currency covers nothing. */
export function payableOf(
  quote: Pick<Quote, 'total_minor'>,
  cart: Pick<CartRow, 'currency' | 'gift_cards' | 'use_store_credit'>,
  rows: Pick<PricingRows, 'gift_cards' | 'store_credit' | 'currency'>,
): Payable {
  const known = new Map(rows.gift_cards.map((card) => [card.id, card]));
  const cards = cart.gift_cards.flatMap((id) => known.get(id) ?? []);
  const credit = cart.use_store_credit && rows.currency === cart.currency ? rows.store_credit : null;
  const { parts, rest_minor } = splitTenders(
    quote.total_minor,
    cards.filter((card) => card.currency === cart.currency),
    credit,
  );
  const coveredBy = (tender: 'gift_card' | 'store_credit', id: string) =>
    parts.find((part) => part.tender === tender && part.id === id)?.amount_minor ?? 0;
  return {
    gift_cards: cards.map(({ id, last4 }) => ({ id, last4, covers_minor: coveredBy('gift_card', id) })),
    store_credit_minor: credit ? coveredBy('store_credit', credit.id) : 0,
    remaining_minor: rest_minor,
  };
}
