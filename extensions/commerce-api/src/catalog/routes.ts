/**
 * The catalogue as a storefront reads it: what is published and has a price, with texts in the wanted language and the prices
 * a cart will charge. Everyone may read it, and everyone reads the same. The tables of products, prices and categories are
 * ordinary Directus content: merchants write them in the admin app, `import/` writes them from a file.
 */
import { z } from 'zod';
import { productPage } from '../listings/documents.ts';
import { route, type Route, type Shown } from '../platform/http.ts';
import { categoryTree, readCategory } from './category-tree.ts';
import { listProducts } from './list-products.ts';
import {
  CategoriesQuery,
  type CategoriesInput,
  Category,
  CategoryNode,
  ListMeta,
  ListProductsQuery,
  Product,
  ProductCard,
  ReadProductQuery,
  SlugParams,
} from './shapes.ts';

const tag = 'Catalogue';

const LISTING = `Published products that have a variant with a price in the currency. An unknown slug lists nothing. All conditions hold
together; of several values of one, any does. A change of the catalogue shows at once.

Every order comes from an index, and so do the names in each language that anything is translated into (for the while after its first
translation, they come in the order of the original ones). \`total\` is exact for a category, brand, tag or everything, with or without one
further value, and counted up to 10,000 otherwise. \`facets\` say for each value how many products it would list with all other conditions;
categories are those below the one that is asked for. They are exact for a category, brand, tag or everything; else at most 10,000 products are
counted for each, and \`facets_are_exact\` says whether those were all. Neither is called exact while changes wait that could not be worked out
at once.

Pages count up to 10,000 products. \`cursor\` goes on behind the last product of a page, wherever that stands by then, as far as the list
goes; a cursor of another order or other conditions is refused. With \`q\` it is a number of products, since relevance has no fixed places.`;

export const catalogRoutes: Route[] = [
  route({
    method: 'get',
    path: '/products',
    tag,
    summary: 'List products',
    description: LISTING,
    access: 'public',
    cacheable: true,
    query: ListProductsQuery,
    answers: {
      status: 200,
      data: z.array(ProductCard),
      meta: ListMeta,
      description: 'One page of products.',
    },
    errors: ['UNAVAILABLE'],
    handle: async ({ shop, query }) => {
      const { json, shown } = await listProducts(shop, query);
      return { status: 200, json, shown };
    },
  }),
  route({
    method: 'get',
    path: '/products/:slug',
    tag,
    summary: 'Read a product',
    access: 'public',
    cacheable: true,
    params: SlugParams,
    query: ReadProductQuery,
    answers: { status: 200, data: Product, description: 'Everything a product page shows.' },
    errors: ['NOT_FOUND', 'UNAVAILABLE'],
    handle: async ({ shop, params, query }) => {
      const { text, shown } = await productPage(shop, params.slug, query);
      return { status: 200, json: `{"data":${text}}`, shown };
    },
  }),
  route({
    method: 'get',
    path: '/categories',
    tag,
    summary: 'Read the category tree',
    access: 'public',
    cacheable: true,
    query: CategoriesQuery,
    answers: {
      status: 200,
      data: z.array(CategoryNode),
      description: 'The roots, each with what is below it.',
    },
    handle: async ({ shop, query }) => ({
      status: 200,
      data: await categoryTree(shop, query),
      ...withoutProducts(query),
    }),
  }),
  route({
    method: 'get',
    path: '/categories/:slug',
    tag,
    summary: 'Read a category',
    access: 'public',
    cacheable: true,
    params: SlugParams,
    query: CategoriesQuery,
    answers: {
      status: 200,
      data: Category,
      description: 'The category, its way from the root, and what is below it.',
    },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, params, query }) => ({
      status: 200,
      data: await readCategory(shop, params.slug, query),
      ...withoutProducts(query),
    }),
  }),
];

/** Uncounted, a tree shows no product and no place of one: only a change of the categories themselves reaches it. */
function withoutProducts({ product_count }: CategoriesInput): { shown?: Shown } {
  return product_count ? {} : { shown: { products: [], shelves: [], aspects: [], until: null } };
}
