/** What a cart and the order it becomes answer alike: lines, adjustments, tax and totals. */
import { z } from 'zod';

/** An amount in the minor unit of the cart's or order's currency. */
export const minor = z.int();

export const lineFields = {
  id: z.uuid(),
  sku: z.string(),
  name: z.string(),
  variant_title: z.string().nullable(),
  option_values: z.record(z.string(), z.string()).nullable(),
  image_url: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  quantity: z.int(),
  subtotal_minor: minor,
  discount_minor: minor,
  tax_minor: minor,
  tax_rate_ppm: z.int(),
  tax_name: z.string().nullable(),
  total_minor: minor,
};

export const totalFields = {
  subtotal_minor: minor,
  discount_minor: minor,
  shipping_minor: minor,
  tax_minor: minor,
  total_minor: minor,
};

export const AdjustmentView = z.object({
  kind: z.enum(['discount', 'shipping', 'shipping_discount']),
  code: z.string().nullable(),
  label: z.string(),
  amount_minor: minor,
});

/** A line's share of one promotion, positive. */
export const LineDiscountView = z.object({
  code: z.string().nullable(),
  label: z.string(),
  amount_minor: minor,
});

export const TaxSummaryView = z.object({
  name: z.string(),
  rate_ppm: z.int(),
  taxable_minor: minor,
  tax_minor: minor,
});
