/** What a cart costs now: gathers the facts in one read and hands them to the pipeline. */
import { priceCart, type LineFacts, type Quote } from '../core/price-cart.ts';
import { isShipped } from '../core/product-kind.ts';
import { methodsFor } from '../core/shipping.ts';
import { KontorError } from '../errors.ts';
import type { Queryable } from '../platform/database.ts';
import { pricingRows, type CartRow, type LineRow, type MethodRow, type PricingRows } from './queries.ts';

export interface QuotedCart {
  cart: CartRow;
  quote: Quote;
  /** Lines as stored, by id; those in `unavailable` are not in the quote. */
  lines: LineRow[];
  unavailable: string[];
  /** What may be chosen for the address and currency of the cart. */
  methods: MethodRow[];
  /** Whether the chosen method is still one of them. */
  has_valid_method: boolean;
}

/**
 * Prices a cart at the database's moment. Lines that are no longer for sale stay in the cart, but out of its totals, until
 * the shopper removes them.
 */
export async function quoteCart(db: Queryable, cart: CartRow): Promise<QuotedCart> {
  const rows = await pricingRows(db, cart.id);
  const sellable = rows.lines.flatMap((line) => lineFacts(line, cart, rows));
  const methods = methodsFor(rows.zones, place(cart), cart.currency);
  const method = methods.find((each) => each.id === cart.shipping_method);
  const quote = priceCart({
    currency: cart.currency,
    now: rows.now,
    prices_include_tax: rows.prices_include_tax,
    lines: sellable,
    shipping: method ? shippingFacts(method, rows) : null,
    promotions: rows.promotions,
    codes: cart.codes,
    tax_rates: rows.tax_rates,
    tax_exempt: rows.customer?.tax_exempt ?? false,
    customer_group: rows.customer?.group ?? null,
    address: place(cart),
    default_tax_country: rows.default_country,
  });
  const sold = new Set(sellable.map((line) => line.id));
  return {
    cart,
    quote,
    lines: rows.lines,
    unavailable: rows.lines.filter((line) => !sold.has(line.id)).map((line) => line.id),
    methods,
    has_valid_method: method !== undefined,
  };
}

/** @throws KontorError SHIPPING_METHOD_UNAVAILABLE unless the method serves the cart's address in its currency */
export function requireMethod(quoted: QuotedCart, method: string): void {
  if (!quoted.methods.some((each) => each.id === method)) {
    throw new KontorError('SHIPPING_METHOD_UNAVAILABLE', { path: 'shipping_method' });
  }
}

function lineFacts(line: LineRow, cart: CartRow, rows: PricingRows): LineFacts[] {
  const base = basePrice(line, cart);
  if (!line.is_published || base === null) return [];
  return [
    {
      id: line.id,
      variant: line.variant,
      product: line.product,
      product_kind: line.product_kind,
      quantity: line.quantity,
      base_price_minor: base,
      prices: line.prices,
      tax_class: line.tax_class ?? rows.default_tax_class,
      requires_shipping: isShipped(line.product_kind),
      categories: line.categories,
      brand: line.brand,
    },
  ];
}

/** The variant's own price in its own currency; in another, the base price entered for that one. Nothing is converted. */
function basePrice(line: LineRow, cart: CartRow): number | null {
  if (line.price_currency === cart.currency) return line.price_minor;
  return (
    line.prices.find((price) => price.price_list === null && price.min_quantity === 1)?.amount_minor ?? null
  );
}

function shippingFacts(method: MethodRow, rows: PricingRows) {
  return {
    method: method.id,
    name: method.name,
    amount_minor: method.amount_minor,
    free_above_minor: method.free_above_minor,
    tax_class: method.tax_class ?? rows.default_tax_class,
  };
}

function place(cart: CartRow) {
  const address = cart.shipping_address;
  if (!address) return null;
  return {
    country: address.country,
    region: address.region ?? null,
    postal_code: address.postal_code ?? null,
  };
}
