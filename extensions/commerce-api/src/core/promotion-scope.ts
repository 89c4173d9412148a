import type { PromotionScope } from './promotion-facts.ts';

/** What scopes look at. `categories` are those of the product with all their ancestors: a subtree is a membership. */
export interface ScopedGoods {
  product: string;
  variant: string;
  categories: readonly string[];
  brand: string | null;
  tags: readonly string[];
}

/** Whether a row is about these goods: all its columns must match, those that are null match anything. */
export function matchesRow(row: PromotionScope, goods: ScopedGoods): boolean {
  return (
    (row.product === null || row.product === goods.product) &&
    (row.variant === null || row.variant === goods.variant) &&
    (row.brand === null || row.brand === goods.brand) &&
    (row.category === null || goods.categories.includes(row.category)) &&
    (row.tag === null || goods.tags.includes(row.tag))
  );
}

/**
 * Whether goods are on a side of a promotion, given which of its rows match them. Rows are alternatives; one that excludes
 * wins over all that include; without rows that include everything is in.
 */
export function isInScope(
  scopes: readonly PromotionScope[],
  matches: readonly boolean[],
  side: PromotionScope['side'],
): boolean {
  let needsMatch = false;
  let isIncluded = false;
  for (const [index, row] of scopes.entries()) {
    if (row.side !== side) continue;
    const hit = matches[index]!;
    if (row.effect === 'exclude') {
      if (hit) return false;
    } else {
      needsMatch = true;
      isIncluded ||= hit;
    }
  }
  return isIncluded || !needsMatch;
}
