/** Documents are kept without the shop's address: it may move, and every process that reads them may have its own. */
import type { Shop } from '../platform/shop.ts';

const MARK = 'kontor://shop';

/** The shop as documents are built for storing. */
export function forStoring(shop: Shop): Shop {
  return { ...shop, env: { ...shop.env, PUBLIC_URL: MARK } };
}

/** Stored JSON as it is answered. */
export function withAddress(shop: Shop, json: string): string {
  if (!json.includes(MARK)) return json;
  return json.replaceAll(MARK, JSON.stringify(shop.env.PUBLIC_URL.replace(/\/+$/, '')).slice(1, -1));
}
