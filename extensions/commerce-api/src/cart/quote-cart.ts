/** What a cart costs now: the facts come in one read, the rest is arithmetic. */
import { priceCart, type CartFacts, type LineFacts, type Quote } from '../core/price-cart.ts';
import { announcedFor } from '../core/bundle.ts';
import { basePrice } from '../core/cart-change.ts';
import type { Place } from '../core/place.ts';
import { isShipped } from '../core/product-kind.ts';
import { shippedGoods } from '../core/shipped-goods.ts';
import { destinationOf, methodsFor, shippingAmount, type Parcel } from '../core/shipping.ts';
import { exemptionOf, type TaxExemption } from '../core/tax.ts';
import { taxationOf } from '../core/taxation.ts';
import { parseVatId, servesReverseCharge } from '../core/vat-id.ts';
import { KontorError } from '../errors.ts';
import type { Queryable } from '../platform/database.ts';
import type { ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { payableOf, type Payable } from './payable.ts';
import {
  pricingRows,
  type MethodRow,
  type PricingRequest,
  type PricingRows,
  type VariantRow,
} from './pricing-queries.ts';
import type { CartLineRow, CartRow } from './queries.ts';
import { withAnyRate, withQuotedRates } from './shipping-rate.ts';

/** A cart as it is, or as it will be once it is written. */
export interface CartState {
  cart: CartRow;
  lines: readonly CartLineRow[];
}

/** A line with what the catalogue says of its variant; its compare-at price is the one this shopper would have paid. */
export type LineRow = CartLineRow & Omit<VariantRow, 'variant'>;

export interface QuotedCart {
  cart: CartRow;
  quote: Quote;
  /** Lines in their order; those in `unavailable` are not in the quote. */
  lines: QuotedLine[];
  unavailable: string[];
  /** What may be chosen for the address, the goods and the currency of the cart. */
  methods: OfferedMethod[];
  /** Carriers' methods that would be offered too, once it is known what they cost. */
  unrated: MethodRow[];
  parcel: Parcel;
  /** Whether the chosen method is still one of them. */
  has_valid_method: boolean;
  /** The cart's, or else the customer's own. */
  vat_id: string | null;
  /** Of the total: what gift cards and store credit cover, and what is left for a payment. */
  payable: Payable;
  settings: ShopSettings;
}

export interface QuotedLine extends LineRow {
  /** Announced for what of it is not there yet. */
  ships_at: string | null;
}

/** A method at the price this cart pays, before shipping discounts. */
export interface OfferedMethod extends MethodRow {
  price_minor: number;
}

/** Who checks VAT ids is a matter of the environment. */
type PricingShop = Pick<Shop, 'env'>;

/** What was read, with what follows from it wherever the goods go. */
interface JudgedRows extends PricingRows {
  vat_id_serves: boolean;
}

/**
 * Reads a stored cart and prices it. Lines that are no longer for sale stay in the cart, but out of its totals, until the
 * shopper removes them. One round trip.
 * @throws KontorError NOT_FOUND, AMOUNT_TOO_LARGE
 */
export async function quoteCart(
  shop: PricingShop,
  db: Queryable,
  cart: string | PricingRequest,
): Promise<QuotedCart> {
  const rows = await pricingRows(db, typeof cart === 'string' ? { cart } : cart);
  return quoteState(shop, requireState(rows), rows);
}

/** @throws KontorError NOT_FOUND when the rows hold no cart */
export function requireState({ cart, lines }: PricingRows): CartState {
  if (!cart) throw new KontorError('NOT_FOUND');
  return { cart, lines };
}

/**
 * Prices a cart in memory, from facts that were read for it.
 * @throws KontorError AMOUNT_TOO_LARGE when a sum leaves the safe integers
 */
export function quoteState(shop: PricingShop, state: CartState, rows: PricingRows): QuotedCart {
  try {
    return priced(state, { ...rows, vat_id_serves: vatIdServes(shop, state.cart, rows) });
  } catch (error) {
    if (error instanceof RangeError) throw new KontorError('AMOUNT_TOO_LARGE', {}, error);
    throw error;
  }
}

function priced({ cart, lines }: CartState, rows: JudgedRows): QuotedCart {
  const variants = new Map(rows.variants.map((variant) => [variant.variant, variant]));
  const all = lines.flatMap((line): LineRow[] => {
    const variant = variants.get(line.variant);
    return variant ? [{ ...variant, ...line }] : [];
  });
  const sellable = all.flatMap((line) => lineFacts(line, cart, rows));
  const place = placeOf(cart.shipping_address);
  const facts = cartFacts(cart, rows, sellable, place);

  const withoutShipping = priceCart(facts);
  const zones = withoutShipping.requires_shipping ? rows.zones : [];
  const goods = parcelOf(withoutShipping, sellable, all);
  const rated = withQuotedRates(zones, { cart, lines }, rows.now);
  const methods = methodsFor(rated.zones, place, cart.currency, goods);
  const unrated = rated.is_complete
    ? []
    : methodsFor(withAnyRate(rated.zones), place, cart.currency, goods).filter(
        (each) => each.kind === 'carrier',
      );
  const method = methods.find((each) => each.id === cart.shipping_method);
  const quote = method ? priceCart(withMethod(facts, rows, method)) : withoutShipping;
  const parcel = parcelOf(quote, sellable, all);

  const sold = new Set(sellable.map((line) => line.id));
  return {
    cart,
    quote,
    lines: shownLines(all, method ? withMethod(facts, rows, method) : facts, rows),
    unavailable: all.filter((line) => !sold.has(line.id)).map((line) => line.id),
    methods: methods.flatMap((each) => {
      const price_minor = chargeOf(each, withMethod(facts, rows, each), parcel);
      return price_minor === null ? [] : [{ ...each, price_minor }];
    }),
    unrated,
    parcel,
    has_valid_method: method !== undefined,
    vat_id: vatIdOf(cart, rows),
    payable: payableOf(quote, cart, rows),
    settings: rows.settings,
  };
}

/** @throws KontorError SHIPPING_METHOD_UNAVAILABLE unless the method serves the cart's address and goods in its currency */
export function requireMethod(quoted: Pick<QuotedCart, 'methods'>, method: string): void {
  if (!quoted.methods.some((each) => each.id === method)) {
    throw new KontorError('SHIPPING_METHOD_UNAVAILABLE', { path: 'shipping_method' });
  }
}

export function placeOf(address: CartRow['shipping_address']): Place | null {
  if (!address) return null;
  const { country, region = null, postal_code = null } = address;
  return { country, region, postal_code };
}

/** What is to be shipped, its goods at their value after discounts. A bundle is as long as its longest part. */
function parcelOf(
  quote: Pick<Quote, 'subtotal_minor' | 'discount_minor'>,
  facts: readonly LineFacts[],
  lines: readonly LineRow[],
): Parcel {
  const shipped = new Set(facts.filter((line) => line.requires_shipping).map((line) => line.id));
  const lengths = lines.filter((line) => shipped.has(line.id)).map(longestOf);
  return {
    ...shippedGoods(facts),
    subtotal_minor: quote.subtotal_minor - quote.discount_minor,
    longest_mm: Math.max(0, ...lengths),
  };
}

/** Of one unit; a bundle that has not been weighed weighs what its parts do, if all of them have. */
export function weightOf({ weight_grams, parts }: Pick<LineRow, 'weight_grams' | 'parts'>): number | null {
  if (weight_grams !== null || parts.length === 0) return weight_grams;
  return parts.reduce<number | null>(
    (sum, part) =>
      sum === null || part.weight_grams === null ? null : sum + part.weight_grams * part.quantity,
    0,
  );
}

function longestOf({ longest_mm, parts }: LineRow): number {
  return longest_mm ?? Math.max(0, ...parts.map((part) => part.longest_mm ?? 0));
}

function lineFacts(line: LineRow, cart: CartRow, rows: PricingRows): LineFacts[] {
  const base = line.unit_price_minor ?? basePrice(line, cart.currency);
  if (!line.is_published || base === null) return [];
  return [
    {
      id: line.id,
      variant: line.variant,
      product: line.product,
      product_kind: line.product_kind,
      quantity: line.quantity,
      base_price_minor: base,
      fixed_price_minor: line.unit_price_minor,
      prices: line.prices,
      tax_class: line.tax_class ?? rows.default_tax_class,
      requires_shipping: isShipped(line.product_kind),
      weight_grams: weightOf(line),
      categories: line.categories,
      brand: line.brand,
      tags: line.tags,
    },
  ];
}

function cartFacts(cart: CartRow, rows: JudgedRows, lines: LineFacts[], address: Place | null): CartFacts {
  const { settings } = rows;
  return {
    currency: cart.currency,
    now: rows.now,
    prices_include_tax: settings.prices_include_tax,
    keep_net_prices: settings.keep_net_prices,
    lines,
    shipping: null,
    promotions: rows.promotions,
    codes: cart.codes,
    tax_rates: rows.tax_rates,
    tax_exemption: exemption(rows, address),
    customer_group: rows.customer?.group ?? null,
    has_ordered_before: rows.has_ordered_before,
    address,
    default_tax_country: settings.default_country,
  };
}

/** The same cart with a method chosen: what is picked up is taxed where it is handed over. */
function withMethod(facts: CartFacts, rows: JudgedRows, method: MethodRow): CartFacts {
  const address = destinationOf(method, facts.address, method.pickup_location);
  return {
    ...facts,
    address,
    tax_exemption: exemption(rows, address),
    shipping: {
      ...method,
      method: method.id,
      tax_class: method.tax_class ?? rows.default_tax_class,
    },
  };
}

/** As shown beside the goods: without tax for the exempt, where prices include it. */
function chargeOf(method: MethodRow, facts: CartFacts, parcel: Parcel): number | null {
  const amount_minor = shippingAmount(method, parcel);
  if (amount_minor === null || !facts.shipping) return null;
  return taxationOf(facts).priceOf(amount_minor, facts.shipping.tax_class);
}

/**
 * Lines as the shopper sees them. A compare-at price is entered in the variant's own currency, and nothing is converted; it is
 * taxed like the price it stands beside. What is there already ships at once, whatever was announced.
 */
function shownLines(lines: readonly LineRow[], facts: CartFacts, rows: PricingRows): QuotedLine[] {
  const { priceOf } = taxationOf(facts);
  const isThere = whatIsThere(lines, rows);
  return lines.map((line) => {
    const { compare_at_price_minor: entered, price_currency, tax_class } = line;
    const isShown = entered !== null && price_currency === facts.currency;
    const awaited = goodsOf(line).filter((goods) => !isThere(goods.variant));
    const announced = announcedFor(
      awaited.map((goods) => goods.preorder_ships_at),
      rows.now,
    );
    return {
      ...line,
      compare_at_price_minor: isShown ? priceOf(entered, tax_class ?? rows.default_tax_class) : null,
      ships_at: announced?.toISOString() ?? null,
    };
  });
}

/** Whether there is as much of a variant as all lines take together. */
function whatIsThere(lines: readonly LineRow[], { stock }: PricingRows): (variant: string) => boolean {
  const left = new Map(stock.map((each) => [each.variant, each.track_stock ? each.free : Infinity]));
  for (const line of lines) {
    for (const { variant, quantity } of goodsOf(line)) {
      left.set(variant, (left.get(variant) ?? 0) - quantity * line.quantity);
    }
  }
  return (variant) => (left.get(variant) ?? 0) >= 0;
}

/** What leaves the shelf for one unit of a line. */
function goodsOf({ variant, preorder_ships_at, parts }: LineRow) {
  return parts.length > 0 ? parts : [{ variant, preorder_ships_at, quantity: 1 }];
}

/** A VAT id on the cart stands before the customer's own. */
function vatIdOf(cart: CartRow, { customer }: PricingRows): string | null {
  return cart.vat_id ?? customer?.vat_id ?? null;
}

/**
 * Whether the VAT id of the cart may shift the tax to the buyer. Where the register is asked (VAT_CHECK=vies), only an id it has
 * confirmed does: the signed-in customer's own, or the same id typed on the cart. A guest's is checked by nobody, so it shifts
 * nothing. Where nobody is asked, format and check digit decide, unless staff noted that the customer's own id is invalid.
 */
function vatIdServes({ env }: PricingShop, cart: CartRow, rows: PricingRows): boolean {
  const { settings, customer } = rows;
  const vat_id = vatIdOf(cart, rows);
  if (vat_id === null || !servesReverseCharge(parseVatId(vat_id), settings.default_country)) return false;
  const status = vat_id === customer?.vat_id ? customer.vat_id_status : 'unchecked';
  return env.VAT_CHECK === 'vies' ? status === 'valid' : status !== 'invalid';
}

function exemption(rows: JudgedRows, place: Place | null): TaxExemption | null {
  const { settings, customer, vat_id_serves } = rows;
  return exemptionOf({
    customer_exempt: customer?.customer_exempt ?? false,
    group_exempt: customer?.group_exempt ?? false,
    reverse_charge: {
      enabled: settings.reverse_charge,
      shop_country: settings.default_country,
      destination_country: place?.country ?? settings.default_country,
      vat_id_valid: vat_id_serves,
    },
  });
}
