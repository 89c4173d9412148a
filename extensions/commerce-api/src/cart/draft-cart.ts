/**
 * Draft orders: what staff put together for a customer or somebody with an e-mail address, at prices of their own where they like.
 * A draft is a cart of staff, which no shopper sees; it is priced and becomes an order by the same code as any other.
 */
import { normalCode } from '../core/coupon-codes.ts';
import { readProfile } from '../customers/update-profile.ts';
import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import {
  applyCodes,
  applyDetails,
  applyLines,
  methodsOf,
  newCart,
  refuseCodes,
  type CartDetails,
  type LineInput,
} from './change-cart.ts';
import { deleteDraft, openDrafts } from './draft-queries.ts';
import { pricingRows, type PricingRows } from './pricing-queries.ts';
import { insertCart, type CartRow } from './queries.ts';
import { quoteCart, quoteState, requireMethod, type CartState, type QuotedCart } from './quote-cart.ts';
import { changeStoredCart } from './write-cart.ts';

export interface DraftLine extends LineInput {
  /** What staff charge for one, instead of what the catalogue says. */
  unit_price_minor?: number | undefined;
}

export interface DraftChange extends CartDetails {
  /** All of them: lines that are not named are taken out. */
  lines?: DraftLine[] | undefined;
  codes?: string[] | undefined;
  note?: string | null | undefined;
}

export interface NewDraft extends DraftChange {
  customer?: string | undefined;
}

/**
 * Starts a draft, empty or with everything an order needs. All of it is taken, or nothing. A customer's e-mail and locale are used
 * where none are given.
 * @throws KontorError NOT_FOUND for a customer who does not exist; what a cart would refuse
 */
export async function createDraft(shop: Shop, { customer, ...change }: NewDraft): Promise<QuotedCart> {
  const profile = customer === undefined ? null : await readProfile(shop.db, customer);
  const known = profile && {
    email: profile.email,
    ...(profile.locale !== null && { locale: profile.locale }),
  };
  const { shipping_method, ...details } = { ...known, ...change };
  const rows = await pricingRows(shop.db, {
    ...readsOf(details),
    customer: profile?.id ?? null,
    judges_email: true,
  });
  const empty = newCart(shop, { customer: profile?.id ?? null }, null, rows);
  const state = applyDraft(shop, { cart: { ...empty, origin: 'staff' }, lines: [] }, details, rows);
  const quoted = quoteState(shop, state, rows);
  refuseCodes(quoted, { cart: empty, lines: [] });
  const written = await insertCart(shop.db, state);
  // A carrier's method is chosen as in any cart: it has to be asked, and its answer is kept.
  if (shipping_method == null) return { ...quoted, cart: { ...state.cart, ...written } };
  try {
    return await changeDraft(shop, state.cart.id, { shipping_method });
  } catch (error) {
    await deleteDraft(shop.db, state.cart.id);
    throw error;
  }
}

/** Changes what is given and leaves the rest. @throws KontorError NOT_FOUND, CART_NOT_OPEN; what a cart would refuse */
export function changeDraft(shop: Shop, id: string, change: DraftChange): Promise<QuotedCart> {
  return changeStoredCart(shop, id, {
    authorise: requireDraft,
    reads: readsOf(change),
    apply: (state, rows) => applyDraft(shop, state, change, rows),
    check: (quoted, before) => {
      refuseCodes(quoted, before);
      if (change.shipping_method != null) requireMethod(quoted, change.shipping_method);
    },
    asks_carriers: change.shipping_method != null,
  });
}

/** @throws KontorError NOT_FOUND */
export async function readDraft(shop: Shop, id: string): Promise<QuotedCart> {
  const quoted = await quoteCart(shop, shop.db, id);
  requireDraft(quoted.cart);
  return quoted;
}

/** With all methods it may choose; carriers are asked. @throws KontorError NOT_FOUND */
export function readDraftMethods(shop: Shop, id: string): Promise<QuotedCart> {
  return methodsOf(shop, id, requireDraft);
}

/** @throws KontorError NOT_FOUND; CART_NOT_OPEN once it has become an order */
export async function removeDraft(shop: Shop, id: string): Promise<void> {
  const { cart } = await readDraft(shop, id);
  if (!(await deleteDraft(shop.db, id))) throw new KontorError('CART_NOT_OPEN', { status: cart.status });
}

/** A page of open drafts with what they cost now. */
export async function listDrafts(
  shop: Shop,
  { page, limit }: { page: number; limit: number },
): Promise<{ drafts: QuotedCart[]; total: number }> {
  const { drafts, total } = await openDrafts(shop.db, { limit, offset: (page - 1) * limit });
  const quoted: QuotedCart[] = [];
  for (const id of drafts) quoted.push(await readDraft(shop, id));
  return { drafts: quoted, total };
}

/** Carts of shoppers are not the staff's to change. @throws KontorError NOT_FOUND */
function requireDraft(cart: CartRow): void {
  if (cart.origin !== 'staff') throw new KontorError('NOT_FOUND');
}

function readsOf({ lines = [], codes = [], ...details }: DraftChange) {
  const { email, currency, shipping_address, shipping_method } = details;
  return {
    email,
    currency,
    shipping_address,
    shipping_method,
    variants: lines.map((line) => line.variant),
    codes: codes.map(normalCode),
  };
}

function applyDraft(shop: Shop, before: CartState, change: DraftChange, rows: PricingRows): CartState {
  const { lines, codes, note, ...details } = change;
  // The currency first: lines must have a price in it.
  const detailed = applyDetails(lines ? { ...before, lines: [] } : before, details, rows);
  const filled = lines ? withDraftLines(shop, before, detailed, lines, rows) : detailed;
  const coded = codes ? applyCodes({ ...filled, cart: { ...filled.cart, codes: [] } }, codes) : filled;
  return note === undefined ? coded : { ...coded, cart: { ...coded.cart, note } };
}

/**
 * Lines of one variant and metadata count together, at the price given last. What stays keeps its row, since only one may have
 * the same variant and metadata.
 */
function withDraftLines(
  shop: Shop,
  before: CartState,
  empty: CartState,
  wanted: readonly DraftLine[],
  rows: PricingRows,
): CartState {
  const known = new Map(before.lines.map((line) => [keyOf(line), line.id]));
  let filled = empty;
  for (const { unit_price_minor = null, ...line } of wanted) {
    const seen = new Set(filled.lines.map(keyOf));
    const more = applyLines(shop, filled, [line], rows);
    const quantities = new Map(filled.lines.map((each) => [keyOf(each), each.quantity]));
    const lines = more.lines.map((each) => {
      const isThis = !seen.has(keyOf(each)) || quantities.get(keyOf(each)) !== each.quantity;
      return isThis ? { ...each, id: known.get(keyOf(each)) ?? each.id, unit_price_minor } : each;
    });
    filled = { ...more, lines };
  }
  return filled;
}

function keyOf({ variant, metadata_key }: CartState['lines'][number]): string {
  return `${variant} ${metadata_key}`;
}
