/** What a cart costs as it is ordered, held against what the shopper agreed to. */
import { cartView } from '../cart/cart-view.ts';
import { quoteCart, type QuotedCart } from '../cart/quote-cart.ts';
import { MAX_LINES } from '../core/cart-change.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { lockPromotions } from './redemption-queries.ts';
import type { Redemption } from './write-order-queries.ts';

export interface Agreement {
  expected_total_minor: number;
  expected_currency?: string | undefined;
}

/**
 * Prices the locked cart with the promotions it uses locked. Here a first order and uses per customer are judged by e-mail for
 * guests too, as no cart does, so a promotion may be lost only now.
 * @throws KontorError CART_EMPTY, CART_FULL, AMOUNT_TOO_LARGE, NOT_FOR_SALE, QUANTITY_LIMIT, ADDRESS_MISSING, SHIPPING_METHOD_MISSING; PRICE_CHANGED with the
 * new quote when it is not what was agreed to
 */
export async function agreeOnQuote(
  shop: Shop,
  trx: Transaction,
  cart: string,
  agreed: Agreement,
): Promise<QuotedCart> {
  const quoted = await quoteUnderLocks(shop, trx, cart);
  const { quote } = quoted;
  if (quoted.lines.length === 0) throw new KontorError('CART_EMPTY');
  if (quoted.lines.length > MAX_LINES) throw new KontorError('CART_FULL', { limit: MAX_LINES });
  if (quoted.unavailable.length > 0) throw new KontorError('NOT_FOR_SALE', { lines: quoted.unavailable });
  if (quote.requires_shipping && !quoted.cart.shipping_address)
    throw new KontorError('ADDRESS_MISSING', { path: 'shipping_address' });
  if (quote.requires_shipping && !quoted.has_valid_method)
    throw new KontorError('SHIPPING_METHOD_MISSING', { path: 'shipping_method' });
  const isAgreed =
    quote.total_minor === agreed.expected_total_minor &&
    (agreed.expected_currency ?? quote.currency) === quote.currency;
  if (!isAgreed) throw new KontorError('PRICE_CHANGED', { quote: cartView(shop.env, quoted) });
  return quoted;
}

/**
 * What promotions have left is read again under their locks. A promotion that ran out meanwhile may let another step in, which
 * is then locked too; each round locks one more, so the rounds end.
 */
async function quoteUnderLocks(shop: Shop, trx: Transaction, cart: string): Promise<QuotedCart> {
  const locked = new Set<string>();
  for (;;) {
    const quoted = await quoteCart(shop, trx, { cart, judges_email: true });
    const used = redemptionsOf(quoted).map(({ promotion }) => promotion);
    const next = used.filter((promotion) => !locked.has(promotion));
    if (next.length === 0) return quoted;
    await lockPromotions(trx, next);
    for (const promotion of next) locked.add(promotion);
  }
}

/** Which promotions the quote uses, each once, and how much of their budgets. */
export function redemptionsOf({ quote }: Pick<QuotedCart, 'quote'>): Redemption[] {
  const found = new Map<string, Redemption>();
  for (const { promotion, promotion_code, amount_minor } of quote.adjustments) {
    if (promotion === null) continue;
    const known = found.get(promotion);
    found.set(promotion, {
      promotion,
      promotion_code: known?.promotion_code ?? promotion_code,
      amount_minor: (known?.amount_minor ?? 0) - amount_minor,
    });
  }
  return [...found.values()];
}
