/**
 * Checkout: a cart becomes an order, in one transaction that prices it again, promises the stock and enqueues what follows; and
 * an order that waits is paid. This domain alone writes `promotion_redemptions` and `commerce.idempotency_keys`.
 * Lock order: cart, unpaid count, promotions, stock. The provider is called after the commit.
 */
import { lockCart, updateCart, type CartRow } from '../cart/queries.ts';
import { cartView } from '../cart/cart-view.ts';
import { requireHolder, type Holder } from '../cart/change-cart.ts';
import { quoteCart, type QuotedCart } from '../cart/quote-cart.ts';
import { imageUrl } from '../catalog/image-url.ts';
import { isShipped } from '../core/product-kind.ts';
import { KontorError } from '../errors.ts';
import { reserveStock } from '../inventory/reserve-stock.ts';
import * as orders from '../orders/queries.ts';
import type { OrderRow } from '../orders/queries.ts';
import { orderToken } from '../orders/read-order.ts';
import { insertPayment, type PaymentRow } from '../payments/queries.ts';
import { providerOf } from '../payments/provider-of.ts';
import { requirePayment } from '../payments/require-payment.ts';
import { startPayment } from '../payments/start-payment.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { Caller } from '../platform/caller.ts';
import { enqueue } from '../platform/jobs.ts';
import { hashToken } from '../platform/secrets.ts';
import { holdMs, shopSettings, type ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { idempotencyKey, keepKey, takeKey } from './idempotency.ts';
import { insertRedemptions, lockPromotions } from './redemption-queries.ts';

export interface CompleteInput {
  /** What the shopper agreed to pay, in minor units. */
  expected_total_minor: number;
  expected_currency?: string | undefined;
  payment: { provider: string; return_url?: string | undefined };
  customer_note?: string | undefined;
}

export interface Completed {
  order: OrderRow;
  payment: PaymentRow;
  /** For a guest: what opens the order. */
  order_token: string | null;
}

export interface Checkout extends Holder {
  caller: Pick<Caller, 'customer' | 'network_hash'>;
  idempotency_key: string | undefined;
}

/**
 * Turns a cart into an order awaiting payment. Safe to repeat: the same key returns the same order, and so does any key once the
 * cart has become one.
 * @throws KontorError PRICE_CHANGED with the new quote when the total or currency is not the one agreed to; INSUFFICIENT_STOCK;
 * what is missing on the cart; QUANTITY_LIMIT; TOO_MANY_UNPAID_ORDERS. Nothing is changed then.
 */
export async function completeCheckout(
  shop: Shop,
  cart: string,
  checkout: Checkout,
  input: CompleteInput,
): Promise<Completed> {
  const provider = providerOf(shop, input.payment.provider);
  const key = idempotencyKey(
    `complete ${checkout.caller.customer ?? 'guest'} ${cart}`,
    checkout.idempotency_key,
    input,
  );
  const placed = await inTransaction(shop.db, async (trx) => {
    const kept = (await takeKey(trx, key)) as { order: string; payment: string } | null;
    const locked = requireHolder(await lockCart(trx, cart), checkout);
    if (kept) return kept;
    const live = await orders.liveOrderOfCart(trx, cart);
    if (live) return { order: live.id, payment: (await requirePayment(trx, live.id)).id };
    if (locked.status !== 'active') throw new KontorError('CART_NOT_OPEN', { status: locked.status });
    const ids = await placeOrder(shop, trx, locked, checkout, input, provider.is_manual);
    await keepKey(trx, key, 201, ids);
    return ids;
  });
  const payment = await startPayment(shop, placed.payment, input.payment.return_url ?? null);
  const order = await orders.orderById(shop.db, placed.order);
  if (!order) throw new Error(`order ${placed.order} has vanished after its commit`);
  return { order, payment, order_token: order.token_hash ? orderToken(shop, order.id) : null };
}

async function placeOrder(
  shop: Shop,
  trx: Transaction,
  cart: CartRow,
  checkout: Checkout,
  input: CompleteInput,
  is_manual: boolean,
): Promise<{ order: string; payment: string }> {
  const settings = await shopSettings(trx);
  const email = requireComplete(cart);
  await requireFewUnpaid(shop, trx, settings, { email, ...checkout.caller });
  const quoted = await agreedQuote(shop, trx, cart, input);
  requireAllowedQuantities(quoted, settings.max_quantity_per_line);
  const ids = { order: shop.newId(), payment: shop.newId() };
  const number = `${settings.order_prefix}${await orders.nextOrderNumber(trx)}`;
  await insertEverything(shop, trx, { ids, number, email, quoted, checkout, input, settings, is_manual });
  await updateCart(trx, cart.id, { status: 'completed' });
  await enqueue(trx, 'send-order-mail', { order: ids.order, template: 'order-placed' });
  await enqueue(trx, 'announce', { action: 'create', collection: 'orders', keys: [ids.order] });
  return ids;
}

/** @throws KontorError naming the first thing the cart lacks, of what every order needs */
function requireComplete(cart: CartRow): string {
  if (!cart.email) throw new KontorError('EMAIL_MISSING', { path: 'email' });
  return cart.email;
}

/** Strangers must not empty a shop for free: unpaid orders hold stock, so each shopper may have only so many. */
async function requireFewUnpaid(
  shop: Shop,
  trx: Transaction,
  settings: ShopSettings,
  shopper: { email: string; customer: string | null; network_hash: string },
): Promise<void> {
  const network_hash = shop.env.RATE_LIMITS === 'on' ? shopper.network_hash : null;
  const counts = await orders.countUnpaid(trx, { ...shopper, network_hash });
  const isOver =
    counts.by_email >= settings.max_unpaid_per_email ||
    (shopper.customer !== null && counts.by_customer >= settings.max_unpaid_per_customer) ||
    (network_hash !== null && counts.by_network >= settings.max_unpaid_per_address);
  if (isOver) throw new KontorError('TOO_MANY_UNPAID_ORDERS');
}

/** Prices the cart as it is ordered, with the promotions it uses locked, and holds it against what the shopper agreed to. */
async function agreedQuote(
  shop: Shop,
  trx: Transaction,
  cart: CartRow,
  input: CompleteInput,
): Promise<QuotedCart> {
  const locked = new Set<string>();
  let quoted = await quoteCart(trx, cart);
  for (let next = unlocked(quoted, locked); next.length > 0; next = unlocked(quoted, locked)) {
    await lockPromotions(trx, next);
    for (const promotion of next) locked.add(promotion);
    quoted = await quoteCart(trx, cart);
  }
  const { quote } = quoted;
  if (quoted.lines.length === 0) throw new KontorError('CART_EMPTY');
  if (quoted.unavailable.length > 0) throw new KontorError('NOT_FOR_SALE', { lines: quoted.unavailable });
  if (quote.requires_shipping && !cart.shipping_address)
    throw new KontorError('ADDRESS_MISSING', { path: 'shipping_address' });
  if (quote.requires_shipping && !quoted.has_valid_method)
    throw new KontorError('SHIPPING_METHOD_MISSING', { path: 'shipping_method' });
  const isAgreed =
    quote.total_minor === input.expected_total_minor &&
    (input.expected_currency ?? quote.currency) === quote.currency;
  if (!isAgreed) throw new KontorError('PRICE_CHANGED', { quote: cartView(shop.env, quoted) });
  return quoted;
}

/** Promotions a quote uses without their lock: one that ran out may have let another step in. */
function unlocked(quoted: QuotedCart, locked: ReadonlySet<string>): string[] {
  return redemptionsOf(quoted).flatMap(({ promotion }) => (locked.has(promotion) ? [] : [promotion]));
}

/** Limits may have come after the goods were put in the cart, and merging carts asks for none. @throws KontorError QUANTITY_LIMIT */
function requireAllowedQuantities({ lines }: QuotedCart, max_per_line: number): void {
  for (const { variant, sku, max_per_order } of lines) {
    const quantity = lines.reduce((sum, line) => (line.variant === variant ? sum + line.quantity : sum), 0);
    const limit = Math.min(max_per_line, max_per_order ?? max_per_line);
    if (quantity > limit) throw new KontorError('QUANTITY_LIMIT', { variant, sku, limit });
  }
}

interface Placement {
  ids: { order: string; payment: string };
  number: string;
  email: string;
  quoted: QuotedCart;
  checkout: Checkout;
  input: CompleteInput;
  settings: ShopSettings;
  is_manual: boolean;
}

async function insertEverything(shop: Shop, trx: Transaction, placement: Placement): Promise<void> {
  const { ids, number, email, quoted, checkout, input, settings, is_manual } = placement;
  const { cart, quote } = quoted;
  const now = shop.now();
  const isGuest = cart.customer === null;
  await orders.insertOrder(trx, {
    id: ids.order,
    number,
    status: 'pending',
    payment_status: 'pending',
    fulfilment_status: 'unfulfilled',
    cart: cart.id,
    customer: cart.customer,
    email,
    token_hash: isGuest ? hashToken(orderToken(shop, ids.order)) : null,
    currency: quote.currency,
    locale: cart.locale,
    prices_include_tax: quote.prices_include_tax,
    subtotal_minor: quote.subtotal_minor,
    discount_minor: quote.discount_minor,
    shipping_minor: quote.shipping_minor,
    tax_minor: quote.tax_minor,
    total_minor: quote.total_minor,
    paid_minor: 0,
    refunded_minor: 0,
    shipping_address: cart.shipping_address,
    billing_address: cart.billing_address ?? cart.shipping_address,
    shipping_method: quote.shipping?.method ?? null,
    shipping_method_name: quote.shipping?.name ?? null,
    tax_summary: quote.tax_summary,
    customer_note: input.customer_note ?? null,
    network_hash: checkout.caller.network_hash,
    needs_attention: false,
    placed_at: now,
    expires_at: new Date(now.getTime() + holdMs(settings, is_manual)),
    created_at: now,
    updated_at: now,
  });
  await orders.insertOrderLines(trx, orderLines(shop, ids.order, quoted));
  await orders.insertAdjustments(
    trx,
    quote.adjustments.map((adjustment) => ({ ...adjustment, order: ids.order })),
  );
  await insertPayment(trx, {
    id: ids.payment,
    order: ids.order,
    provider: input.payment.provider,
    amount_minor: quote.total_minor,
    currency: quote.currency,
  });
  await orders.insertEvent(trx, {
    order: ids.order,
    kind: 'placed',
    message: `Placed ${number}`,
    data: { total_minor: quote.total_minor, currency: quote.currency, provider: input.payment.provider },
    actor_kind: 'customer',
  });
  await insertRedemptions(trx, { id: ids.order, customer: cart.customer, email }, redemptionsOf(quoted));
  await reserveStock(
    trx,
    ids.order,
    quoted.lines.map(({ variant, sku, quantity, track_stock, allow_backorder }) => ({
      variant,
      sku,
      quantity,
      track_stock,
      allow_backorder,
    })),
  );
}

/** What the order copies of the catalogue, so that changing the catalogue never changes history. */
function orderLines(shop: Shop, order: string, { quote, lines }: QuotedCart): Record<string, unknown>[] {
  const stored = new Map(lines.map((line) => [line.id, line]));
  return quote.lines.map((priced, index) => {
    const line = stored.get(priced.id);
    if (!line) throw new Error(`line ${priced.id} was priced but is not in the cart`);
    return {
      order,
      variant: line.variant,
      product: line.product,
      sku: line.sku,
      name: line.product_name,
      variant_title: line.variant_title,
      option_values: line.option_values,
      image_url: imageUrl(shop.env, { file: line.image_file, url: line.image_url }),
      quantity: priced.quantity,
      unit_price_minor: priced.unit_price_minor,
      subtotal_minor: priced.subtotal_minor,
      discount_minor: priced.discount_minor,
      tax_minor: priced.tax_minor,
      total_minor: priced.total_minor,
      tax_rate_ppm: priced.tax_rate_ppm,
      tax_name: priced.tax_name,
      tax_class: line.tax_class,
      requires_shipping: isShipped(line.product_kind),
      track_stock: line.track_stock,
      quantity_fulfilled: 0,
      quantity_refunded: 0,
      metadata: line.metadata,
      sort: index + 1,
    };
  });
}

function redemptionsOf({ quote }: QuotedCart) {
  return quote.adjustments.flatMap((each) =>
    each.promotion === null ? [] : [{ promotion: each.promotion, amount_minor: -each.amount_minor }],
  );
}
