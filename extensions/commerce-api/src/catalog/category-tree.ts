import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { groupBy } from '../core/group-by.ts';
import { categoryCounts } from '../listings/category-counts.ts';
import { imageOf, localesFor } from './product-cards.ts';
import { publishedCategories, type CategoryRow } from './queries.ts';
import type { CategoriesInput, Category, CategoryNode, Named } from './shapes.ts';

/**
 * The published categories as trees, roots first in their order. What hangs below an unpublished category is hidden with it.
 * One statement; two with product counts.
 */
export async function categoryTree(shop: Shop, input: CategoriesInput): Promise<CategoryNode[]> {
  const categories = await publishedCategories(shop.db, localesFor(input.locale));
  const counts = input.product_count ? await categoryCounts(shop, input.currency) : null;
  const childrenOf = groupBy(categories, (category) => category.parent);
  const grow = (parent: string | null): CategoryNode[] =>
    (childrenOf.get(parent) ?? []).map((row) => ({ ...node(shop, row, counts), children: grow(row.id) }));
  return grow(null);
}

/** @throws KontorError NOT_FOUND when the tree does not hold the category. */
export async function readCategory(shop: Shop, slug: string, input: CategoriesInput): Promise<Category> {
  const path = pathTo(await categoryTree(shop, input), slug);
  const found = path.at(-1);
  if (!found) throw new KontorError('NOT_FOUND');
  return { ...found, breadcrumbs: path.map((step): Named => ({ slug: step.slug, name: step.name })) };
}

function node(
  shop: Shop,
  row: CategoryRow,
  counts: Map<string, number> | null,
): Omit<CategoryNode, 'children'> {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    image: imageOf(shop, { file: row.image, alt: row.name }),
    ...(counts && { product_count: counts.get(row.id) ?? 0 }),
  };
}

function pathTo(nodes: readonly CategoryNode[], slug: string): CategoryNode[] {
  for (const each of nodes) {
    if (each.slug === slug) return [each];
    const below = pathTo(each.children, slug);
    if (below.length > 0) return [each, ...below];
  }
  return [];
}
