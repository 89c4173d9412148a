/** A shipping method as carts offer it. */
import { z } from 'zod';
import { SHIPPING_KINDS } from '../core/shipping.ts';
import type { OfferedMethod } from './quote-cart.ts';

export const ShippingMethodView = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  kind: z.enum(SHIPPING_KINDS),
  /** What this cart would pay, before shipping discounts. */
  amount_minor: z.int(),
  currency: z.string(),
  /** Days until the goods arrive; null where nobody knows. */
  min_days: z.int().nullable(),
  max_days: z.int().nullable(),
  carrier: z.string().nullable(),
  /** Where the goods wait, of a method of the kind `pickup`. */
  pickup_location: z
    .object({
      id: z.uuid(),
      name: z.string(),
      line1: z.string().nullable(),
      city: z.string().nullable(),
      region: z.string().nullable(),
      postal_code: z.string().nullable(),
      country: z.string().nullable(),
    })
    .nullable(),
});

export function offeredMethod(method: OfferedMethod): z.output<typeof ShippingMethodView> {
  return {
    id: method.id,
    name: method.name,
    description: method.description,
    kind: method.kind,
    amount_minor: method.price_minor,
    currency: method.currency,
    min_days: method.min_days,
    max_days: method.max_days,
    carrier: method.carrier,
    pickup_location: method.pickup_location,
  };
}
