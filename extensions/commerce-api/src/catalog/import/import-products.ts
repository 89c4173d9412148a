/** Brings a Shopify product export into the catalogue. */
import { countStock } from '../../inventory/count-stock.ts';
import { inTransaction } from '../../platform/database.ts';
import type { Shop } from '../../platform/shop.ts';
import { diffProduct, isUnchanged, type ProductDiff } from './diff-product.ts';
import { planProduct, type ImportIssue, type ProductPlan, type VariantPlan } from './plan-product.ts';
import { importLocation, ownersOfSkus, productsBySlug, shopCurrency, type KnownProduct } from './queries.ts';
import { readShopifyCsv, surveyShopifyCsv, type ProductRows } from './read-shopify-csv.ts';
import { writeProduct } from './write-product.ts';

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
  errors: number;
  warnings: number;
}

/** What one run carries from batch to batch. */
interface Run {
  shop: Shop;
  options: ImportOptions;
  location: string | null;
  result: ImportResult;
  /** Who of this file has a SKU. */
  claims: Map<string, { slug: string; line: number }>;
}

/** Products compared with the shop in one go; each is written in a transaction of its own. */
const BATCH = 50;

/**
 * Imports a file: new products and variants are added, others updated where the file differs, nothing is removed. May run
 * again: the second run changes nothing. Stock is counted in when a variant gets its first level, later only with `stock`.
 * A problem costs its line or its product; the rest goes on.
 * @throws CsvProblem when the file as a whole cannot be read
 */
export async function importProducts(
  shop: Shop,
  file: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const currency = options.currency ?? (await shopCurrency(shop.db)) ?? 'USD';
  const location = await importLocation(shop.db);
  if (location === null) shop.log.warn({}, 'There is no active stock location, so quantities are left out');
  const result = { currency, created: 0, updated: 0, unchanged: 0, failed: 0, errors: 0, warnings: 0 };
  const run: Run = { shop, options, location, result, claims: new Map() };
  const survey = await surveyShopifyCsv(file);
  options.onStart?.(survey.products);
  let batch: ProductRows[] = [];
  for await (const product of readShopifyCsv(file, survey)) {
    batch.push(product);
    if (batch.length < BATCH) continue;
    await importBatch(run, batch);
    batch = [];
  }
  await importBatch(run, batch);
  return result;
}

async function importBatch(run: Run, batch: readonly ProductRows[]): Promise<void> {
  const planned = batch.map((rows) => ({ rows, ...planProduct(rows, { currency: run.result.currency }) }));
  const plans = planned.flatMap(({ plan }) => (plan ? [plan] : []));
  const skus = plans.flatMap((plan) => plan.variants.map(({ sku }) => sku));
  const owners = await ownersOfSkus(run.shop.db, skus);
  const known = await productsBySlug(
    run.shop.db,
    plans.map(({ slug }) => slug),
    run.location,
  );
  for (const { rows, plan, issues } of planned) {
    for (const issue of issues) report(run, issue);
    if (plan) {
      await importProduct(run, withOwnSkus(run, plan, owners), known.get(plan.slug) ?? null);
    } else {
      const first = rows.rows[0];
      settle(run, {
        line: first?.line ?? 0,
        handle: rows.handle,
        name: first?.cells.Title ?? '',
        result: 'failed',
        variants: 0,
      });
    }
  }
}

async function importProduct(run: Run, plan: ProductPlan, known: KnownProduct | null): Promise<void> {
  const outcome = { line: plan.line, handle: plan.handle, name: plan.name, variants: plan.variants.length };
  if (plan.variants.length === 0 && known === null) return settle(run, { ...outcome, result: 'failed' });
  const diff = diffProduct(plan, known, { stock: run.options.stock ?? false });
  if (run.location === null) diff.counts = [];
  if (isUnchanged(diff)) return settle(run, { ...outcome, result: 'unchanged' });
  try {
    if (!run.options.dry_run) await write(run, plan, diff, known);
  } catch (error) {
    if (!isAboutData(error)) throw error;
    const problem = `The database refused the product: ${(error as Error).message.split(' - ').at(-1)}`;
    report(run, { severity: 'error', line: plan.line, handle: plan.handle, column: 'Handle', problem });
    return settle(run, { ...outcome, result: 'failed' });
  }
  settle(run, { ...outcome, result: known ? 'updated' : 'created' });
}

async function write(
  run: Run,
  plan: ProductPlan,
  diff: ProductDiff,
  known: KnownProduct | null,
): Promise<void> {
  const refused = await inTransaction(run.shop.db, async (trx) => {
    const ids = await writeProduct(trx, { plan, diff, known, now: run.shop.now() });
    if (run.location === null || diff.counts.length === 0) return [];
    const counts = diff.counts.map(({ sku, quantity }) => ({
      variant: ids.get(sku) ?? '',
      on_hand: quantity,
    }));
    const held = await countStock(trx, run.location, counts, {
      reason: 'import',
      note: `Import of ${plan.handle}`,
    });
    return diff.counts.filter(({ sku }) => held.has(ids.get(sku) ?? ''));
  });
  for (const { line, quantity } of refused) {
    const problem = `Open orders hold more than ${quantity} units, so the stock was left as it is.`;
    report(run, { severity: 'error', line, handle: plan.handle, column: 'Variant Inventory Qty', problem });
  }
}

/** The plan without variants whose SKU belongs to another product; whoever came first keeps it. */
function withOwnSkus(run: Run, plan: ProductPlan, owners: ReadonlyMap<string, string>): ProductPlan {
  const isOwn = ({ sku, line }: VariantPlan): boolean => {
    const claim = run.claims.get(sku);
    const owner = claim?.slug ?? owners.get(sku) ?? plan.slug;
    if (owner === plan.slug) {
      run.claims.set(sku, { slug: plan.slug, line });
      return true;
    }
    const where = claim ? `${owner}, line ${claim.line}` : `${owner} in the shop`;
    const problem = `The SKU ${sku} belongs to ${where}; this variant was left out.`;
    report(run, { severity: 'error', line, handle: plan.handle, column: 'Variant SKU', problem });
    return false;
  };
  return { ...plan, variants: plan.variants.filter(isOwn) };
}

function report(run: Run, issue: ImportIssue): void {
  if (issue.severity === 'error') run.result.errors += 1;
  else run.result.warnings += 1;
  run.options.onIssue?.(issue);
}

function settle(run: Run, outcome: ProductOutcome): void {
  run.result[outcome.result] += 1;
  run.options.onProduct?.(outcome);
}

/** SQLSTATE classes 22 (data) and 23 (constraints): this product's fault, not the database's. */
function isAboutData(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^2[23]/.test(code);
}
