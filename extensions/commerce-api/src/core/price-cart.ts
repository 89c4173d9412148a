/**
 * The one pipeline from a cart to its totals: line prices, line discounts, order discounts, shipping, shipping discounts, tax
 * on what is left, totals. Carts, checkout and staff edits all price through it; whoever charges money charges its quote.
 */
import type { CartFacts, LineFacts } from './cart-facts.ts';
import { compareText } from './compare-text.ts';
import { mulDivHalfUp, requireAmount, sumMinor } from './money.ts';
import { choosePrice, type ChosenPrice } from './prices.ts';
import type { Goods } from './promotion-reach.ts';
import { applyPromotions, type AppliedPromotion, type AppliedPromotions } from './promotions.ts';
import type { Adjustment, LineDiscount, Quote, QuoteLine, QuoteShipping, TaxSummaryEntry } from './quote.ts';
import { shippedGoods } from './shipped-goods.ts';
import { shippingAmount, type ShippingFacts } from './shipping.ts';
import { taxOf, type TaxRateFacts } from './tax.ts';
import { taxationOf, type Taxation } from './taxation.ts';

export type { CartFacts, LineFacts } from './cart-facts.ts';
export type { PriceFacts } from './prices.ts';
export type { PromotionCode, PromotionFacts, PromotionScope, PromotionTier } from './promotion-facts.ts';
export type { CodeOutcome, CodeReason } from './promotions.ts';
export type { Adjustment, LineDiscount, Quote, QuoteLine, QuoteShipping, TaxSummaryEntry } from './quote.ts';
export type { ShippingFacts } from './shipping.ts';
export type { TaxExemption, TaxRateFacts } from './tax.ts';

/**
 * Prices a cart. Every computed amount is rounded half up once; shares of a discount go by largest remainder; tax is computed
 * per line on what its discounts left. The order of lines changes no total. Lines come back in the order given.
 *
 * Prices become those this shopper pays (see `Taxation`) before anything else looks at them; what promotions say in amounts,
 * and what shipping is free above, is compared with those. Shipping is charged only if something is shipped.
 * @throws RangeError for impossible facts: a quantity below 1, a negative price, sums beyond the safe integers
 */
export function priceCart(facts: CartFacts): Quote {
  const taxation = taxationOf(facts);
  const lines = facts.lines.map((line) => pricedLine(line, facts, taxation));
  const goods = lines.filter((line) => line.product_kind !== 'gift_card');
  const others = lines.filter((line) => line.product_kind === 'gift_card');
  const subtotal_minor = sumMinor(lines.map((line) => line.subtotal_minor));
  const requires_shipping = facts.lines.some((line) => line.requires_shipping);
  const method = requires_shipping ? facts.shipping : null;

  const offer = applyPromotions({
    ...facts,
    goods,
    other_goods_minor: sumMinor(others.map((line) => line.subtotal_minor)),
    shippingFor: shippingCharge(method, facts.lines, taxation),
  });
  const discounts = discountsByLine(offer, goods);

  const quoteLines = lines.map((line) => quoteLine(line, discounts.get(line) ?? [], facts));
  const shipping = method && quoteShipping(method, offer, taxation.rateOf(method.tax_class), facts);
  const parts = shipping ? [...quoteLines, shipping] : quoteLines;
  return {
    currency: facts.currency,
    prices_include_tax: facts.prices_include_tax,
    tax_exemption: facts.tax_exemption,
    requires_shipping,
    lines: quoteLines,
    shipping,
    adjustments: adjustmentsOf(offer, shipping),
    codes: offer.codes,
    tax_summary: taxSummary(parts),
    subtotal_minor,
    discount_minor: sumMinor(quoteLines.map((line) => line.discount_minor)),
    shipping_minor: shipping ? shipping.amount_minor - shipping.discount_minor : 0,
    tax_minor: sumMinor(parts.map((part) => part.tax_minor)),
    total_minor: sumMinor(parts.map((part) => part.total_minor)),
  };
}

interface PricedLine extends LineFacts, Goods {
  price: ChosenPrice;
}

type TaxMode = Pick<CartFacts, 'prices_include_tax'>;

function pricedLine(line: LineFacts, facts: CartFacts, taxation: Taxation): PricedLine {
  const price = unitPrice(line, facts, taxation);
  requireAmount(price.unit_price_minor);
  if (line.quantity < 1) throw new RangeError(`line ${line.id} has a quantity of ${line.quantity}`);
  const subtotal_minor = mulDivHalfUp(price.unit_price_minor, line.quantity, 1);
  return { ...line, price, subtotal_minor, ...rateColumns(taxation.rateOf(line.tax_class)) };
}

/** What staff wrote is what the shopper pays; only prices of lists follow the shopper's taxes. */
function unitPrice(line: LineFacts, facts: CartFacts, taxation: Taxation): ChosenPrice {
  if (line.fixed_price_minor !== null) {
    return { unit_price_minor: line.fixed_price_minor, price_reason: 'staff', price_list: null };
  }
  const chosen = choosePrice(line, facts);
  return { ...chosen, unit_price_minor: taxation.priceOf(chosen.unit_price_minor, line.tax_class) };
}

/** By the value of the goods after their discounts; null where no method is chosen, or it does not take them. */
function shippingCharge(method: ShippingFacts | null, lines: readonly LineFacts[], taxation: Taxation) {
  const shipped = shippedGoods(lines);
  return (subtotal_minor: number): number | null => {
    const amount_minor = method && shippingAmount(method, { ...shipped, subtotal_minor });
    return method && amount_minor !== null ? taxation.priceOf(amount_minor, method.tax_class) : null;
  };
}

/** What each promotion takes off each line, in the order taken. */
function discountsByLine(
  { applied }: AppliedPromotions,
  goods: readonly PricedLine[],
): Map<PricedLine, LineDiscount[]> {
  const discounts = new Map<PricedLine, LineDiscount[]>(goods.map((line) => [line, []]));
  for (const one of applied) {
    for (const [line, amount_minor] of one.shares.entries()) {
      if (amount_minor > 0) discounts.get(goods[line]!)!.push({ ...sourceOf(one), amount_minor });
    }
  }
  return discounts;
}

function sourceOf({ promotion, code }: AppliedPromotion) {
  return {
    promotion: promotion.id,
    promotion_code: code?.promotion_code ?? null,
    code: code?.code ?? null,
    label: promotion.name,
  };
}

function quoteLine(line: PricedLine, discounts: LineDiscount[], mode: TaxMode): QuoteLine {
  const discount_minor = sumMinor(discounts.map((discount) => discount.amount_minor));
  return {
    id: line.id,
    variant: line.variant,
    quantity: line.quantity,
    ...line.price,
    subtotal_minor: line.subtotal_minor,
    discount_minor,
    discounts,
    ...taxed(line.subtotal_minor - discount_minor, line, mode),
  };
}

function quoteShipping(
  { method, name }: ShippingFacts,
  { shipping_minor, applied }: AppliedPromotions,
  rate: TaxRateFacts | null,
  mode: TaxMode,
): QuoteShipping | null {
  if (shipping_minor === null) return null;
  const freed = applied.filter((one) => one.kind === 'shipping_discount');
  const discount_minor = sumMinor(freed.map((one) => one.amount_minor));
  return {
    method,
    name,
    amount_minor: shipping_minor,
    discount_minor,
    ...taxed(shipping_minor - discount_minor, rateColumns(rate), mode),
  };
}

type RateColumns = Pick<QuoteLine, 'tax_rate_ppm' | 'tax_name'>;

function rateColumns(rate: TaxRateFacts | null): RateColumns {
  return { tax_rate_ppm: rate?.rate_ppm ?? 0, tax_name: rate?.name ?? null };
}

function taxed(
  amount_minor: number,
  { tax_rate_ppm, tax_name }: RateColumns,
  { prices_include_tax }: TaxMode,
) {
  const tax_minor = taxOf(amount_minor, tax_rate_ppm, prices_include_tax);
  return {
    tax_minor,
    total_minor: prices_include_tax ? amount_minor : sumMinor([amount_minor, tax_minor]),
    tax_rate_ppm,
    tax_name,
  };
}

function adjustmentsOf({ applied }: AppliedPromotions, shipping: QuoteShipping | null): Adjustment[] {
  const taken = applied.map((one): Adjustment => {
    return { kind: one.kind, ...sourceOf(one), amount_minor: -one.amount_minor };
  });
  if (!shipping) return taken;
  const charged: Adjustment = {
    kind: 'shipping',
    promotion: null,
    promotion_code: null,
    code: null,
    label: shipping.name,
    amount_minor: shipping.amount_minor,
  };
  const before = taken.filter((adjustment) => adjustment.kind === 'discount');
  return [...before, charged, ...taken.slice(before.length)];
}

function taxSummary(parts: readonly (QuoteLine | QuoteShipping)[]): TaxSummaryEntry[] {
  const entries = new Map<string, TaxSummaryEntry>();
  for (const { tax_name: name, tax_rate_ppm: rate_ppm, tax_minor, total_minor } of parts) {
    if (name === null || total_minor === 0) continue;
    const key = `${rate_ppm} ${name}`;
    const entry = entries.get(key) ?? { name, rate_ppm, taxable_minor: 0, tax_minor: 0 };
    entries.set(key, {
      ...entry,
      taxable_minor: entry.taxable_minor + total_minor - tax_minor,
      tax_minor: entry.tax_minor + tax_minor,
    });
  }
  return [...entries.values()].sort((a, b) => b.rate_ppm - a.rate_ppm || compareText(a.name, b.name));
}
