/**
 * How a cart is changed: its facts are read in one statement, the change is worked out and priced in memory, and one statement
 * writes it if the cart is still as it was read. So a change takes two round trips, holds no lock while it thinks, and of two
 * changes at once the later is worked out again on what the earlier left.
 */
import { KontorError } from '../errors.ts';
import { brokenConstraint, inTransaction, isTransient, type Queryable } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { askRates, wantsRates } from './ask-rates.ts';
import { pricingRows, type PricingRequest, type PricingRows } from './pricing-queries.ts';
import { lockCart, writeCart, type CartLineRow, type CartRow, type ShippingRateRow } from './queries.ts';
import { quoteState, requireState, type CartState, type QuotedCart } from './quote-cart.ts';
import { hasFittingRate } from './shipping-rate.ts';

export interface CartChange {
  /** What must be read beside what the cart holds. */
  reads?: Omit<PricingRequest, 'cart'>;
  /** @throws KontorError unless the caller may change this cart */
  authorise: (cart: CartRow) => void;
  /** @throws KontorError when the change is refused; pure, since it may run again */
  apply: (state: CartState, rows: PricingRows) => CartState;
  /** Looks at the outcome. @throws KontorError to refuse it */
  check?: (quoted: QuotedCart, before: CartState) => void;
  /** Whether carriers are asked when the change needs to know what they want. */
  asks_carriers?: boolean;
}

/** So often a change is tried on what was read, before it waits for the cart's lock, and in all. */
const FREE_ATTEMPTS = 3;
const MAX_ATTEMPTS = 8;

/**
 * Changes a stored cart and answers its new quote. Two round trips; carriers are asked outside of any transaction.
 * @throws KontorError NOT_FOUND, CART_NOT_OPEN, what the change throws, CART_CONFLICT when it keeps changing meanwhile
 */
export async function changeStoredCart(shop: Shop, id: string, change: CartChange): Promise<QuotedCart> {
  /** What carriers answered; undefined while nobody asked. */
  let rate: ShippingRateRow | null | undefined;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const outcome =
      attempt <= FREE_ATTEMPTS
        ? await tryChange(shop, shop.db, id, change, rate)
        : await inTransaction(shop.db, async (trx) => {
            await lockCart(trx, id);
            return tryChange(shop, trx, id, change, rate);
          });
    if (outcome === 'moved') continue;
    if (outcome.is_written) return outcome.quoted;
    rate = await askRates(shop, outcome.quoted);
  }
  throw new KontorError('CART_CONFLICT');
}

/** Reads what was stored, for a change by whoever `authorise` lets through. @throws KontorError CART_NOT_OPEN */
export function requireOpen(state: CartState, authorise: (cart: CartRow) => void): void {
  authorise(state.cart);
  if (state.cart.status !== 'active') throw new KontorError('CART_NOT_OPEN', { status: state.cart.status });
}

async function tryChange(
  shop: Shop,
  db: Queryable,
  id: string,
  change: CartChange,
  rate: ShippingRateRow | null | undefined,
): Promise<'moved' | { is_written: boolean; quoted: QuotedCart }> {
  const rows = await pricingRows(db, { ...change.reads, cart: id });
  const before = requireState(rows);
  requireOpen(before, change.authorise);
  const after = withRate(change.apply(before, rows), rate, rows);
  const quoted = quoteState(shop, after, rows);
  const isUnasked = rate === undefined || (rate !== null && !hasFittingRate(after, rows.now));
  if (change.asks_carriers && isUnasked && wantsRates(shop, quoted)) return { is_written: false, quoted };
  change.check?.(quoted, before);
  try {
    const written = await writeCart(db, {
      cart: after.cart,
      lines: changedLines(before.lines, after.lines),
      gone: goneLines(before.lines, after.lines),
    });
    return written
      ? { is_written: true, quoted: { ...quoted, cart: { ...after.cart, ...written } } }
      : 'moved';
  } catch (error) {
    // A variant or method that was read is gone, or another writer was in the way.
    if (db === shop.db && (brokenConstraint(error) !== null || isTransient(error))) return 'moved';
    throw error;
  }
}

/** With what carriers answered, if it is about the cart as it is now. */
export function withRate(
  state: CartState,
  rate: ShippingRateRow | null | undefined,
  rows: Pick<PricingRows, 'now'>,
): CartState {
  if (!rate) return state;
  const rated = { ...state, cart: { ...state.cart, shipping_rate: rate } };
  return hasFittingRate(rated, rows.now) ? rated : state;
}

function changedLines(before: readonly CartLineRow[], after: readonly CartLineRow[]): CartLineRow[] {
  const known = new Map(before.map((line) => [line.id, line]));
  return after.filter((line) => {
    const old = known.get(line.id);
    return (
      !old ||
      old.quantity !== line.quantity ||
      old.sort !== line.sort ||
      old.unit_price_minor !== line.unit_price_minor
    );
  });
}

function goneLines(before: readonly CartLineRow[], after: readonly CartLineRow[]): string[] {
  const kept = new Set(after.map((line) => line.id));
  return before.filter((line) => !kept.has(line.id)).map((line) => line.id);
}
