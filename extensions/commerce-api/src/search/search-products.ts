import type { Shop } from '../platform/shop.ts';
import type { SearchFound, SearchWanted } from '../providers/search.ts';
import { searchEngine } from './choose-engine.ts';

/** One page of what some words find, narrowed, ordered and counted as a list without words is. */
export function searchProducts(shop: Shop, wanted: SearchWanted): Promise<SearchFound> {
  return searchEngine(shop).search(wanted);
}
