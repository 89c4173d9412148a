/**
 * The one pipeline from a cart to its totals: line prices, line discounts, order discounts, shipping, shipping discounts, tax
 * on what is left, totals. Carts, checkout and staff edits all price through it; whoever charges money charges its quote.
 */
import { compareText } from './compare-text.ts';
import { mulDivHalfUp, requireAmount, shareByLargestRemainder, sumMinor } from './money.ts';
import type { Moment } from './period.ts';
import type { ChosenPrice, PriceFacts } from './prices.ts';
import { choosePrice } from './prices.ts';
import type { ProductKind } from './product-kind.ts';
import type { AppliedPromotions, CodeOutcome, PromotionFacts } from './promotions.ts';
import { applyPromotions } from './promotions.ts';
import type { ShippingFacts } from './shipping.ts';
import type { TaxRateFacts } from './tax.ts';
import { rateFor, taxOf } from './tax.ts';

/** Everything a price depends on, amounts in minor units of `currency`. */
export interface CartFacts {
  currency: string;
  now: Moment;
  prices_include_tax: boolean;
  lines: readonly LineFacts[];
  shipping: ShippingFacts | null;
  promotions: readonly PromotionFacts[];
  codes: readonly string[];
  tax_rates: readonly TaxRateFacts[];
  tax_exempt: boolean;
  customer_group: string | null;
  /** Where the goods go; null while the shopper has not said, then `default_tax_country` is taxed. */
  address: { country: string; region: string | null; postal_code: string | null } | null;
  default_tax_country: string;
}

export interface LineFacts {
  id: string;
  variant: string;
  product: string;
  /** Gift cards are never discounted. */
  product_kind: ProductKind;
  quantity: number;
  /** The variant's own price in the cart's currency. */
  base_price_minor: number;
  /** Candidates from lists and tiers, in the cart's currency. */
  prices: readonly PriceFacts[];
  /** The code of the class. */
  tax_class: string;
  requires_shipping: boolean;
  categories: readonly string[];
  brand: string | null;
}

/**
 * Totals. `subtotal_minor` is quantity times unit price as displayed: gross when `prices_include_tax`, else net.
 * `discount_minor` is positive; `shipping_minor` is after its discount; `tax_minor` is all tax.
 * Without tax in the prices `total = subtotal - discount + shipping + tax`, with it `total = subtotal - discount + shipping`.
 * Each total is the sum of its lines' (and shipping's).
 */
export interface Quote {
  currency: string;
  prices_include_tax: boolean;
  requires_shipping: boolean;
  lines: QuoteLine[];
  shipping: QuoteShipping | null;
  adjustments: Adjustment[];
  codes: CodeOutcome[];
  tax_summary: TaxSummaryEntry[];
  subtotal_minor: number;
  discount_minor: number;
  shipping_minor: number;
  tax_minor: number;
  total_minor: number;
}

export interface QuoteLine extends ChosenPrice {
  id: string;
  variant: string;
  quantity: number;
  subtotal_minor: number;
  /** Its share of all discounts, positive. */
  discount_minor: number;
  tax_minor: number;
  /** `subtotal - discount`, plus tax when the prices do not include it. */
  total_minor: number;
  tax_rate_ppm: number;
  /** Null where nothing is taxed. */
  tax_name: string | null;
}

export interface QuoteShipping {
  method: string;
  name: string;
  /** Before its discount. */
  amount_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
  tax_rate_ppm: number;
  tax_name: string | null;
}

/** A row of `order_adjustments`: discounts are negative, shipping positive. */
export interface Adjustment {
  kind: 'discount' | 'shipping' | 'shipping_discount';
  code: string | null;
  label: string;
  promotion: string | null;
  amount_minor: number;
}

/** Per rate, the sums over lines and shipping; `taxable_minor` is net of tax whatever the prices include. */
export interface TaxSummaryEntry {
  name: string;
  rate_ppm: number;
  taxable_minor: number;
  tax_minor: number;
}

export type { CodeOutcome, CodeReason, PromotionFacts } from './promotions.ts';
export type { PriceFacts } from './prices.ts';
export type { ShippingFacts } from './shipping.ts';
export type { TaxRateFacts } from './tax.ts';

/**
 * Prices a cart. Every computed amount is rounded half up once; shares of a discount go by largest remainder; tax is computed
 * per line on what its discounts left. The order of lines changes no total. Lines come back in the order given.
 *
 * Prices that include tax stay what they are for the destination, its rate only says how much of them is tax; for the
 * exempt that is none. Shipping is charged only if something is shipped.
 * @throws RangeError for impossible facts: a quantity below 1, a negative price, sums beyond the safe integers.
 */
export function priceCart(facts: CartFacts): Quote {
  const rateOf = rateLookup(facts);
  const lines = facts.lines.map((line) => pricedLine(line, facts, rateOf));
  const eligible = lines.filter((line) => line.facts.product_kind !== 'gift_card');
  const subtotal_minor = sumMinor(lines.map((line) => line.subtotal_minor));
  const eligible_minor = sumMinor(eligible.map((line) => line.subtotal_minor));
  const requires_shipping = facts.lines.some((line) => line.requires_shipping);
  const shippingFacts = requires_shipping ? facts.shipping : null;

  const offer = applyPromotions({
    ...facts,
    shipping: shippingFacts,
    eligible_minor,
    other_goods_minor: subtotal_minor - eligible_minor,
  });
  const discounts = discountsOf(eligible, amountsOf(offer, 'discount'));

  const quoteLines = lines.map((line) => quoteLine(line, discounts.get(line) ?? 0, facts));
  const shipping =
    shippingFacts && quoteShipping(shippingFacts, offer, rateOf(shippingFacts.tax_class), facts);
  const parts = shipping ? [...quoteLines, shipping] : quoteLines;
  return {
    currency: facts.currency,
    prices_include_tax: facts.prices_include_tax,
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

interface PricedLine {
  facts: LineFacts;
  price: ChosenPrice;
  rate: TaxRateFacts | null;
  subtotal_minor: number;
}

type TaxMode = Pick<CartFacts, 'prices_include_tax'>;

/** Rates by class, each looked up once: a shop may hold thousands of rows. */
function rateLookup(facts: CartFacts): (tax_class: string) => TaxRateFacts | null {
  const place = facts.address ?? { country: facts.default_tax_country, region: null };
  const rates = new Map<string, TaxRateFacts | null>();
  return (tax_class) => {
    if (facts.tax_exempt) return null;
    const known = rates.get(tax_class);
    if (known !== undefined) return known;
    const rate = rateFor(facts.tax_rates, tax_class, place);
    rates.set(tax_class, rate);
    return rate;
  };
}

function pricedLine(
  line: LineFacts,
  facts: CartFacts,
  rateOf: (tax_class: string) => TaxRateFacts | null,
): PricedLine {
  const price = choosePrice(line, facts);
  requireAmount(price.unit_price_minor);
  if (line.quantity < 1) throw new RangeError(`line ${line.id} has a quantity of ${line.quantity}`);
  const subtotal_minor = mulDivHalfUp(price.unit_price_minor, line.quantity, 1);
  return { facts: line, price, rate: rateOf(line.tax_class), subtotal_minor };
}

function amountsOf(offer: AppliedPromotions, kind: 'discount' | 'shipping_discount'): number[] {
  return offer.applied.filter((one) => one.kind === kind).map((one) => one.amount_minor);
}

/**
 * Each line's share of all discounts, one discount after the other in proportion to what is left of the lines. A tie for the
 * last unit goes to the larger line, then to the lower rate, and only between equal lines to the earlier: between lines of
 * unequal rates the place in the cart would otherwise decide how much tax is due.
 */
function discountsOf(
  lines: readonly PricedLine[],
  discounts_minor: readonly number[],
): Map<PricedLine, number> {
  const ordered = [...lines].sort(
    (a, b) => b.subtotal_minor - a.subtotal_minor || compareRates(rateColumns(a.rate), rateColumns(b.rate)),
  );
  let left = ordered.map((line) => line.subtotal_minor);
  for (const discount_minor of discounts_minor) {
    const shares = shareByLargestRemainder(discount_minor, left);
    left = left.map((value, index) => value - shares[index]!);
  }
  return new Map(ordered.map((line, index) => [line, line.subtotal_minor - left[index]!]));
}

function quoteLine(line: PricedLine, discount_minor: number, mode: TaxMode): QuoteLine {
  return {
    id: line.facts.id,
    variant: line.facts.variant,
    quantity: line.facts.quantity,
    ...line.price,
    subtotal_minor: line.subtotal_minor,
    discount_minor,
    ...taxed(line.subtotal_minor - discount_minor, line.rate, mode),
  };
}

function quoteShipping(
  { method, name }: ShippingFacts,
  offer: AppliedPromotions,
  rate: TaxRateFacts | null,
  mode: TaxMode,
): QuoteShipping {
  requireAmount(offer.shipping_minor);
  const discount_minor = sumMinor(amountsOf(offer, 'shipping_discount'));
  return {
    method,
    name,
    amount_minor: offer.shipping_minor,
    discount_minor,
    ...taxed(offer.shipping_minor - discount_minor, rate, mode),
  };
}

function taxed(amount_minor: number, rate: TaxRateFacts | null, { prices_include_tax }: TaxMode) {
  const { tax_rate_ppm, tax_name } = rateColumns(rate);
  const tax_minor = taxOf(amount_minor, tax_rate_ppm, prices_include_tax);
  return {
    tax_minor,
    total_minor: prices_include_tax ? amount_minor : sumMinor([amount_minor, tax_minor]),
    tax_rate_ppm,
    tax_name,
  };
}

function rateColumns(rate: TaxRateFacts | null): RateColumns {
  return { tax_rate_ppm: rate?.rate_ppm ?? 0, tax_name: rate?.name ?? null };
}

type RateColumns = Pick<QuoteLine, 'tax_rate_ppm' | 'tax_name'>;

function compareRates(a: RateColumns, b: RateColumns): number {
  return a.tax_rate_ppm - b.tax_rate_ppm || compareText(a.tax_name ?? '', b.tax_name ?? '');
}

function adjustmentsOf(offer: AppliedPromotions, shipping: QuoteShipping | null): Adjustment[] {
  const taken = offer.applied.map(({ promotion, kind, amount_minor }): Adjustment => {
    return {
      kind,
      code: promotion.code,
      label: promotion.name,
      promotion: promotion.id,
      amount_minor: -amount_minor,
    };
  });
  if (!shipping) return taken;
  const charged: Adjustment = {
    kind: 'shipping',
    code: null,
    label: shipping.name,
    promotion: null,
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
