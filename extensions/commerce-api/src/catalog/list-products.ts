import type { Shop } from '../platform/shop.ts';
import { productCards, viewing } from './product-cards.ts';
import { productIds } from './queries.ts';
import type { ListProductsInput, ProductCard } from './shapes.ts';

/** One page of what is for sale. Four statements at most, whatever the page size. */
export async function listProducts(
  shop: Shop,
  { page, limit, sort, currency, locale, ...filter }: ListProductsInput,
): Promise<{ cards: ProductCard[]; total: number }> {
  const view = await viewing(shop, { currency, locale });
  const { ids, total } = await productIds(
    shop.db,
    { ...filter, currency: view.currency, locales: view.locales },
    { sort, limit, offset: (page - 1) * limit },
  );
  return { cards: await productCards(shop, ids, view), total };
}
