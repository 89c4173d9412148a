/** Search beyond lists with `q`: what may be meant while somebody still types. Products by words are `/store/products?q=`. */
import { route, type Route } from '../platform/http.ts';
import { SuggestionsFound, SuggestQuery } from './shapes.ts';
import { suggestProducts } from './suggest-products.ts';

export const searchRoutes: Route[] = [
  route({
    method: 'get',
    path: '/search/suggest',
    tag: 'Catalogue',
    summary: 'Suggest products, categories, brands and queries',
    description:
      'For a search box, with every letter typed. Only what can be bought in the currency is suggested; words typed wrong are understood.',
    access: 'public',
    cacheable: true,
    query: SuggestQuery,
    answers: { status: 200, data: SuggestionsFound, description: 'What may be meant.' },
    errors: ['UNAVAILABLE'],
    handle: async ({ shop, query }) => {
      const { suggestions, shown } = await suggestProducts(shop, query);
      return { status: 200, data: suggestions, shown };
    },
  }),
];
