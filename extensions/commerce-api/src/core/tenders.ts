/** Tenders of our own, gift cards and store credit, as part payment. All amounts are integers in minor units of one currency. */
import { requireAmount } from './money.ts';

export interface TenderFacts {
  id: string;
  balance_minor: number;
}

export interface TenderPart {
  /** The `provider` of its payment. */
  tender: 'gift_card' | 'store_credit';
  id: string;
  amount_minor: number;
}

export interface TenderSplit {
  /** In the order they are taken, none of them zero. */
  parts: TenderPart[];
  /** What is left for a payment provider. */
  rest_minor: number;
}

/**
 * What each tender covers of a total: gift cards in the order given, then store credit. Empty ones cover nothing, and a
 * card named twice counts once.
 * @throws RangeError when an amount is negative or no integer.
 */
export function splitTenders(
  total_minor: number,
  gift_cards: readonly TenderFacts[],
  store_credit: TenderFacts | null,
): TenderSplit {
  requireAmount(total_minor);
  const cards = new Map(gift_cards.map((card) => [card.id, card]));
  const tenders = [
    ...[...cards.values()].map((card) => ({ tender: 'gift_card' as const, ...card })),
    ...(store_credit ? [{ tender: 'store_credit' as const, ...store_credit }] : []),
  ];
  const parts: TenderPart[] = [];
  let rest_minor = total_minor;
  for (const { tender, id, balance_minor } of tenders) {
    requireAmount(balance_minor);
    const amount_minor = Math.min(rest_minor, balance_minor);
    if (amount_minor > 0) parts.push({ tender, id, amount_minor });
    rest_minor -= amount_minor;
  }
  return { parts, rest_minor };
}
