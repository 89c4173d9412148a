/**
 * Checkout: a cart becomes an order, in one transaction that prices it again, promises the stock and enqueues what follows; and
 * an order that waits is paid. This domain alone writes `promotion_redemptions` and `commerce.idempotency_keys`.
 * Lock order: key, cart, unpaid counts, store credit, gift cards, promotions, stock. The provider is called after the commit.
 */
import { requireHolder, type Holder } from '../cart/change-cart.ts';
import { KontorError } from '../errors.ts';
import { orderById, type OrderRow } from '../orders/queries.ts';
import { orderToken } from '../orders/order-token.ts';
import type { PaymentWish } from '../payments/payment-terms.ts';
import { providerOf } from '../payments/provider-of.ts';
import type { PaymentRow } from '../payments/queries.ts';
import { requirePayment } from '../payments/require-payment.ts';
import { startPayment, startSeen } from '../payments/start-payment.ts';
import type { Caller } from '../platform/caller.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import {
  lockCheckout,
  placingFacts,
  type KeptOrder,
  type LockedCart,
  type PlacingFacts,
  type UnpaidScope,
} from './checkout-queries.ts';
import { idempotencyKey, keptAnswer } from './idempotency.ts';
import { placeOrder, type Attempt } from './place-order.ts';

export interface CompleteInput {
  /** What the shopper agreed to pay, in minor units. */
  expected_total_minor: number;
  expected_currency?: string | undefined;
  /** What the shopper saw was left to pay after gift cards and store credit. */
  expected_payable_minor?: number | undefined;
  payment: { provider: string } & PaymentWish;
  customer_note?: string | undefined;
}

export interface Completed {
  order: OrderRow;
  payment: PaymentRow;
  /** For a guest: what opens the order. */
  order_token: string | null;
  /** Of the shop, as they were read to place it; a repeat has not read them. */
  settings?: Pick<ShopSettings, 'bank_instructions'>;
}

export interface Checkout extends Holder {
  caller: Pick<Caller, 'customer' | 'network_hash'>;
  idempotency_key: string | undefined;
  /** The member of staff who places a draft order; shoppers place theirs without. */
  staff?: string | undefined;
}

/**
 * Turns a cart into an order awaiting payment, or a paid one when nothing is left to pay. Safe to repeat: the same key returns the
 * same order, and so does any key once the cart has become one.
 * @throws KontorError PRICE_CHANGED with the new quote when the total or currency is not the one agreed to; INSUFFICIENT_STOCK;
 * what is missing on the cart; QUANTITY_LIMIT; TOO_MANY_UNPAID_ORDERS; as `paymentTerms`; PROVIDER_UNAVAILABLE while the provider has been
 * failing. Nothing is changed then.
 */
export async function completeCheckout(
  shop: Shop,
  cart: string,
  checkout: Checkout,
  input: CompleteInput,
): Promise<Completed> {
  const provider = providerOf(shop, input.payment.provider);
  const { customer } = checkout.caller;
  const caller = checkout.staff === undefined ? (customer ?? 'guest') : `staff ${checkout.staff}`;
  const key = idempotencyKey(`complete ${caller} ${cart}`, checkout.idempotency_key, input);
  const found = await inTransaction(shop.db, (trx) =>
    orderOf(shop, trx, { cart, checkout, input, provider, key }),
  );
  const current = 'placed' in found ? await begun(shop, found.placed) : await present(shop, found.earlier);
  const { order } = current;
  return { ...current, order_token: await orderToken(shop, shop.db, order) };
}

type OrderAndPayment = Omit<Completed, 'order_token'>;

/** The order this key or this cart has already become, or else the one it becomes now. */
async function orderOf(
  shop: Shop,
  trx: Transaction,
  attempt: Attempt,
): Promise<{ earlier: KeptOrder } | { placed: OrderAndPayment }> {
  const { checkout, key } = attempt;
  const unpaid = unpaidScope(shop, checkout);
  const locked = await lockCheckout(trx, attempt.cart, key, unpaid);
  if (!locked.is_ours) throw new KontorError('IDEMPOTENCY_KEY_IN_USE');
  const cart = requireOwn(locked.cart, checkout);
  const facts = await placingFacts(trx, cart, key, unpaid);
  const kept = keptAnswer(key, facts.kept);
  if (kept) return { earlier: kept };
  if (facts.live_order) {
    const payment = await requirePayment(trx, facts.live_order);
    return { earlier: { order: facts.live_order, payment: payment.id } };
  }
  if (cart.status !== 'active') throw new KontorError('CART_NOT_OPEN', { status: cart.status });
  if (!cart.email) throw new KontorError('EMAIL_MISSING', { path: 'email' });
  if (cart.origin === 'shopper') requireFewUnpaid(facts, unpaid);
  const placed = await placeOrder(shop, trx, attempt, { cart: { ...cart, email: cart.email }, facts });
  return { placed: { ...placed, settings: facts } };
}

/** Shoppers order their own carts, staff the drafts. @throws KontorError NOT_FOUND, the same for all others */
function requireOwn(cart: LockedCart | undefined, checkout: Checkout): LockedCart {
  const isDraft = cart?.origin === 'staff';
  if (isDraft !== (checkout.staff !== undefined)) throw new KontorError('NOT_FOUND');
  return isDraft ? cart : requireHolder(cart, checkout);
}

function unpaidScope(shop: Shop, { caller }: Checkout): UnpaidScope {
  const network_hash = shop.env.RATE_LIMITS === 'on' ? caller.network_hash : null;
  return { customer: caller.customer, network_hash };
}

/** Strangers must not empty a shop for free: unpaid orders hold stock, so each shopper may have only so many. */
function requireFewUnpaid(facts: PlacingFacts, { customer, network_hash }: UnpaidScope): void {
  const isOver =
    facts.unpaid_by_email >= facts.max_unpaid_per_email ||
    (customer !== null && facts.unpaid_by_customer >= facts.max_unpaid_per_customer) ||
    (network_hash !== null && facts.unpaid_by_network >= facts.max_unpaid_per_address);
  if (isOver) throw new KontorError('TOO_MANY_UNPAID_ORDERS');
}

/** A new order is as we wrote it, unless its provider's answer moved the state of its payment. */
async function begun(shop: Shop, placed: OrderAndPayment): Promise<OrderAndPayment> {
  const payment = await startSeen(shop, placed.order, placed.payment);
  if (payment.status === placed.payment.status) return { ...placed, payment };
  return { ...placed, order: await requireThere(shop, placed.order.id), payment };
}

/** A repeat is answered with the order as it is now, and starts its payment where that did not work before. */
async function present(shop: Shop, earlier: KeptOrder): Promise<OrderAndPayment> {
  const payment = await startPayment(shop, earlier.payment);
  return { order: await requireThere(shop, earlier.order), payment };
}

async function requireThere(shop: Shop, id: string): Promise<OrderRow> {
  const order = await orderById(shop.db, id);
  if (!order) throw new Error(`order ${id} has vanished after its commit`);
  return order;
}
