/** What shoppers may know of stock. */
import { z } from 'zod';
import { Email } from '../customers/person.ts';
import { route, type Route } from '../platform/http.ts';
import { availability } from './availability.ts';
import { askForNotice } from './stock-notices.ts';

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
    available: z
      .int()
      .nonnegative()
      .nullable()
      .describe('Null where stock is not tracked. Of a bundle, as many as its parts make.'),
    in_stock: z.boolean(),
    allow_backorder: z.boolean().describe('Whether more may be bought than is there.'),
    backorder_left: z.int().nonnegative().nullable().describe('How many more; null without a limit.'),
    preorder_ships_at: z
      .string()
      .nullable()
      .describe('When what is not there yet is announced for; null where nothing is.'),
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
      const found = await availability(shop, query.variants);
      const data = found.map((each) => ({
        ...each,
        preorder_ships_at: each.preorder_ships_at?.toISOString() ?? null,
      }));
      return { status: 200, data };
    },
  }),
  route({
    method: 'post',
    path: '/stock/notices',
    tag: 'Stock',
    summary: 'Ask for a mail when something is back in stock',
    description:
      'One mail, once it can be bought. Guests give an address; a signed-in customer’s own counts, whatever is sent. The answer is ' +
      'the same whether or not the wish was there before.',
    access: 'public',
    body: z.strictObject({ variant: z.uuid(), email: Email.optional() }),
    answers: {
      status: 202,
      data: z.object({ status: z.literal('noted') }),
      description: 'We will write',
    },
    errors: ['NOT_FOUND'],
    async handle({ shop, caller, body }) {
      await askForNotice(shop, caller, body);
      return { status: 202, data: { status: 'noted' } };
    },
  }),
];
