/** What shoppers may know of stock. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { availability } from './availability.ts';

const StockQuery = z.strictObject({
  variants: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.guid()).min(1).max(100))
    .describe('1 to 100 variant ids, separated by commas.'),
});

const Availability = z
  .object({
    variant: z.guid(),
    available: z.int().nonnegative().nullable().describe('Null where stock is not tracked.'),
    in_stock: z.boolean(),
    allow_backorder: z.boolean(),
  })
  .meta({ id: 'Availability' });

export const inventoryRoutes: Route[] = [
  route({
    method: 'get',
    path: '/stock',
    tag: 'Stock',
    summary: 'Read live availability',
    description:
      'What can be bought at this moment, over all active locations; never cached. Unknown variants are left out.',
    access: 'public',
    query: StockQuery,
    answers: { status: 200, data: z.array(Availability), description: 'In the order asked for.' },
    handle: async ({ shop, query, res }) => {
      res.set('Cache-Control', 'no-store');
      return { status: 200, data: await availability(shop, query.variants) };
    },
  }),
];
