/**
 * Carts: what a shopper wants, before it is an order. This domain alone writes `carts` and `cart_lines`.
 * A guest holds a cart by its token, of which only a hash is stored; a customer by being signed in.
 */
import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import {
  inCurrency,
  withLines,
  withoutLine,
  withQuantity,
  type ChangedLines,
  type NewLine,
} from '../core/cart-change.ts';
import type { CodeReason } from '../core/price-cart.ts';
import { normalCode } from '../core/coupon-codes.ts';
import type { Address } from '../customers/address.ts';
import { requireVatId } from '../customers/vat-id.ts';
import { KontorError } from '../errors.ts';
import { findGiftCard } from '../gift-cards/find-gift-card.ts';
import type { Caller } from '../platform/caller.ts';
import { hashToken, tokenMatches } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import { askRates, wantsRates } from './ask-rates.ts';
import { pricingRows, type PricingRequest, type PricingRows } from './pricing-queries.ts';
import { cartById, insertCart, keepShippingRate, openCartOf, type CartRow } from './queries.ts';
import {
  quoteCart,
  quoteState,
  requireMethod,
  requireState,
  type CartState,
  type QuotedCart,
} from './quote-cart.ts';
import { changeStoredCart, withRate, type CartChange } from './write-cart.ts';

/** Who claims a cart, and by what. */
export interface Holder {
  caller: Pick<Caller, 'customer'>;
  token: string | undefined;
}

export interface LineInput {
  variant: string;
  quantity: number;
  metadata?: Record<string, unknown> | undefined;
}

export interface CartDetails {
  email?: string | undefined;
  locale?: string | undefined;
  shipping_address?: Address | null | undefined;
  billing_address?: Address | null | undefined;
  shipping_method?: string | null | undefined;
  vat_id?: string | null | undefined;
  use_store_credit?: boolean | undefined;
  currency?: string | undefined;
}

export interface NewCart extends CartDetails {
  lines?: LineInput[] | undefined;
  codes?: string[] | undefined;
}

/** Codes, and gift cards, one cart may hold. */
export const MAX_CODES = 20;

/**
 * Drafts of staff are nobody's cart, also where they name a customer.
 * @throws KontorError NOT_FOUND, the same for a cart that is not there and one that is not the caller's
 */
export function requireHolder<
  Cart extends Pick<CartRow, 'customer' | 'token_hash'> & Partial<Pick<CartRow, 'origin'>>,
>(cart: Cart | undefined, holder: Holder): Cart {
  const isOwn =
    cart?.customer != null
      ? cart.customer === holder.caller.customer
      : tokenMatches(holder.token, cart?.token_hash ?? null);
  if (!cart || !isOwn || cart.origin === 'staff') throw new KontorError('NOT_FOUND');
  return cart;
}

/**
 * Starts a cart, empty or with everything a checkout needs. All of it is taken, or nothing. Two round trips.
 * @returns the cart, and for a guest the token, which is shown this once
 */
export async function createCart(
  shop: Shop,
  holder: Pick<Caller, 'customer'>,
  input: NewCart,
): Promise<{ quoted: QuotedCart; token: string | null }> {
  const token = holder.customer === null ? randomBytes(32).toString('base64url') : null;
  const { lines = [], codes = [], ...details } = input;
  const rows = await pricingRows(shop.db, {
    ...readsOf(details),
    customer: holder.customer,
    variants: lines.map((line) => line.variant),
    codes: codes.map(normalCode),
  });
  requireSold(rows);
  const empty: CartState = { cart: newCart(shop, holder, token, rows), lines: [] };
  const filled = applyLines(shop, empty, lines, rows);
  const state = applyDetails(applyCodes(filled, codes), details, rows);

  const first = quoteState(shop, state, rows);
  const mustAsk = details.shipping_method != null && wantsRates(shop, first);
  const asked = mustAsk ? withRate(state, await askRates(shop, first), rows) : state;
  const quoted = mustAsk ? quoteState(shop, asked, rows) : first;
  refuseCodes(quoted, empty);
  if (details.shipping_method != null) requireMethod(quoted, details.shipping_method);
  const written = await insertCart(shop.db, asked);
  return { quoted: { ...quoted, cart: { ...asked.cart, ...written } }, token };
}

/** Adds to the cart: more of a line with the same variant and metadata, or a new one. */
export function addToCart(shop: Shop, id: string, holder: Holder, line: LineInput): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    reads: { variants: [line.variant] },
    apply: (state, rows) => applyLines(shop, state, [line], rows),
  });
}

/** Sets a line's quantity; refused whole when less is free. */
export function setQuantity(
  shop: Shop,
  id: string,
  holder: Holder,
  line: string,
  quantity: number,
): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    apply: (state, rows) => ({
      ...state,
      lines: accepted(withQuantity(state.lines, line, quantity, goodsOf(rows))),
    }),
  });
}

/** @throws KontorError NOT_FOUND */
export function removeLine(shop: Shop, id: string, holder: Holder, line: string): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    apply: (state) => ({ ...state, lines: accepted(withoutLine(state.lines, line)) }),
  });
}

/** Takes every line out; addresses and codes stay. */
export function clearLines(shop: Shop, id: string, holder: Holder): Promise<QuotedCart> {
  return changeCart(shop, id, holder, { apply: (state) => ({ ...state, lines: [] }) });
}

/**
 * Writes e-mail, locale, addresses, shipping method, VAT id, currency and whether store credit pays. A method that does not
 * serve the new address is refused, and so is a currency some line has no price in.
 */
export function updateDetails(
  shop: Shop,
  id: string,
  holder: Holder,
  details: CartDetails,
): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    reads: readsOf(details),
    apply: (state, rows) => applyDetails(state, details, rows),
    check: (quoted) => {
      if (details.shipping_method != null) requireMethod(quoted, details.shipping_method);
    },
    asks_carriers: details.shipping_method != null,
  });
}

/**
 * Puts a code on the cart. Putting it on twice changes nothing.
 * @throws KontorError CODE_REFUSED with the reason when it can never apply to this cart
 */
export function addCode(shop: Shop, id: string, holder: Holder, code: string): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    reads: { codes: [normalCode(code)] },
    apply: (state) => applyCodes(state, [code]),
    check: refuseCodes,
  });
}

/** Takes a code off the cart; one that is not on it is no error. */
export function removeCode(shop: Shop, id: string, holder: Holder, code: string): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    apply: ({ cart, lines }) => ({
      cart: { ...cart, codes: cart.codes.filter((each) => each !== normalCode(code)) },
      lines,
    }),
  });
}

/**
 * Lets a gift card pay for the cart. Putting it on twice changes nothing. Nothing is taken from it before the order. Only who
 * holds the cart may try codes on it.
 * @throws KontorError NOT_FOUND, GIFT_CARD_REFUSED, GIFT_CARD_TRIES
 */
export async function addGiftCard(shop: Shop, id: string, holder: Holder, code: string): Promise<QuotedCart> {
  requireHolder(await cartById(shop.db, id), holder);
  const card = await findGiftCard(shop, code);
  return changeCart(shop, id, holder, {
    reads: { gift_cards: [card.id] },
    apply: ({ cart, lines }) => {
      if (card.currency !== cart.currency)
        throw new KontorError('GIFT_CARD_REFUSED', { reason: 'other_currency' });
      const gift_cards = [...new Set([...cart.gift_cards, card.id])];
      if (gift_cards.length > MAX_CODES) throw new KontorError('CART_FULL', { limit: MAX_CODES });
      return { cart: { ...cart, gift_cards }, lines };
    },
  });
}

/** Takes a gift card off the cart; one that is not on it is no error. */
export function removeGiftCard(shop: Shop, id: string, holder: Holder, card: string): Promise<QuotedCart> {
  return changeCart(shop, id, holder, {
    apply: ({ cart, lines }) => ({
      cart: { ...cart, gift_cards: cart.gift_cards.filter((each) => each !== card) },
      lines,
    }),
  });
}

/** @throws KontorError NOT_FOUND */
export async function readCart(shop: Shop, id: string, holder: Holder): Promise<QuotedCart> {
  const quoted = await quoteCart(shop, shop.db, id);
  requireHolder(quoted.cart, holder);
  return quoted;
}

/** The open cart the caller used last. @throws KontorError NOT_FOUND */
export async function readOpenCart(shop: Shop, holder: Holder): Promise<QuotedCart> {
  const cart = await openCartOf(shop.db, {
    customer: holder.caller.customer,
    token_hash: holder.token ? hashToken(holder.token) : null,
  });
  if (!cart) throw new KontorError('NOT_FOUND');
  return quoteCart(shop, shop.db, cart.id);
}

/**
 * The cart with all methods it may choose. Carriers that have not said yet what they want for it are asked, and their answer is
 * kept with the cart, so that the shopper pays what the list shows.
 */
export function readMethods(shop: Shop, id: string, holder: Holder): Promise<QuotedCart> {
  return methodsOf(shop, id, (cart) => requireHolder(cart, holder));
}

/** The same for whoever `authorise` lets through. */
export async function methodsOf(
  shop: Shop,
  id: string,
  authorise: (cart: CartRow) => void,
): Promise<QuotedCart> {
  const rows = await pricingRows(shop.db, { cart: id });
  const state = requireState(rows);
  authorise(state.cart);
  const quoted = quoteState(shop, state, rows);
  if (state.cart.status !== 'active' || !wantsRates(shop, quoted)) return quoted;
  const rate = await askRates(shop, quoted);
  if (!rate) return quoted;
  await keepShippingRate(shop.db, id, rate);
  return quoteState(shop, withRate(state, rate, rows), rows);
}

function changeCart(
  shop: Shop,
  id: string,
  holder: Holder,
  change: Omit<CartChange, 'authorise'>,
): Promise<QuotedCart> {
  return changeStoredCart(shop, id, { ...change, authorise: (cart) => requireHolder(cart, holder) });
}

/** An empty cart that is written nowhere yet. */
export function newCart(
  shop: Shop,
  { customer }: Pick<Caller, 'customer'>,
  token: string | null,
  { currency }: Pick<CartRow, 'currency'>,
): CartRow {
  const now = shop.now();
  return {
    id: shop.newId(),
    customer,
    token_hash: token && hashToken(token),
    status: 'active',
    origin: 'shopper',
    currency,
    locale: null,
    email: null,
    shipping_address: null,
    billing_address: null,
    shipping_method: null,
    shipping_rate: null,
    codes: [],
    vat_id: null,
    gift_cards: [],
    use_store_credit: false,
    note: null,
    abandoned_at: null,
    version: 1,
    created_at: now,
    updated_at: now,
  };
}

/** What the facts of the changed cart follow from, instead of what it holds. */
function readsOf({ email, currency, shipping_address, shipping_method }: CartDetails): PricingRequest {
  return { email, currency, shipping_address, shipping_method };
}

/** @throws KontorError VAT_ID_INVALID, SIGN_IN_REQUIRED, CURRENCY_UNAVAILABLE, NOT_FOR_SALE */
export function applyDetails(state: CartState, details: CartDetails, rows: PricingRows): CartState {
  const { vat_id, currency, ...plain } = details;
  if (details.use_store_credit && state.cart.customer === null) throw new KontorError('SIGN_IN_REQUIRED');
  if (currency !== undefined && currency !== state.cart.currency) {
    requireSold(rows);
    accepted(inCurrency(state.lines, goodsOf(rows)));
  }
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    cart: {
      ...state.cart,
      ...given,
      ...(vat_id !== undefined && { vat_id: vat_id && requireVatId(vat_id) }),
      ...(currency !== undefined && { currency }),
    },
    lines: state.lines,
  };
}

/** @throws KontorError what is wrong with the first that cannot be added */
export function applyLines(
  shop: Pick<Shop, 'newId'>,
  state: CartState,
  lines: readonly LineInput[],
  rows: PricingRows,
): CartState {
  const added = lines.map(({ variant, quantity, metadata }): NewLine => {
    const metadata_key = metadataKey(metadata);
    return { id: shop.newId(), variant, quantity, metadata: metadata ?? null, metadata_key };
  });
  return { ...state, lines: accepted(withLines(state.lines, added, goodsOf(rows))) };
}

export function applyCodes({ cart, lines }: CartState, added: readonly string[]): CartState {
  const codes = [...new Set([...cart.codes, ...added.map(normalCode)])];
  if (codes.length > MAX_CODES) throw new KontorError('CART_FULL', { limit: MAX_CODES });
  return { cart: { ...cart, codes }, lines };
}

/** Reasons that may pass as the cart changes; a code with another one is refused at once. */
const MAY_PASS: readonly (CodeReason | null)[] = [
  null,
  'no_eligible_goods',
  'minimum_not_met',
  'minimum_quantity_not_met',
  'other_code_applied',
  'better_offer',
  'no_benefit',
];

/** @throws KontorError CODE_REFUSED for the first new code that can never apply */
export function refuseCodes({ quote }: QuotedCart, before: CartState): void {
  const refused = quote.codes.find(
    ({ code, reason }) => !before.cart.codes.includes(code) && !MAY_PASS.includes(reason),
  );
  if (refused) throw new KontorError('CODE_REFUSED', { code_given: refused.code, reason: refused.reason });
}

/** @throws KontorError CURRENCY_UNAVAILABLE */
function requireSold({ is_sold }: PricingRows): void {
  if (!is_sold) throw new KontorError('CURRENCY_UNAVAILABLE', { path: 'currency' });
}

function goodsOf({ currency, settings, variants, stock }: PricingRows) {
  return { currency, max_quantity_per_line: settings.max_quantity_per_line, variants, stock };
}

function accepted(changed: ChangedLines): CartState['lines'] {
  if (changed.ok) return changed.lines;
  const { code, ...details } = changed.refusal;
  throw new KontorError(code, details);
}

/** Tells lines of one variant apart by what the shopper attached; the same content gives the same key in any order. */
function metadataKey(metadata: Record<string, unknown> | undefined): string {
  if (!metadata || Object.keys(metadata).length === 0) return '';
  return createHash('sha256').update(canonicalJson(metadata)).digest('base64url');
}
