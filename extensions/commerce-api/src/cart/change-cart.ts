/**
 * Carts: what a shopper wants, before it is an order. This domain alone writes `carts` and `cart_lines`.
 * A guest holds a cart by its token, of which only a hash is stored; a customer by being signed in.
 */
import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import type { CodeReason } from '../core/price-cart.ts';
import { normalCode } from '../core/promotions.ts';
import { shippingAmount } from '../core/shipping.ts';
import type { Address } from '../customers/address.ts';
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { hashToken, tokenMatches } from '../platform/secrets.ts';
import { shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import * as queries from './queries.ts';
import type { CartRow, MethodRow } from './queries.ts';
import { quoteCart, requireMethod, type QuotedCart } from './quote-cart.ts';

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
}

export interface NewCart extends CartDetails {
  currency?: string | undefined;
  lines?: LineInput[] | undefined;
  codes?: string[] | undefined;
}

/** @throws KontorError NOT_FOUND, the same for a cart that is not there and one that is not the caller's */
export function requireHolder(cart: CartRow | undefined, holder: Holder): CartRow {
  const isOwn =
    cart?.customer != null
      ? cart.customer === holder.caller.customer
      : tokenMatches(holder.token, cart?.token_hash ?? null);
  if (!cart || !isOwn) throw new KontorError('NOT_FOUND');
  return cart;
}

/**
 * Starts a cart, empty or with everything a checkout needs. All of it is taken, or nothing.
 * @returns the cart, and for a guest the token, which is shown this once
 */
export async function createCart(
  shop: Shop,
  holder: Pick<Caller, 'customer'>,
  input: NewCart,
): Promise<{ quoted: QuotedCart; token: string | null }> {
  const token = holder.customer === null ? randomBytes(32).toString('base64url') : null;
  const id = shop.newId();
  const quoted = await inTransaction(shop.db, async (trx) => {
    const settings = await shopSettings(trx);
    const currency = input.currency ?? settings.currency;
    if (currency !== settings.currency && !(await queries.isSoldIn(trx, currency))) {
      throw new KontorError('CURRENCY_UNAVAILABLE', { path: 'currency' });
    }
    await queries.insertCart(trx, {
      id,
      customer: holder.customer,
      token_hash: token && hashToken(token),
      currency,
      locale: input.locale ?? null,
      email: input.email ?? null,
    });
    let cart = await lockOpenCart(trx, id, { caller: holder, token: token ?? undefined });
    if (input.lines?.length) await addLines(trx, cart, input.lines, settings.max_quantity_per_line);
    if (input.codes?.length) cart = await saveCodes(trx, cart, input.codes);
    return await writeDetails(trx, cart, input);
  });
  return { quoted, token };
}

/** Adds to the cart: more of a line with the same variant and metadata, or a new one. Locks the cart. */
export function addToCart(shop: Shop, id: string, holder: Holder, line: LineInput): Promise<QuotedCart> {
  return changeCart(shop, id, holder, async (trx, cart) => {
    const settings = await shopSettings(trx);
    await addLines(trx, cart, [line], settings.max_quantity_per_line);
  });
}

/** Sets a line's quantity; refused whole when less is free. Locks the cart. */
export function setQuantity(
  shop: Shop,
  id: string,
  holder: Holder,
  line: string,
  quantity: number,
): Promise<QuotedCart> {
  return changeCart(shop, id, holder, async (trx, cart) => {
    const stored = await queries.lineById(trx, cart.id, line);
    if (!stored) throw new KontorError('NOT_FOUND');
    const settings = await shopSettings(trx);
    await checkVariants(
      trx,
      cart,
      [{ variant: stored.variant, quantity: quantity - stored.quantity }],
      settings.max_quantity_per_line,
    );
    await queries.setLineQuantity(trx, line, quantity);
  });
}

/** @throws KontorError NOT_FOUND. Locks the cart. */
export function removeLine(shop: Shop, id: string, holder: Holder, line: string): Promise<QuotedCart> {
  return changeCart(shop, id, holder, async (trx, cart) => {
    if ((await queries.deleteLines(trx, cart.id, line)) === 0) throw new KontorError('NOT_FOUND');
  });
}

/** Takes every line out; addresses and codes stay. Locks the cart. */
export function clearLines(shop: Shop, id: string, holder: Holder): Promise<QuotedCart> {
  return changeCart(shop, id, holder, async (trx, cart) => {
    await queries.deleteLines(trx, cart.id);
  });
}

/** Writes e-mail, locale, addresses and shipping method; a method that does not serve the new address is refused. */
export async function updateDetails(
  shop: Shop,
  id: string,
  holder: Holder,
  details: CartDetails,
): Promise<QuotedCart> {
  return inTransaction(shop.db, async (trx) =>
    writeDetails(trx, await lockOpenCart(trx, id, holder), details),
  );
}

/** Reasons that may pass as the cart changes; a code with another one is refused at once. */
const MAY_PASS: readonly (CodeReason | null)[] = [null, 'minimum_not_met', 'better_offer', 'no_benefit'];

/**
 * Puts a code on the cart. Putting it on twice changes nothing.
 * @throws KontorError CODE_REFUSED with the reason when it can never apply to this cart
 */
export function addCode(shop: Shop, id: string, holder: Holder, code: string): Promise<QuotedCart> {
  return inTransaction(shop.db, async (trx) => {
    const cart = await lockOpenCart(trx, id, holder);
    return quoteCart(trx, await saveCodes(trx, cart, [...cart.codes, code]));
  });
}

/** Takes a code off the cart; one that is not on it is no error. */
export function removeCode(shop: Shop, id: string, holder: Holder, code: string): Promise<QuotedCart> {
  return changeCart(shop, id, holder, async (trx, cart) => {
    await queries.updateCart(trx, cart.id, { codes: cart.codes.filter((each) => each !== normalCode(code)) });
  });
}

/** @throws KontorError NOT_FOUND */
export async function readCart(shop: Shop, id: string, holder: Holder): Promise<QuotedCart> {
  return quoteCart(shop.db, requireHolder(await queries.cartById(shop.db, id), holder));
}

/** The open cart the caller used last. @throws KontorError NOT_FOUND */
export async function readOpenCart(shop: Shop, holder: Holder): Promise<QuotedCart> {
  const cart = await queries.openCartOf(shop.db, {
    customer: holder.caller.customer,
    token_hash: holder.token ? hashToken(holder.token) : null,
  });
  if (!cart) throw new KontorError('NOT_FOUND');
  return quoteCart(shop.db, cart);
}

/** What may be chosen, at the price this cart would pay; nothing where nothing is shipped. */
export function offeredMethods({ quote, methods }: QuotedCart): MethodRow[] {
  if (!quote.requires_shipping) return [];
  const goods_minor = quote.subtotal_minor - quote.discount_minor;
  return methods.map((method) => ({ ...method, amount_minor: shippingAmount(method, goods_minor) }));
}

async function changeCart(
  shop: Shop,
  id: string,
  holder: Holder,
  change: (trx: Transaction, cart: CartRow) => Promise<void>,
): Promise<QuotedCart> {
  return inTransaction(shop.db, async (trx) => {
    const cart = await lockOpenCart(trx, id, holder);
    await change(trx, cart);
    await queries.updateCart(trx, cart.id, {});
    return requote(trx, cart.id);
  });
}

async function lockOpenCart(trx: Transaction, id: string, holder: Holder): Promise<CartRow> {
  const cart = requireHolder(await queries.lockCart(trx, id), holder);
  if (cart.status !== 'active') throw new KontorError('CART_NOT_OPEN', { status: cart.status });
  return cart;
}

async function requote(trx: Transaction, id: string): Promise<QuotedCart> {
  const cart = await queries.cartById(trx, id);
  if (!cart) throw new Error(`cart ${id} has vanished under its lock`);
  return quoteCart(trx, cart);
}

async function writeDetails(trx: Transaction, cart: CartRow, details: CartDetails): Promise<QuotedCart> {
  const { email, locale, shipping_address, billing_address, shipping_method } = details;
  const change: queries.CartChange = {
    ...(email !== undefined && { email }),
    ...(locale !== undefined && { locale }),
    ...(shipping_address !== undefined && { shipping_address }),
    ...(billing_address !== undefined && { billing_address }),
    ...(shipping_method !== undefined && { shipping_method }),
  };
  await queries.updateCart(trx, cart.id, change);
  const quoted = await requote(trx, cart.id);
  if (shipping_method) requireMethod(quoted, shipping_method);
  return quoted;
}

async function addLines(
  trx: Transaction,
  cart: CartRow,
  lines: LineInput[],
  maxPerLine: number,
): Promise<void> {
  await checkVariants(trx, cart, lines, maxPerLine);
  await queries.addToLines(trx, cart.id, combined(lines));
}

/** Lines of one variant and metadata given twice count together: one statement may touch a stored line only once. */
function combined(lines: LineInput[]): queries.CartLineInput[] {
  const byKey = new Map<string, queries.CartLineInput>();
  for (const { variant, quantity, metadata } of lines) {
    const metadata_key = metadataKey(metadata);
    const key = `${variant} ${metadata_key}`;
    const known = byKey.get(key);
    byKey.set(key, {
      variant,
      metadata: metadata ?? null,
      metadata_key,
      quantity: quantity + (known?.quantity ?? 0),
    });
  }
  return [...byKey.values()];
}

/** @throws KontorError NOT_FOR_SALE, QUANTITY_LIMIT or INSUFFICIENT_STOCK for the first variant that cannot grow so much */
async function checkVariants(
  trx: Transaction,
  cart: CartRow,
  growth: LineInput[],
  maxPerLine: number,
): Promise<void> {
  const ids = [...new Set(growth.map((line) => line.variant))];
  const found = new Map(
    (await queries.variantsForSale(trx, cart.id, cart.currency, ids)).map((each) => [each.variant, each]),
  );
  for (const id of ids) {
    const variant = found.get(id);
    if (!variant?.is_for_sale)
      throw new KontorError('NOT_FOR_SALE', { variant: id, currency: cart.currency });
    const more = growth.reduce((sum, line) => (line.variant === id ? sum + line.quantity : sum), 0);
    const wanted = variant.in_cart + more;
    const limit = Math.min(maxPerLine, variant.max_per_order ?? maxPerLine);
    if (more > 0 && wanted > limit)
      throw new KontorError('QUANTITY_LIMIT', { variant: id, sku: variant.sku, limit });
    const isBounded = variant.track_stock && !variant.allow_backorder;
    if (more > 0 && isBounded && wanted > variant.available) {
      const available = Math.max(0, variant.available);
      throw new KontorError('INSUFFICIENT_STOCK', {
        variant: id,
        sku: variant.sku,
        requested: wanted,
        available,
      });
    }
  }
}

async function saveCodes(trx: Transaction, cart: CartRow, codes: string[]): Promise<CartRow> {
  const normal = [...new Set(codes.map(normalCode))];
  const added = normal.filter((code) => !cart.codes.includes(code));
  await queries.updateCart(trx, cart.id, { codes: normal });
  const quoted = await requote(trx, cart.id);
  const refused = quoted.quote.codes.find(
    (each) => added.includes(each.code) && !MAY_PASS.includes(each.reason),
  );
  if (refused) throw new KontorError('CODE_REFUSED', { code_given: refused.code, reason: refused.reason });
  return quoted.cart;
}

/** Tells lines of one variant apart by what the shopper attached; the same content gives the same key in any order. */
function metadataKey(metadata: Record<string, unknown> | undefined): string {
  if (!metadata || Object.keys(metadata).length === 0) return '';
  return createHash('sha256').update(canonicalJson(metadata)).digest('base64url');
}
