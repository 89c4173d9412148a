/** Brings a Shopify product export into the catalogue. */
import { countStock } from '../../inventory/count-stock.ts';
import { brokenConstraint, inTransaction, type Transaction } from '../../platform/database.ts';
import type { Shop } from '../../platform/shop.ts';
import { diffProduct, isUnchanged, type ProductDiff, type StockCount } from './diff-product.ts';
import { planProduct, type ImportIssue, type ProductPlan } from './plan-product.ts';
import {
  addTag,
  addToCategory,
  ensureNamed,
  importLocation,
  insertImages,
  insertProduct,
  insertVariants,
  openStockLevels,
  ownersOfSkus,
  productsBySlug,
  shopCurrency,
  updateImage,
  updateProduct,
  updateVariant,
} from './queries.ts';
import { readShopifyCsv, surveyShopifyCsv, type ProductRows } from './read-shopify-csv.ts';

export interface ImportOptions {
  /** Nothing is written; the result says what would be. */
  dry_run?: boolean;
  /** Set stock of variants the shop counts already to the file's numbers. */
  stock?: boolean;
  /** ISO 4217; the shop's own currency when not given. */
  currency?: string;
  onStart?: (products: number) => void;
  onProduct?: (outcome: ProductOutcome) => void;
  onIssue?: (issue: ImportIssue) => void;
}

export interface ProductOutcome {
  line: number;
  handle: string;
  name: string;
  result: 'created' | 'updated' | 'unchanged' | 'failed';
  variants: number;
}

export interface ImportResult {
  currency: string;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  variants: number;
  errors: number;
  warnings: number;
}

/** Products compared with the shop in one go; each is written in a transaction of its own. */
const BATCH = 50;

/**
 * Imports a file: new products and variants are added, others updated where the file differs, nothing is removed. May run
 * again: the second run changes nothing. Stock is counted in when a variant gets its first level, later only with `stock`.
 * A problem concerns its line or its product; the rest goes on.
 * @throws CsvProblem when the file as a whole cannot be read
 */
export async function importProducts(shop: Shop, file: string, options: ImportOptions = {}): Promise<ImportResult> {
  const currency = options.currency ?? (await shopCurrency(shop.db)) ?? 'USD';
  const run = new ImportRun(shop, options, currency, await importLocation(shop.db));
  const survey = await surveyShopifyCsv(file);
  options.onStart?.(survey.products);
  let batch: ProductRows[] = [];
  for await (const product of readShopifyCsv(file, survey)) {
    batch.push(product);
    if (batch.length < BATCH) continue;
    await run.take(batch);
    batch = [];
  }
  await run.take(batch);
  return run.result;
}

class ImportRun {
  readonly result: ImportResult;
  readonly shop: Shop;
  readonly options: ImportOptions;
  readonly location: string | null;
  /** Who of this file has a SKU: slug and line. */
  readonly claims = new Map<string, { slug: string; line: number }>();
  readonly ids = new Map<string, string>();

  constructor(shop: Shop, options: ImportOptions, currency: string, location: string | null) {
    this.shop = shop;
    this.options = options;
    this.location = location;
    this.result = { currency, created: 0, updated: 0, unchanged: 0, failed: 0, variants: 0, errors: 0, warnings: 0 };
  }
}
