/** Plants the demo shop: a small, made-up shop for home and outdoor goods. */
import type { Knex } from 'knex';
import { PUBLIC_FOLDER } from '../access/ids.ts';
import { fixedId } from '../fixed-id.ts';
import { insertMissing, type SeedRow } from '../insert-missing.ts';
import { UNNAMED_SHOP } from '../reference/apply-reference.ts';
import {
  bundleItemRows,
  galleryRows,
  priceRows,
  PRODUCTS,
  productCategoryRows,
  productRows,
  productTagRows,
  productTranslationRows,
  relatedRows,
  reviewRows,
  stockLevelRows,
  variantRows,
  variantsOf,
} from './catalogue-rows.ts';
import { BRANDS, CATEGORIES, TAGS } from './categories.ts';
import { allPictures, categoryPicture, storePictures } from './pictures.ts';
import { PROMOTION_CODES, PROMOTION_SCOPES, PROMOTIONS } from './promotions.ts';
import { CUSTOMER_GROUPS, priceLists } from './selling.ts';
import { DEMO_TAX_RATES, SHIPPING_METHODS, SHIPPING_ZONES, SHOP_NAME, STOCK_LOCATIONS } from './shop.ts';

export interface DemoOptions {
  /** The folder of Directus' storage location `local`. */
  storage_root: string;
  log: (line: string) => void;
}

const FOLDER = fixedId('folder', 'demo-shop');

/**
 * Adds the demo shop's missing rows in one transaction, after drawing its pictures. Needs the access rules and
 * the reference data. May run twice:
 * what exists keeps its values, and stock is counted in once, together with its movements.
 * @throws Error when there is no folder for pictures
 */
export async function applyDemo(db: Knex, { storage_root, log }: DemoOptions): Promise<{ changed: boolean }> {
  if (storage_root === '') {
    throw new Error(
      'The demo shop keeps its pictures in the local storage: set STORAGE_LOCAL_ROOT, or leave the demo out.',
    );
  }
  const files = await storePictures(allPictures(PRODUCTS), { storage_root, folder: FOLDER, log });
  const variants = PRODUCTS.flatMap(variantsOf);
  const planted = new Date();
  const tables: [table: string, rows: readonly SeedRow[]][] = [
    ['directus_folders', [{ id: FOLDER, name: 'Demo shop', parent: PUBLIC_FOLDER }]],
    ['directus_files', files],
    ['stock_locations', STOCK_LOCATIONS],
    ['tax_rates', DEMO_TAX_RATES],
    ['shipping_zones', SHIPPING_ZONES],
    ['shipping_methods', SHIPPING_METHODS],
    ['customer_groups', CUSTOMER_GROUPS],
    ['brands', BRANDS.map((brand) => ({ id: fixedId('brand', brand.slug), ...brand }))],
    ['tags', Object.entries(TAGS).map(([slug, name]) => ({ id: fixedId('tag', slug), slug, name }))],
    ['categories', categoryRows()],
    ['categories_translations', categoryTranslationRows()],
    ['products', productRows()],
    ['products_files', galleryRows()],
    ['products_categories', productCategoryRows()],
    ['products_tags', productTagRows()],
    ['products_translations', productTranslationRows()],
    ['related_products', relatedRows()],
    ['reviews', reviewRows()],
    ['product_variants', variantRows(variants, planted)],
    ['bundle_items', bundleItemRows(variants)],
    ['price_lists', priceLists(planted)],
    ['prices', priceRows(variants)],
    ['promotions', PROMOTIONS],
    ['promotion_scopes', PROMOTION_SCOPES],
    ['promotion_codes', PROMOTION_CODES],
  ];
  return db.transaction(async (trx) => {
    let changed = false;
    for (const [table, rows] of tables) changed = (await insertMissing(trx, table, rows)).size > 0 || changed;
    changed = (await countInStock(trx, stockLevelRows(variants))) || changed;
    const named = await trx('shop_settings')
      .where({ shop_name: UNNAMED_SHOP })
      .update({ shop_name: SHOP_NAME });
    log(`Demo shop: ${PRODUCTS.length} products, ${variants.length} variants, ${files.length} pictures`);
    return { changed: changed || named > 0 };
  });
}

/** Opens missing stock levels, and counts in what is there as movements: those alone change a level. */
async function countInStock(trx: Knex.Transaction, levels: readonly SeedRow[]): Promise<boolean> {
  const empty = levels.map((level) => ({ ...level, on_hand: 0 }));
  const added = await insertMissing(trx, 'stock_levels', empty);
  const movements = levels
    .filter(({ id, on_hand }) => added.has(String(id)) && on_hand !== 0)
    .map(({ variant, location, on_hand }) => ({
      variant: variant ?? null,
      location: location ?? null,
      delta_on_hand: on_hand ?? null,
      delta_reserved: 0,
      reason: 'initial',
      note: 'Demo shop',
    }));
  if (movements.length > 0) await trx.batchInsert('stock_movements', movements, 200);
  return added.size > 0;
}

/** Parents first, so that children find them. */
function categoryRows(): SeedRow[] {
  const rows = CATEGORIES.map((category, index) => ({
    id: fixedId('category', category.slug),
    status: 'published',
    parent: category.parent ? fixedId('category', category.parent) : null,
    name: category.name,
    slug: category.slug,
    description: category.description,
    image: categoryPicture(category).id,
    sort: index + 1,
  }));
  return rows.sort((a, b) => Number(a.parent !== null) - Number(b.parent !== null));
}

function categoryTranslationRows(): SeedRow[] {
  return CATEGORIES.map(({ slug, german }) => ({
    id: fixedId('category_translation', `${slug}/de-DE`),
    category: fixedId('category', slug),
    language: 'de-DE',
    ...german,
  }));
}
