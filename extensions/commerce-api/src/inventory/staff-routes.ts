/** What staff do with stock. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { adjustStock } from './adjust-stock.ts';

export const inventoryStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/stock/adjust',
    tag: 'Stock',
    summary: 'Book goods that came or went',
    description:
      'A delivery, breakage, a sale at the counter: the difference, with its reason, goes into the ledger.',
    access: 'staff',
    body: z.strictObject({
      variant: z.uuid(),
      location: z.uuid(),
      delta: z
        .int()
        .min(-1_000_000)
        .max(1_000_000)
        .refine((value) => value !== 0, 'is zero'),
      note: z.string().trim().max(500).optional(),
    }),
    answers: {
      status: 200,
      data: z.object({ on_hand: z.int(), reserved: z.int() }),
      description: 'What is there now',
    },
    errors: ['NOT_FOUND', 'INSUFFICIENT_STOCK'],
    async handle({ shop, caller, body }) {
      return { status: 200, data: await adjustStock(shop, body, caller.user) };
    },
  }),
];
