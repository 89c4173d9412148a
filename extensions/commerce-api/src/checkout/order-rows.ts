/** What an order copies of the cart, its prices and the catalogue, so that changing any of them never changes history. */
import { weightOf, type LineRow, type QuotedCart } from '../cart/quote-cart.ts';
import { imageUrl } from '../catalog/image-url.ts';
import { announcedFor, soldParts } from '../core/bundle.ts';
import { isShipped } from '../core/product-kind.ts';
import { newOrderToken } from '../orders/order-token.ts';
import { hashToken } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';

export interface OrderDetails {
  email: string;
  network_hash: string;
  customer_note: string | null;
  placed_at: Date;
  expires_at: Date;
}

export function orderRow(shop: Shop, id: string, { cart, quote, vat_id }: QuotedCart, details: OrderDetails) {
  return {
    ...details,
    id,
    status: 'pending',
    payment_status: 'pending',
    fulfilment_status: 'unfulfilled',
    cart: cart.id,
    origin: cart.origin,
    customer: cart.customer,
    token_hash: cart.customer === null ? hashToken(newOrderToken(shop, id)) : null,
    locale: cart.locale,
    vat_id,
    currency: quote.currency,
    prices_include_tax: quote.prices_include_tax,
    subtotal_minor: quote.subtotal_minor,
    discount_minor: quote.discount_minor,
    shipping_minor: quote.shipping_minor,
    tax_minor: quote.tax_minor,
    total_minor: quote.total_minor,
    tax_exemption: quote.tax_exemption,
    tax_summary: quote.tax_summary,
    shipping_address: cart.shipping_address,
    billing_address: cart.billing_address ?? cart.shipping_address,
    shipping_method: quote.shipping?.method ?? null,
    shipping_method_name: quote.shipping?.name ?? null,
  };
}

/** @param backordered units promised that are not there yet, by variant */
export function lineRows(
  shop: Shop,
  order: string,
  { quote, lines }: Pick<QuotedCart, 'quote'> & { lines: readonly LineRow[] },
  backordered: ReadonlyMap<string, number>,
) {
  const stored = new Map(lines.map((line) => [line.id, line]));
  return quote.lines.map((priced, index) => {
    const line = stored.get(priced.id);
    if (!line) throw new Error(`line ${priced.id} was priced but is not in the cart`);
    return {
      id: shop.newId(),
      order,
      variant: line.variant,
      product: line.product,
      product_kind: line.product_kind,
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
      weight_grams: weightOf(line),
      parts: soldParts(line.parts),
      ships_at: shipsAt(shop, line, backordered),
      metadata: line.metadata,
      sort: index + 1,
    };
  });
}

/** Of a preorder: what is there already ships at once, whatever was announced. */
function shipsAt(shop: Shop, line: LineRow, backordered: ReadonlyMap<string, number>): Date | null {
  const goods = line.parts.length > 0 ? line.parts : [line];
  const awaited = goods.filter(({ variant }) => backordered.has(variant));
  return announcedFor(
    awaited.map(({ preorder_ships_at }) => preorder_ships_at),
    shop.now(),
  );
}

/** Discounts on goods by promotion and line, so that refunds and edits know whose they are; what is about shipping once. */
export function adjustmentRows(
  order: string,
  { quote }: QuotedCart,
  lines: readonly { id: string }[],
): Record<string, unknown>[] {
  const onGoods = quote.lines.flatMap(({ discounts }, index) =>
    discounts.map((discount) => ({
      ...discount,
      order,
      line: lines[index]?.id,
      kind: 'discount',
      amount_minor: -discount.amount_minor,
    })),
  );
  const onShipping = quote.adjustments.filter((adjustment) => adjustment.kind !== 'discount');
  return [...onGoods, ...onShipping.map((adjustment) => ({ ...adjustment, order, line: null }))];
}
