/** Ready texts of products, for one currency and language: kept ones where they are fresh, built and kept ones else. */
import { localesFor, productCards, type Viewing } from '../catalog/product-cards.ts';
import { readProduct } from '../catalog/read-product.ts';
import { earliest } from '../core/earliest.ts';
import { KontorError } from '../errors.ts';
import type { Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { forStoring, withAddress } from './document-address.ts';
import {
  keepDocuments,
  keptPage,
  type BuiltDocument,
  type ListingState,
  type PageProduct,
} from './read-queries.ts';

/** A product on a page, with its card as far as that is kept. */
export type ListedProduct = Pick<PageProduct, 'product' | 'is_waiting' | 'body'>;

/** The state of listings with its currency known. */
export type KnownState = ListingState & { currency: string };

/** @throws KontorError UNAVAILABLE while the shop has no settings */
export function requireCurrency(state: ListingState): asserts state is KnownState {
  if (state.currency === null) throw new KontorError('UNAVAILABLE');
}

/** Whether a kept text may be shown as it is. */
function isFresh(state: ListingState, kept: Pick<ListedProduct, 'is_waiting' | 'body'>): boolean {
  return kept.body !== null && !kept.is_waiting && !state.is_wide && !state.is_due;
}

/** For whom texts are built that are kept for others, too. */
function viewingOf({ currency, locale }: KnownState): Viewing {
  return { currency, locales: localesFor(locale || undefined) };
}

/** Texts of cards, and when the first of them changes by the clock, as far as that is not known to the listings. */
export interface CardTexts {
  cards: { product: string; text: string }[];
  until: Date | null;
}

/**
 * The cards of products in their order, as JSON still without the shop's address. What has changed is looked at as it is now, and left
 * out if shoppers may no longer see it. No statement where every card is kept, two else.
 */
export async function cardTexts(
  shop: Shop,
  state: KnownState,
  listed: readonly ListedProduct[],
): Promise<CardTexts> {
  const missing = listed.filter((each) => !isFresh(state, each)).map(({ product }) => product);
  if (missing.length === 0) {
    return { cards: listed.map(({ product, body }) => ({ product, text: body ?? '' })), until: null };
  }
  const built = await buildCards(shop, state, missing);
  const cards = listed.flatMap((each) => {
    const text = isFresh(state, each) ? each.body : built.texts.get(each.product);
    return text == null ? [] : [{ product: each.product, text }];
  });
  return { cards, until: built.until };
}

async function buildCards(
  shop: Shop,
  state: KnownState,
  products: string[],
): Promise<{ texts: Map<string, string>; until: Date | null }> {
  const cards = await productCards(forStoring(shop), products, viewingOf(state));
  const built = cards.flatMap(({ product, card }): BuiltDocument[] =>
    card ? [{ product, kind: 'card', body: JSON.stringify(card), depends: [] }] : [],
  );
  if (built.length > 0) await keepDocuments(shop.db, state, built);
  return {
    texts: new Map(built.map(({ product, body }) => [product, body])),
    until: earliest(cards.map(({ due_at }) => due_at)),
  };
}

/**
 * The page of a product as JSON. One statement where it is kept, three else.
 * @throws KontorError NOT_FOUND for what shoppers may not see or cannot buy in the currency
 */
export async function productPage(
  shop: Shop,
  slug: string,
  wanted: { currency?: string | undefined; locale?: string | undefined },
): Promise<{ text: string; shown: Shown }> {
  const kept = await keptPage(shop.db, slug, wanted.currency, localesFor(wanted.locale));
  requireCurrency(kept);
  const { product } = kept;
  if (product === null) throw new KontorError('NOT_FOUND');
  const { body, depends, until } = isFresh(kept, kept)
    ? { body: kept.body ?? '', depends: kept.depends ?? [], until: kept.until }
    : await buildPage(shop, kept, product);
  const shown: Shown = { products: [product, ...depends], shelves: [], aspects: [], until };
  return { text: withAddress(shop, body), shown };
}

async function buildPage(
  shop: Shop,
  state: KnownState,
  product: string,
): Promise<{ body: string; depends: string[]; until: Date | null }> {
  const built = await readProduct(forStoring(shop), product, viewingOf(state));
  if (!built) throw new KontorError('NOT_FOUND');
  const document = { body: JSON.stringify(built.page), depends: built.depends };
  const until = await keepDocuments(shop.db, state, [{ product, kind: 'page', ...document }]);
  return { ...document, until: earliest([built.due_at, until]) };
}
