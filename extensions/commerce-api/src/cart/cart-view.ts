/** A cart as the store answers it, with its schema, so that both cannot differ. */
import { z } from 'zod';
import { Address } from '../customers/address.ts';
import { imageUrl } from '../catalog/image-url.ts';
import type { Env } from '../platform/env.ts';
import type { QuotedCart } from './quote-cart.ts';
import { AdjustmentView, lineFields, minor, TaxSummaryView, totalFields } from './quote-view.ts';

export const CartView = z.object({
  id: z.uuid(),
  status: z.enum(['active', 'completed', 'merged', 'abandoned']),
  currency: z.string(),
  locale: z.string().nullable(),
  email: z.string().nullable(),
  shipping_address: Address.nullable(),
  billing_address: Address.nullable(),
  shipping_method: z.uuid().nullable(),
  requires_shipping: z.boolean(),
  prices_include_tax: z.boolean(),
  lines: z.array(
    z.object({
      ...lineFields,
      variant: z.uuid(),
      product: z.uuid(),
      product_slug: z.string(),
      /** False: no longer for sale; not in the totals, and checkout is refused until the line is removed. */
      is_available: z.boolean(),
      unit_price_minor: minor.nullable(),
      compare_at_price_minor: minor.nullable(),
      price_reason: z.enum(['base', 'tier', 'sale', 'override']).nullable(),
    }),
  ),
  adjustments: z.array(AdjustmentView),
  codes: z.array(z.object({ code: z.string(), applied: z.boolean(), reason: z.string().nullable() })),
  tax_summary: z.array(TaxSummaryView),
  item_count: z.int(),
  ...totalFields,
  created_at: z.string(),
  updated_at: z.string(),
});

export type CartView = z.output<typeof CartView>;

export function cartView(env: Env, { cart, quote, lines, unavailable }: QuotedCart): CartView {
  const quoted = new Map(quote.lines.map((line) => [line.id, line]));
  return {
    id: cart.id,
    status: cart.status,
    currency: cart.currency,
    locale: cart.locale,
    email: cart.email,
    shipping_address: cart.shipping_address,
    billing_address: cart.billing_address,
    shipping_method: cart.shipping_method,
    requires_shipping: quote.requires_shipping,
    prices_include_tax: quote.prices_include_tax,
    lines: lines.map((line) => {
      const price = quoted.get(line.id);
      return {
        id: line.id,
        variant: line.variant,
        product: line.product,
        product_slug: line.product_slug,
        name: line.product_name,
        variant_title: line.variant_title,
        sku: line.sku,
        option_values: line.option_values,
        image_url: imageUrl(env, { file: line.image_file, url: line.image_url }),
        metadata: line.metadata,
        quantity: line.quantity,
        is_available: !unavailable.includes(line.id),
        unit_price_minor: price?.unit_price_minor ?? null,
        compare_at_price_minor: line.compare_at_price_minor,
        price_reason: price?.price_reason ?? null,
        subtotal_minor: price?.subtotal_minor ?? 0,
        discount_minor: price?.discount_minor ?? 0,
        tax_minor: price?.tax_minor ?? 0,
        tax_rate_ppm: price?.tax_rate_ppm ?? 0,
        tax_name: price?.tax_name ?? null,
        total_minor: price?.total_minor ?? 0,
      };
    }),
    adjustments: quote.adjustments.map(({ kind, code, label, amount_minor }) => ({
      kind,
      code,
      label,
      amount_minor,
    })),
    codes: quote.codes,
    tax_summary: quote.tax_summary,
    item_count: lines.reduce((sum, line) => sum + line.quantity, 0),
    subtotal_minor: quote.subtotal_minor,
    discount_minor: quote.discount_minor,
    shipping_minor: quote.shipping_minor,
    tax_minor: quote.tax_minor,
    total_minor: quote.total_minor,
    created_at: cart.created_at.toISOString(),
    updated_at: cart.updated_at.toISOString(),
  };
}
