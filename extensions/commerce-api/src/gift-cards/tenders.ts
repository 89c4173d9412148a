/**
 * Gift cards and store credit as means of payment. What they cover of an order is taken from their balances when it is placed
 * (payments `authorised`), becomes its money when it is paid (`paid`), and goes back when it closes (`cancelled`). This domain alone
 * writes the payments rows of its two tenders. The order must be locked, or made by the same transaction; each call is one
 * statement or two, and none where an order uses no tender.
 */
import { splitTenders } from '../core/tenders.ts';
import { KontorError } from '../errors.ts';
import type { Queryable, Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import * as queries from './tender-queries.ts';
import type { LockedTenders, MoneyBack } from './tender-queries.ts';

export interface TenderWish {
  currency: string;
  customer: string | null;
  /** Ids, in the order they are to be used up. */
  gift_cards: readonly string[];
  use_store_credit: boolean;
}

export interface TenderRequest extends TenderWish {
  order: string;
  total_minor: number;
  /** What the shopper saw was left to pay otherwise. Without it, only cards and credit that cover all of it will do. */
  expected_payable_minor?: number | undefined;
  /** Of an earlier `lockTenders` in this transaction. */
  locked?: LockedTenders | undefined;
}

/**
 * Locks what a checkout means to spend. For checkouts that lock promotions and stock before they know their total: accounts and
 * cards are locked before those.
 */
export async function lockTenders(trx: Transaction, wish: TenderWish): Promise<LockedTenders> {
  if (!wantsTenders(wish)) return { store_credit: null, gift_cards: [] };
  return queries.lockTenders(trx, { ...wish, customer: wish.use_store_credit ? wish.customer : null });
}

function wantsTenders({ use_store_credit, customer, gift_cards }: TenderWish): boolean {
  return gift_cards.length > 0 || (use_store_credit && customer !== null);
}

/** What the locked cards, in the order they were put on the cart, and then the credit cover of a total. */
export function coverage(
  { gift_cards }: TenderWish,
  locked: LockedTenders,
  total_minor: number,
): ReturnType<typeof splitTenders> {
  const found = new Map(locked.gift_cards.map((card) => [card.id, card]));
  const ordered = gift_cards.flatMap((id) => found.get(id) ?? []);
  return splitTenders(total_minor, ordered, locked.store_credit);
}

/**
 * Takes the balances an order is paid with: gift cards first, then store credit. Locks accounts and cards, so that nothing is
 * spent twice.
 * @returns what they cover; the rest is for a payment provider
 * @throws KontorError GIFT_CARD_CHANGED, with what is left to pay now, when that is not what the shopper agreed to: nobody is
 * charged more because a card covers less than it did. Nothing is changed then.
 */
export async function holdTenders(
  trx: Transaction,
  request: TenderRequest,
): Promise<{ covered_minor: number }> {
  const locked = request.locked ?? (await lockTenders(trx, request));
  const { parts, rest_minor } = coverage(request, locked, request.total_minor);
  const covered_minor = parts.reduce((sum, part) => sum + part.amount_minor, 0);
  const expected_minor = request.expected_payable_minor ?? (wantsTenders(request) ? 0 : rest_minor);
  if (expected_minor !== rest_minor) {
    const spendable = locked.gift_cards.filter((card) => card.balance_minor > 0).map((card) => card.id);
    throw new KontorError('GIFT_CARD_CHANGED', {
      total_minor: request.total_minor,
      covered_minor,
      payable_minor: rest_minor,
      unusable: request.gift_cards.filter((id) => !spendable.includes(id)),
    });
  }
  if (parts.length > 0) await queries.insertTenders(trx, request.order, request.currency, parts);
  return { covered_minor };
}

/** The order closes: what its tenders hold goes back. May run twice. */
export async function releaseTenders(trx: Transaction, order: string): Promise<void> {
  await queries.cancelTenders(trx, order);
}

/** The order is paid: what its tenders hold becomes its money. May run twice. @returns how much it was this time */
export function captureTenders(shop: Shop, trx: Transaction, order: string): Promise<number> {
  return queries.payTenders(trx, order, shop.now());
}

/** What an unpaid order's tenders hold for it. */
export function heldByTenders(db: Queryable, order: string): Promise<number> {
  return queries.heldByTenders(db, order);
}

/**
 * An unpaid order costs less than its tenders hold: so much goes back, to store credit first, then to gift cards, the newest first.
 * Locks accounts, then cards.
 */
export function reduceTenders(trx: Transaction, order: string, by_minor: number): Promise<void> {
  return queries.reduceHeldTenders(trx, order, by_minor);
}

/** For an order that may live again: what its tenders held, and whether all of it is still there to be taken. Locks them. */
export function lockReleasedTenders(
  trx: Transaction,
  order: string,
): Promise<{ amount_minor: number; is_there: boolean }> {
  return queries.lockReleasedTenders(trx, order);
}

/** Takes again what `lockReleasedTenders` found to be there, in the same transaction. */
export async function retakeTenders(trx: Transaction, order: string): Promise<void> {
  await queries.retakeTenders(trx, order);
}

/** Puts money back on cards and accounts: whatever state a card is in, since it is its holder's. */
export async function giveBackToTenders(
  trx: Transaction,
  parts: readonly MoneyBack[],
  by: { actor: string | null; note: string | null },
): Promise<void> {
  if (parts.length > 0) await queries.insertMoneyBack(trx, parts, by);
}
