import { countFacets, type CountedFacets } from '../listings/count-facets.ts';
import { listedIn } from '../listings/facet-queries.ts';
import { writeCursor, readCursor, type CursorScope } from '../listings/cursor.ts';
import { withAddress } from '../listings/document-address.ts';
import { cardTexts, earliest } from '../listings/documents.ts';
import { aspectsOf } from '../listings/listing-aspects.ts';
import type { ListingFilter, Sort } from '../listings/listing-filter.ts';
import { readListing, type FoundListing } from '../listings/read-listing.ts';
import type { ListedSort } from '../listings/read-queries.ts';
import type { Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { localesFor } from './product-cards.ts';
import type { ListProductsInput, ListMeta } from './shapes.ts';

/** A list as it is answered: JSON that is already written. */
export interface ListAnswer {
  json: string;
  shown: Shown;
}

/**
 * One page of what is for sale. One statement for a category, brand, tag or everything; two more at most for a narrower list, two for
 * facets.
 */
export async function listProducts(shop: Shop, input: ListProductsInput): Promise<ListAnswer> {
  const { page, limit, cursor, currency, locale, facets = [] } = input;
  const sort: Sort = input.sort ?? (input.q === undefined ? 'newest' : 'relevance');
  const filter = filterOf(input);
  const scope: CursorScope = { sort, filter, currency, locale, q: input.q };
  const start = cursor === undefined ? { offset: (page - 1) * limit } : readCursor(scope, cursor);
  const found = await readListing(shop, { filter, sort: sort as ListedSort, limit, start, currency, locale });
  const { cards, until } = await cardTexts(shop, found.state, found.products);
  const counted = facets.length > 0 ? await facetsBeside(shop, found, input) : null;
  const last = found.products.at(-1);
  const meta: ListMeta = {
    page: cursor === undefined ? page : null,
    limit,
    total: found.total,
    total_is_exact: found.total_is_exact,
    next_cursor: last && found.has_more ? writeCursor(scope, last) : null,
    ...(counted && { facets: counted.facets, facets_are_exact: counted.facets_are_exact }),
  };
  const texts = cards.map(({ text }) => text).join(',');
  return {
    json: `{"data":[${withAddress(shop, texts)}],"meta":${JSON.stringify(meta)}}`,
    shown: {
      products: found.products.map(({ product }) => product),
      shelves: [...new Set([...found.shelves, ...(counted?.shelves ?? [])])],
      aspects: aspectsOf(sort, filter, facets),
      until: earliest([found.state.until, until]),
    },
  };
}

async function facetsBeside(
  shop: Shop,
  { state, conditions, category }: FoundListing,
  { facets = [], locale }: ListProductsInput,
): Promise<CountedFacets> {
  const wanted = { facets, category, locales: localesFor(locale) };
  const source = listedIn(state.currency);
  return countFacets(shop.db, { ...wanted, currency: state.currency, conditions, source, is_whole: true });
}

function filterOf(input: ListProductsInput): ListingFilter {
  const { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option } = input;
  return { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option };
}
