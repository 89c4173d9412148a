import { writeCursor, readCursor, type CursorScope } from '../listings/cursor.ts';
import { withAddress } from '../listings/document-address.ts';
import { cardTexts, earliest } from '../listings/documents.ts';
import type { ListingFilter, Sort } from '../listings/listing-filter.ts';
import { aspectsOf, readListing } from '../listings/read-listing.ts';
import type { ListedSort } from '../listings/read-queries.ts';
import type { Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import type { ListProductsInput, ListMeta } from './shapes.ts';

/** A list as it is answered: JSON that is already written. */
export interface ListAnswer {
  json: string;
  shown: Shown;
}

/** One page of what is for sale. One statement for a category, brand, tag or everything; two more at most for a narrower list. */
export async function listProducts(shop: Shop, input: ListProductsInput): Promise<ListAnswer> {
  const { page, limit, cursor, currency, locale } = input;
  const sort: Sort = input.sort ?? (input.q === undefined ? 'newest' : 'relevance');
  const filter = filterOf(input);
  const scope: CursorScope = { sort, filter, currency, locale, q: input.q };
  const start = cursor === undefined ? { offset: (page - 1) * limit } : readCursor(scope, cursor);
  const listed = sort as ListedSort;
  const found = await readListing(shop, { filter, sort: listed, limit, start, currency, locale });
  const { cards, until } = await cardTexts(shop, found.state, found.products);
  const last = found.products.at(-1);
  const meta: ListMeta = {
    page: cursor === undefined ? page : null,
    limit,
    total: found.total,
    total_is_exact: found.total_is_exact,
    next_cursor: last && found.has_more ? writeCursor(scope, last) : null,
  };
  const texts = cards.map(({ text }) => text).join(',');
  return {
    json: `{"data":[${withAddress(shop, texts)}],"meta":${JSON.stringify(meta)}}`,
    shown: {
      products: found.products.map(({ product }) => product),
      shelves: found.shelves,
      aspects: aspectsOf(listed, filter),
      until: earliest([found.state.until, until]),
    },
  };
}

function filterOf(input: ListProductsInput): ListingFilter {
  const { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option } = input;
  return { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option };
}
