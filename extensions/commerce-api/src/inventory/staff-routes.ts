/** What staff do with stock. */
import { z } from 'zod';
import { restockOrder } from '../orders/restock-order.ts';
import { route, type Route } from '../platform/http.ts';
import { ADJUSTMENT_REASONS, adjustStock } from './adjust-stock.ts';
import { markLowStock } from './mark-low-stock.ts';
import { readLedger } from './read-ledger.ts';
import { transferStock } from './transfer-stock.ts';

const Note = z.string().trim().max(500);
const Quantity = z.int().min(1).max(1_000_000);

const Level = z.object({ on_hand: z.int(), reserved: z.int() });

const Movement = z
  .object({
    id: z.int(),
    variant: z.guid(),
    location: z.guid(),
    location_code: z.string(),
    delta_on_hand: z.int(),
    delta_reserved: z.int(),
    reason: z.string(),
    order: z.guid().nullable(),
    order_number: z.string().nullable(),
    transfer: z.guid().nullable().describe('The same for all movements of one transfer.'),
    actor: z.guid().nullable(),
    note: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'StockMovement' });

export const inventoryStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/stock/adjust',
    tag: 'Stock',
    summary: 'Book goods that came or went',
    description:
      'A delivery, breakage, a sale at the counter: the difference, with its reason, goes into the ledger. What was received or ' +
      'found is positive; what was damaged, lost or sold elsewhere negative.',
    access: 'staff',
    body: z.strictObject({
      variant: z.uuid(),
      location: z.uuid(),
      delta: z
        .int()
        .min(-1_000_000)
        .max(1_000_000)
        .refine((value) => value !== 0, 'is zero'),
      reason: z.enum(ADJUSTMENT_REASONS).default('adjustment'),
      note: Note.optional(),
    }),
    answers: { status: 200, data: Level, description: 'What is there now' },
    errors: ['NOT_FOUND', 'INSUFFICIENT_STOCK'],
    async handle({ shop, caller, body }) {
      return { status: 200, data: await adjustStock(shop, body, caller.user) };
    },
  }),
  route({
    method: 'post',
    path: '/stock/transfer',
    tag: 'Stock',
    summary: 'Move goods to another location',
    description: 'All lines or none. The movements of both locations carry one transfer id.',
    access: 'staff',
    body: z.strictObject({
      from: z.uuid(),
      to: z.uuid(),
      lines: z
        .array(z.strictObject({ variant: z.uuid(), quantity: Quantity }))
        .min(1)
        .max(200),
      note: Note.optional(),
    }),
    answers: { status: 200, data: z.object({ transfer: z.guid() }), description: 'The goods have moved' },
    errors: ['NOT_FOUND', 'INSUFFICIENT_STOCK'],
    async handle({ shop, caller, body }) {
      return { status: 200, data: await transferStock(shop, body, caller.user) };
    },
  }),
  route({
    method: 'put',
    path: '/stock/low-stock-at',
    tag: 'Stock',
    summary: 'Set from when on stock is low',
    description:
      'Staff get one alert whenever a movement takes the free units of this level down to its mark.',
    access: 'staff',
    body: z.strictObject({
      variant: z.uuid(),
      location: z.uuid(),
      low_stock_at: z.int().min(0).max(1_000_000).nullable().describe('Null: the mark of the shop counts.'),
    }),
    answers: {
      status: 200,
      data: Level.extend({ low_stock_at: z.int().nullable() }),
      description: 'The level as it is now',
    },
    errors: ['NOT_FOUND'],
    async handle({ shop, body }) {
      return { status: 200, data: await markLowStock(shop, body) };
    },
  }),
  route({
    method: 'get',
    path: '/stock/movements',
    tag: 'Stock',
    summary: 'The ledger of a variant, newest first',
    access: 'staff',
    query: z.strictObject({
      variant: z.uuid(),
      location: z.uuid().optional(),
      page: z.coerce.number().int().min(1).max(10_000).default(1),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answers: {
      status: 200,
      data: z.array(Movement),
      meta: z.object({ page: z.int(), limit: z.int(), total: z.int() }),
      description: 'A page of movements; all of them add up to what is on hand and reserved',
    },
    async handle({ shop, query }) {
      const { movements, total } = await readLedger(shop, query);
      const data = movements.map((each) => ({ ...each, created_at: each.created_at.toISOString() }));
      return { status: 200, data, meta: { page: query.page, limit: query.limit, total } };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/restock',
    tag: 'Stock',
    summary: 'Put goods of an order back into stock',
    description:
      'Of a bundle its parts; to where they left from, or to the given location. Never more than the order took. Money is another matter.',
    access: 'staff',
    params: z.strictObject({ order: z.uuid() }),
    body: z.strictObject({
      lines: z
        .array(z.strictObject({ order_line: z.uuid(), quantity: Quantity }))
        .min(1)
        .max(200),
      location: z.uuid().optional(),
      note: Note.optional(),
    }),
    answers: {
      status: 200,
      data: z.object({ units: z.int().describe('How many came back, of all variants together.') }),
      description: 'What is left of the order is back in stock',
    },
    errors: ['NOT_FOUND'],
    async handle({ shop, caller, params, body }) {
      return { status: 200, data: await restockOrder(shop, params.order, body, caller.user) };
    },
  }),
];
