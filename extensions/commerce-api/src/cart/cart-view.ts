/** A cart as the store answers it, with its schema, so that both cannot differ. */
import { z } from 'zod';
import { Address } from '../customers/address.ts';
import { imageUrl } from '../catalog/image-url.ts';
import { TAX_EXEMPTIONS } from '../core/tax.ts';
import type { Env } from '../platform/env.ts';
import { offeredMethod, ShippingMethodView } from './method-view.ts';
import type { LineRow, QuotedCart } from './quote-cart.ts';
import {
  AdjustmentView,
  LineDiscountView,
  lineFields,
  minor,
  TaxSummaryView,
  totalFields,
} from './quote-view.ts';

export const CartView = z.object({
  id: z.uuid(),
  status: z.enum(['active', 'completed', 'merged', 'abandoned']),
  currency: z.string(),
  locale: z.string().nullable(),
  email: z.string().nullable(),
  shipping_address: Address.nullable(),
  billing_address: Address.nullable(),
  shipping_method: z.uuid().nullable(),
  /** What may be chosen now; carriers that have not been asked for their rates yet are not among them. */
  shipping_methods: z.array(ShippingMethodView),
  requires_shipping: z.boolean(),
  prices_include_tax: z.boolean(),
  /** The one that counts: the cart's own, or else the customer's. */
  vat_id: z.string().nullable(),
  /** Why nothing is taxed; null where it is. */
  tax_exemption: z.enum(TAX_EXEMPTIONS).nullable(),
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
      price_reason: z.enum(['base', 'tier', 'sale', 'override', 'staff']).nullable(),
      /** The name of the list the price is from. */
      price_list: z.string().nullable(),
      discounts: z.array(LineDiscountView),
      /** Of a preorder: when it is announced to ship. */
      ships_at: z.string().nullable(),
      /** Of a bundle: what one unit of it is made of. */
      parts: z.array(z.object({ variant: z.uuid(), sku: z.string(), title: z.string(), quantity: z.int() })),
    }),
  ),
  adjustments: z.array(AdjustmentView),
  codes: z.array(z.object({ code: z.string(), applied: z.boolean(), reason: z.string().nullable() })),
  tax_summary: z.array(TaxSummaryView),
  item_count: z.int(),
  ...totalFields,
  use_store_credit: z.boolean(),
  /** Of the total. Balances are taken only when the order is placed. */
  payable: z.object({
    gift_cards: z.array(z.object({ id: z.uuid(), last4: z.string(), covers_minor: minor })),
    store_credit_minor: minor,
    /** What is left for a payment. */
    remaining_minor: minor,
  }),
  created_at: z.string(),
  updated_at: z.string(),
});

export type CartView = z.output<typeof CartView>;

export function cartView(env: Env, quoted_cart: QuotedCart): CartView {
  const { cart, quote, lines, unavailable, methods, payable } = quoted_cart;
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
    shipping_methods: methods.map(offeredMethod),
    requires_shipping: quote.requires_shipping,
    prices_include_tax: quote.prices_include_tax,
    vat_id: quoted_cart.vat_id,
    tax_exemption: quote.tax_exemption,
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
        price_list: price ? listName(line, price.price_list) : null,
        discounts: (price?.discounts ?? []).map(({ code, label, amount_minor }) => ({
          code,
          label,
          amount_minor,
        })),
        ships_at: line.ships_at,
        parts: line.parts.map(({ variant, sku, title, quantity }) => ({ variant, sku, title, quantity })),
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
    use_store_credit: cart.use_store_credit,
    payable,
    created_at: cart.created_at.toISOString(),
    updated_at: cart.updated_at.toISOString(),
  };
}

function listName({ prices }: LineRow, price_list: string | null): string | null {
  if (price_list === null) return null;
  return prices.find((price) => price.price_list === price_list)?.list_name ?? null;
}
