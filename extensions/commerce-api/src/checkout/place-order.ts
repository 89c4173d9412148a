/** A locked cart becomes an order: agreed, paid as far as its tenders go, reserved, written. */
import type { QuotedCart } from '../cart/quote-cart.ts';
import { KontorError } from '../errors.ts';
import { coverage, holdTenders, lockTenders, type TenderWish } from '../gift-cards/tenders.ts';
import { lockLevels, planReservation, stockedVariants } from '../inventory/reserve-stock.ts';
import { orderById, type OrderRow } from '../orders/queries.ts';
import { bookTruth } from '../payments/book-payment.ts';
import { ownTruth } from '../payments/own-truth.ts';
import { isOffered } from '../payments/provider-of.ts';
import { paymentById, type PaymentRow } from '../payments/queries.ts';
import { paymentTerms } from '../payments/payment-terms.ts';
import type { Transaction } from '../platform/database.ts';
import { jobToAdd } from '../platform/jobs.ts';
import { holdMs } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { isAvailable } from '../providers/guard-provider.ts';
import type { PaymentProvider } from '../providers/payment.ts';
import { agreeOnQuote, redemptionsOf } from './agree-on-quote.ts';
import type { LockedCart, PlacingFacts } from './checkout-queries.ts';
import type { Checkout, CompleteInput } from './complete-checkout.ts';
import type { IdempotencyKey } from './idempotency.ts';
import { adjustmentRows, lineRows, orderRow } from './order-rows.ts';
import { writeOrder } from './write-order-queries.ts';

export interface Attempt {
  cart: string;
  checkout: Checkout;
  input: CompleteInput;
  provider: PaymentProvider;
  key: IdempotencyKey;
}

export interface Placeable {
  cart: LockedCart & { email: string };
  facts: PlacingFacts;
}

/**
 * Prices the cart once more, promises its stock and writes the order with everything that follows from it. Locks, after the
 * cart: store credit, gift cards, promotions, stock. An order with nothing left to pay is paid at once.
 * @throws KontorError as `completeCheckout`; nothing is changed then
 */
export async function placeOrder(
  shop: Shop,
  trx: Transaction,
  { checkout, input, provider, key }: Attempt,
  { cart, facts }: Placeable,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const wish: TenderWish = cart;
  const terms = await paymentTerms(trx, provider, cart.customer, input.payment, facts);
  const locked = await lockTenders(trx, wish);
  const quoted = await agreeOnQuote(shop, trx, cart.id, input);
  requireAllowedQuantities(quoted, facts.max_quantity_per_line);
  const { total_minor, currency } = quoted.quote;
  const { rest_minor } = coverage(wish, locked, total_minor);
  if (rest_minor > 0) requireAvailable(shop, provider, facts);

  const variants = stockedVariants(quoted.lines);
  const levels = variants.length > 0 ? await lockLevels(trx, variants) : [];
  const { changes: reservations, backordered } = planReservation(levels, quoted.lines);

  const now = shop.now();
  const ids = { order: shop.newId(), payment: shop.newId() };
  const lines = lineRows(shop, ids.order, quoted, backordered);
  const written = await writeOrder(trx, {
    order: orderRow(shop, ids.order, quoted, {
      email: cart.email,
      network_hash: checkout.caller.network_hash,
      customer_note: input.customer_note ?? null,
      placed_at: now,
      expires_at: new Date(now.getTime() + holdMs(facts, provider.is_manual)),
    }),
    order_prefix: facts.order_prefix,
    lines,
    adjustments: adjustmentRows(ids.order, quoted, lines),
    payment: {
      id: ids.payment,
      order: ids.order,
      provider: input.payment.provider,
      amount_minor: rest_minor,
      currency,
      ...terms,
    },
    placed: {
      data: { total_minor, currency, provider: input.payment.provider },
      actor_kind: checkout.staff === undefined ? 'customer' : 'staff',
      actor: checkout.staff ?? null,
    },
    redemptions: redemptionsOf(quoted),
    reservations,
    key,
    jobs: [jobToAdd('follow-order', { order: ids.order })],
  });
  // Staff agree to whatever is left: the shopper is told, and pays it or not.
  const expected_payable_minor = checkout.staff === undefined ? input.expected_payable_minor : rest_minor;
  await holdTenders(trx, { ...wish, order: ids.order, total_minor, expected_payable_minor, locked });
  return rest_minor === 0 ? await bookAtOnce(shop, trx, written) : written;
}

/** While a provider fails, nobody's goods are held for a payment that could not begin. @throws KontorError PROVIDER_UNAVAILABLE */
function requireAvailable(
  { providers }: Shop,
  provider: PaymentProvider,
  settings: Pick<PlacingFacts, 'cash_on_delivery'>,
): void {
  const { is_available, retry_after_s } = isAvailable(provider);
  if (is_available) return;
  const others = Object.values(providers.payments).filter(
    (each) => isAvailable(each).is_available && isOffered(each, settings),
  );
  throw new KontorError('PROVIDER_UNAVAILABLE', { retry_after_s, offered: others.map(({ name }) => name) });
}

/** Limits may have come after the goods were put in the cart, and merging carts asks for none. @throws KontorError QUANTITY_LIMIT */
function requireAllowedQuantities({ lines }: QuotedCart, max_per_line: number): void {
  const quantities = new Map<string, number>();
  for (const { variant, quantity } of lines)
    quantities.set(variant, (quantities.get(variant) ?? 0) + quantity);
  for (const { variant, sku, max_per_order } of lines) {
    const limit = Math.min(max_per_line, max_per_order ?? max_per_line);
    if ((quantities.get(variant) ?? 0) > limit)
      throw new KontorError('QUANTITY_LIMIT', { variant, sku, limit });
  }
}

/** Nothing is left to pay: no provider takes a payment of zero, and there is no money to wait for. */
async function bookAtOnce(
  shop: Shop,
  trx: Transaction,
  { order, payment }: { order: OrderRow; payment: PaymentRow },
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  await bookTruth(shop, trx, order, payment, ownTruth(payment, { provider_payment: `free-${payment.id}` }));
  return {
    order: (await orderById(trx, order.id)) ?? order,
    payment: (await paymentById(trx, payment.id)) ?? payment,
  };
}
