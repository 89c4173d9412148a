/** What an edit asks the catalogue: prices of variants that join an order, and whether a new address bears the same taxes. */
import { basePrice } from '../core/cart-change.ts';
import { normalPlace, normalPostalCode, type Place } from '../core/place.ts';
import { priceCart, type Quote } from '../core/price-cart.ts';
import { isShipped } from '../core/product-kind.ts';
import { destinationOf, methodsFor } from '../core/shipping.ts';
import { rateFor } from '../core/tax.ts';
import { pricingRows, type PricingRows } from '../cart/pricing-queries.ts';
import { placeOf, weightOf, type LineRow } from '../cart/quote-cart.ts';
import type { Address } from '../customers/address.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import type { EditableLine } from './edit-queries.ts';
import type { OrderRow } from './queries.ts';

export interface EditedOrderFacts {
  order: OrderRow;
  shipping_method: string | null;
  lines: readonly EditableLine[];
}

export interface Addition {
  /** Of the line it becomes. */
  id: string;
  variant: string;
  quantity: number;
}

/**
 * Everything an edit depends on beside the order itself, in one read: the variants that are added or grow, with their parts and
 * their stock, and taxes and zones at the address.
 */
export function editingRows(
  trx: Transaction,
  { order, shipping_method }: EditedOrderFacts,
  variants: readonly string[],
  address: Address | null,
): Promise<PricingRows> {
  return pricingRows(trx, {
    customer: order.customer,
    currency: order.currency,
    variants,
    shipping_method,
    shipping_address: address,
  });
}

/**
 * Prices additions now, for the customer's group and at the order's address, with the order's own exemption and without
 * promotions.
 * @throws KontorError NOT_FOR_SALE; EDIT_REFUSED when prices have meanwhile changed from net to gross or back, or goods that ship
 * join an order that ships nowhere
 */
export function priceAdditions(
  { order, shipping_method }: EditedOrderFacts,
  additions: readonly Addition[],
  rows: PricingRows,
  address: Address | null,
): { quote: Quote; lines: LineRow[] } {
  const variants = new Map(rows.variants.map((variant) => [variant.variant, variant]));
  const lines = additions.map(({ id, variant, quantity }): LineRow => {
    const offered = variants.get(variant);
    if (!offered?.is_published || basePrice(offered, order.currency) === null)
      throw new KontorError('NOT_FOR_SALE', { variant, currency: order.currency });
    const asked = {
      id,
      variant,
      quantity,
      metadata: null,
      metadata_key: '',
      sort: null,
      unit_price_minor: null,
    };
    return { ...offered, ...asked };
  });
  if (lines.length > 0 && rows.settings.prices_include_tax !== order.prices_include_tax)
    throw new KontorError('EDIT_REFUSED', { reason: 'tax_mode_changed', path: 'add' });
  const shipped = lines.find((line) => isShipped(line.product_kind));
  if (shipped && (!address || order.shipping_method_name === null))
    throw new KontorError('EDIT_REFUSED', {
      reason: 'needs_shipping',
      variant: shipped.variant,
      path: 'add',
    });
  const quote = priceCart({
    currency: order.currency,
    now: rows.now,
    prices_include_tax: order.prices_include_tax,
    keep_net_prices: rows.settings.keep_net_prices,
    lines: lines.map((line) => ({
      ...line,
      base_price_minor: basePrice(line, order.currency) ?? 0,
      fixed_price_minor: null,
      tax_class: line.tax_class ?? rows.default_tax_class,
      requires_shipping: isShipped(line.product_kind),
      weight_grams: weightOf(line),
    })),
    shipping: null,
    promotions: [],
    codes: [],
    tax_rates: rows.tax_rates,
    tax_exemption: order.tax_exemption,
    customer_group: rows.customer?.group ?? null,
    has_ordered_before: true,
    address: taxedAt(shipping_method, rows, address),
    default_tax_country: rows.settings.default_country,
  });
  return { quote, lines };
}

/**
 * An order may go somewhere else as long as its taxes and its shipping hold there, too: every class it bears has the same rate,
 * and the zone of its shipping method is the one that serves the address.
 * @param before the facts at the address it has, `after` those at the new one
 * @throws KontorError EDIT_REFUSED naming the address
 */
export function requireSameTaxes(
  facts: EditedOrderFacts,
  before: { rows: PricingRows; address: Address | null },
  after: { rows: PricingRows; address: Address },
): void {
  const { order, shipping_method, lines } = facts;
  const [from, to] = [placeOf(before.address), placeOf(after.address)];
  if (isSamePlace(from, to)) return;
  // A method that is not known where the order goes now says nothing about where it shall go.
  const method = methodOf(shipping_method, before.rows);
  if (method && !isServed(method.id, after.rows, to)) refuseAddress('not_served');
  if (order.tax_exemption === 'customer' || order.tax_exemption === 'group') return;
  if (order.tax_exemption === 'reverse_charge') {
    if (from?.country !== to?.country) refuseAddress('taxes_differ');
    return;
  }
  const classes = new Set([method?.tax_class ?? null, ...lines.map((line) => line.tax_class)]);
  for (const tax_class of classes) {
    const old = rateAt(before.rows, tax_class, taxedAt(shipping_method, before.rows, before.address));
    const now = rateAt(after.rows, tax_class, taxedAt(shipping_method, after.rows, after.address));
    if (old !== now) refuseAddress('taxes_differ');
  }
}

function refuseAddress(reason: 'not_served' | 'taxes_differ'): never {
  throw new KontorError('EDIT_REFUSED', { reason, path: 'shipping_address' });
}

function isSamePlace(a: Place | null, b: Place | null): boolean {
  const spelled = (place: Place | null) =>
    place &&
    [
      normalPlace(place.country),
      normalPlace(place.region ?? ''),
      normalPostalCode(place.postal_code ?? ''),
    ].join(' ');
  return spelled(a) === spelled(b);
}

function methodOf(shipping_method: string | null, { zones }: PricingRows) {
  return zones.flatMap((zone) => zone.methods).find((method) => method.id === shipping_method);
}

/** Whatever the goods weigh and whether the method is still offered: they have been accepted. */
function isServed(shipping_method: string, { zones, currency }: PricingRows, place: Place | null): boolean {
  const goods = { subtotal_minor: 0, quantity: 1, weight_grams: 0, longest_mm: 0, has_unknown_weight: false };
  const open = { active: true, kind: 'flat', currency, min_subtotal_minor: null } as const;
  const reduced = zones.map((zone) => ({
    ...zone,
    methods: zone.methods
      .filter((method) => method.id === shipping_method)
      .map((method) => ({ ...method, ...open, max_weight_grams: null })),
  }));
  return methodsFor(reduced, place, currency, goods).length > 0;
}

/** What is picked up is taxed where it is handed over. */
function taxedAt(shipping_method: string | null, rows: PricingRows, address: Address | null): Place | null {
  const method = methodOf(shipping_method, rows);
  return destinationOf(method ?? null, placeOf(address), method?.pickup_location ?? null);
}

/** Name and rate, as they are printed. */
function rateAt(rows: PricingRows, tax_class: string | null, place: Place | null): string {
  const home = { country: rows.settings.default_country, region: null, postal_code: null };
  const rate = rateFor(rows.tax_rates, tax_class ?? rows.default_tax_class, place ?? home);
  return rate ? `${rate.rate_ppm} ${rate.name}` : '';
}
