/** What a product is, as `products.kind` says it. */
export const PRODUCT_KINDS = ['physical', 'digital', 'service', 'bundle', 'gift_card'] as const;
export type ProductKind = (typeof PRODUCT_KINDS)[number];

/** Whether somebody has to carry it: its order needs an address and a shipping method. */
export function isShipped(kind: ProductKind): boolean {
  return kind === 'physical' || kind === 'bundle';
}
