/** What staff ask for when they edit an order, as a schema, and what they are answered. */
import { z } from 'zod';
import { minor } from '../cart/quote-view.ts';
import { Address } from '../customers/address.ts';
import { StaffOrderView } from './order-view.ts';

const MAX_QUANTITY = 999_999;

export const EditWish = z
  .strictObject({
    version: z.int().describe('The `version` of the order as you saw it.'),
    reason: z.string().trim().min(1).max(500).describe('Shown in the timeline and told to the shopper.'),
    dry_run: z
      .boolean()
      .default(false)
      .describe('Answers what the order would be and what would be settled, and changes nothing.'),
    lines: z
      .array(z.strictObject({ line: z.uuid(), quantity: z.int().min(0).max(MAX_QUANTITY) }))
      .max(500)
      .default([])
      .describe('The quantity each of these lines shall have; 0 takes it out.'),
    add: z
      .array(z.strictObject({ variant: z.uuid(), quantity: z.int().min(1).max(MAX_QUANTITY) }))
      .max(100)
      .default([])
      .refine(
        (added) => new Set(added.map((each) => each.variant)).size === added.length,
        'names a variant twice',
      )
      .describe('Variants that join the order, at the price of now.'),
    shipping_address: Address.optional().describe('Where the same taxes hold.'),
    provider: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not the name of a provider')
      .optional()
      .describe('How what is still to be paid shall be paid; as before, when it is not said.'),
  })
  .refine((wish) => wish.lines.length + wish.add.length > 0 || wish.shipping_address !== undefined, {
    message: 'asks for nothing',
  });

export type EditWish = z.output<typeof EditWish>;

/**
 * `payment`: an unpaid order's payment is replaced by one of this amount. `refund`: so much goes back. `collect`: so much is
 * asked for on top, all that is open included; zero when nothing is open any more.
 */
export const Settlement = z.object({
  kind: z.enum(['none', 'payment', 'refund', 'collect']),
  amount_minor: minor,
});

export type Settlement = z.output<typeof Settlement>;

export const EditView = z.object({
  dry_run: z.boolean(),
  difference_minor: minor.describe('What the order costs more, or less where negative.'),
  settlement: Settlement,
  order: StaffOrderView,
});
