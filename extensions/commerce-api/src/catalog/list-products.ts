import { earliest } from '../core/earliest.ts';
import { ALL_PRODUCTS } from '../listings/all-products.ts';
import { countFacets } from '../listings/count-facets.ts';
import { readCursor, writeCursor, type CursorScope, type Place } from '../listings/cursor.ts';
import { withAddress } from '../listings/document-address.ts';
import { cardTexts, type KnownState, type ListedProduct } from '../listings/documents.ts';
import { aspectsOf } from '../listings/listing-aspects.ts';
import type { ListingFilter, Sort } from '../listings/listing-filter.ts';
import { isBehind, lastCurrency, readCards, readListing } from '../listings/read-listing.ts';
import type { ListedSort } from '../listings/read-queries.ts';
import type { Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { searchProducts } from '../search/search-products.ts';
import { localesFor } from './product-cards.ts';
import type { ListMeta, ListProductsInput } from './shapes.ts';

/** A list as it is answered: JSON that is already written. */
export interface ListAnswer {
  json: string;
  shown: Shown;
}

/** A page, wherever it comes from. */
interface Page {
  state: KnownState;
  products: readonly ListedProduct[];
  /** Where the next page begins. */
  next: Place | null;
  meta: Omit<ListMeta, 'page' | 'limit' | 'next_cursor'>;
  shelves: string[];
}

/** A list read while changes wait says that it is not exact, and is said for little longer than they wait. */
const BEHIND_KEPT_MS = 2_000;

/** No engine looks further for one search. */
const MOST_FOUND = 10_000;

/** What is asked for, with what was left out filled in. */
interface Asked {
  input: ListProductsInput;
  filter: ListingFilter;
  sort: Sort;
  /** Where the page begins, if it is reached by cursor. */
  place: Place | null;
}

/**
 * One page of what is for sale. One statement for a category, brand, tag or everything; two more at most for a narrower list, two for
 * facets. With words it is what the search engine finds.
 */
export async function listProducts(shop: Shop, input: ListProductsInput): Promise<ListAnswer> {
  const { page, limit, cursor, currency, locale, q, facets = [] } = input;
  const sort = input.sort ?? (q === undefined ? 'newest' : 'relevance');
  const filter = filterOf(input);
  const scope: CursorScope = { sort, filter, currency, locale, q };
  const place = cursor === undefined ? null : readCursor(scope, cursor);
  const asked = { input, filter, sort, place };
  const found = q === undefined ? await browse(shop, asked) : await search(shop, q, asked);
  const { cards, until } = await cardTexts(shop, found.state, found.products);
  const meta: ListMeta = {
    page: place ? null : page,
    limit,
    next_cursor: found.next && writeCursor(scope, found.next),
    ...found.meta,
  };
  const texts = cards.map(({ text }) => text).join(',');
  return {
    json: `{"data":[${withAddress(shop, texts)}],"meta":${JSON.stringify(meta)}}`,
    shown: {
      products: found.products.map(({ product }) => product),
      shelves: found.shelves,
      aspects: aspectsOf(sort, filter, facets, q !== undefined),
      until: earliest([
        found.state.until,
        until,
        isBehind(found.state) ? new Date(Date.now() + BEHIND_KEPT_MS) : null,
      ]),
    },
  };
}

async function browse(shop: Shop, { input, filter, sort, place }: Asked): Promise<Page> {
  const { page, limit, currency, locale, facets = [] } = input;
  const start = place ?? { offset: (page - 1) * limit };
  const found = await readListing(shop, { filter, sort: sort as ListedSort, limit, start, currency, locale });
  const { state, conditions, category, total } = found;
  const isCurrent = !isBehind(state);
  const counted =
    facets.length === 0
      ? null
      : await countFacets(shop.db, {
          currency: state.currency,
          locales: localesFor(locale),
          category,
          conditions,
          facets,
        });
  return {
    state,
    products: found.products,
    next: found.has_more ? (found.products.at(-1) ?? null) : null,
    meta: {
      total,
      total_is_exact: isCurrent && found.total_is_exact,
      ...(counted && { facets: counted.facets, facets_are_exact: isCurrent && counted.facets_are_exact }),
    },
    shelves: [...new Set([...found.shelves, ...(counted?.shelves ?? [])])],
  };
}

/** What words find may change in its order while it is read, so that its pages are told by number. */
async function search(shop: Shop, q: string, asked: Asked): Promise<Page> {
  const { input, filter, sort, place } = asked;
  const { page, limit, locale, facets = [] } = input;
  const offset = place ? Math.min(Math.max(0, Number(place.rank)), MOST_FOUND) : (page - 1) * limit;
  const currency = input.currency ?? (await lastCurrency(shop));
  const wanted = { q, locale: locale ?? null, currency, filter, sort, limit, offset };
  const found = await searchProducts(shop, { ...wanted, facets });
  const { state, products } = await readCards(shop, found.ids, input.currency, locale);
  if (state.currency !== currency) return search(shop, q, asked);
  const isMore = found.ids.length > 0 && offset + found.ids.length < found.total;
  return {
    state,
    products,
    next: isMore ? { rank: offset + found.ids.length, second_rank: null, product: ALL_PRODUCTS } : null,
    meta: {
      total: found.total,
      total_is_exact: found.total_is_exact,
      ...(found.facets && { facets: found.facets, facets_are_exact: found.total_is_exact }),
      did_you_mean: found.did_you_mean,
      highlights: found.highlights,
    },
    shelves: [ALL_PRODUCTS],
  };
}

function filterOf(input: ListProductsInput): ListingFilter {
  const { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option } = input;
  return { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option };
}
