/**
 * What goes with a product, and what is popular: computed by jobs from orders and the catalogue, beside what merchants link themselves
 * (`related_products`). This domain alone writes commerce.product_popularity, product_affinities and the tables behind them. Words: a
 * *basket* is the products of one order; an *affinity* is one product in the list of another.
 */
import { z } from 'zod';
import { SlugParams } from '../catalog/shapes.ts';
import { route, type Route } from '../platform/http.ts';
import { readRelated } from './read-related.ts';
import { RelatedCard, RelatedQuery } from './shapes.ts';

export const recommendationRoutes: Route[] = [
  route({
    method: 'get',
    path: '/products/:slug/related',
    tag: 'Catalogue',
    summary: 'List what goes with a product',
    description:
      'What the merchant chose comes first, then what is bought together, what is similar, and what sells in the same category. How it is computed is told in [How Kontor recommends](how-kontor-recommends).',
    access: 'public',
    cacheable: true,
    params: SlugParams,
    query: RelatedQuery,
    answers: {
      status: 200,
      data: z.array(RelatedCard),
      description: 'Cards, best first, each with why it is here.',
    },
    errors: ['NOT_FOUND', 'UNAVAILABLE'],
    handle: async ({ shop, params, query }) => {
      const { cards, shown } = await readRelated(shop, params.slug, query);
      return { status: 200, data: cards, shown };
    },
  }),
];
