/** Brings what a former shop sold into this one, as orders that are over. */
import { ensureProducts, knownSkus } from '../../catalog/import/ensure-products.ts';
import { inTransaction } from '../../platform/database.ts';
import { enqueue } from '../../platform/jobs.ts';
import { shopSettings } from '../../platform/settings.ts';
import type { Shop } from '../../platform/shop.ts';
import { historyLine, type HistoryLine, type LeftOut } from './history-line.ts';
import { emailOf, guestId, historyRows } from './history-rows.ts';
import { countRecords, type FileTotals } from './file-totals.ts';
import { planHistory, type HistoryPlan, type PastOrder } from './plan-history.ts';
import { analyzeOrders, beginHistory, insertGuests, insertHistory, knownNumbers } from './queries.ts';
import { readHistoryCsv } from './read-history-csv.ts';

export interface HistoryOptions {
  /** Nothing is written; the result says what would be. */
  dry_run?: boolean;
  /** ISO 4217, of all prices in the file; the shop's own when not given. */
  currency?: string | undefined;
  /** Before the numbers of the file, so that they never meet the shop's own. */
  prefix?: string;
  /** IANA name: where moments without a zone were. */
  time_zone?: string;
  /** What becomes of SKUs the shop does not know: an archived product, unless told otherwise. */
  products?: 'archived' | 'draft' | 'published';
  /** Codes that are charged for and are no goods. */
  charges?: readonly string[];
  onStart?: (orders: number) => void;
  onOrders?: (done: number) => void;
  onLeftOut?: (line: { line: number; order: string; sku: string; reason: LeftOut }) => void;
}

export interface HistoryResult {
  currency: string;
  file: FileTotals;
  orders: { created: number; unchanged: number };
  /** Of those, what was taken back before it was known as sold. */
  credits: number;
  lines: number;
  refunds: number;
  products: { created: number; matched: number };
  left_out: Partial<Record<LeftOut, number>>;
  sold_minor: number;
  refunded_minor: number;
  /** The part of both that is known only from being taken back. */
  credited_minor: number;
}

const BATCH = 500;

/**
 * Imports order lines as orders that were paid and handed over, with what was taken back refunded. Nobody is mailed, no stock
 * moves, nothing is announced; recommendations are computed anew. May run again: orders that are there already stay as they are.
 * Orders are written five hundred at a time, so an import that was ended goes on where it was when it is run again. Holds the
 * whole file in memory, some 1.5 kB a line, since a credit may belong to any order before it; the credits of a file are
 * looked up in the same file only.
 * @throws CsvProblem when the file as a whole cannot be read
 */
export async function importHistory(
  shop: Shop,
  file: string,
  options: HistoryOptions = {},
): Promise<HistoryResult> {
  const { currency } =
    options.currency === undefined ? await shopSettings(shop.db) : { currency: options.currency };
  const { totals, lines, unread } = await readLines(file, currency);
  const plan = planHistory(lines, options.charges);
  const result = emptyResult(totals, currency);
  for (const each of [...unread, ...plan.left_out]) {
    result.left_out[each.reason] = (result.left_out[each.reason] ?? 0) + 1;
    options.onLeftOut?.(each);
  }
  options.onStart?.(plan.orders.length);
  const sellable = await productsFor(shop, plan, options, result);
  const prefix = options.prefix ?? 'H';
  for (let start = 0; start < plan.orders.length; start += BATCH) {
    const batch = plan.orders.slice(start, start + BATCH);
    const added = await inTransaction(shop.db, async (trx) => {
      await beginHistory(trx, options.time_zone ?? 'UTC');
      const known = await knownNumbers(
        trx,
        batch.map(({ number }) => prefix + number),
      );
      const missing = batch.filter(({ number }) => !known.has(prefix + number));
      if (options.dry_run || missing.length === 0) return missing;
      await insertGuests(trx, guestsOf(missing, prefix));
      const context = { prefix, currency, newId: shop.newId, sellable };
      await insertHistory(trx, historyRows(missing, context));
      return missing;
    });
    count(result, added, batch.length);
    options.onOrders?.(start + batch.length);
  }
  if (!options.dry_run && result.orders.created > 0) {
    await analyzeOrders(shop.db);
    await enqueue(shop.db, 'compute-affinities', {}, { job_key: 'compute-affinities:history' });
  }
  return result;
}

async function readLines(file: string, currency: string) {
  const lines: HistoryLine[] = [];
  const unread: HistoryPlan['left_out'] = [];
  const totals = await countRecords(readHistoryCsv(file), (record) => {
    const line = historyLine(record, currency);
    if (typeof line !== 'string') lines.push(line);
    else unread.push({ line: record.line, order: record.order, sku: record.sku, reason: line });
  });
  return { totals, lines, unread };
}

async function productsFor(
  shop: Shop,
  { products }: HistoryPlan,
  options: HistoryOptions,
  result: HistoryResult,
) {
  const skus = products.map(({ sku }) => sku);
  const known = await knownSkus(shop.db, skus);
  result.products = { created: products.length - known.size, matched: known.size };
  if (options.dry_run) return known;
  const { products: status = 'archived' } = options;
  return inTransaction(shop.db, async (trx) => {
    await beginHistory(trx, 'UTC');
    return ensureProducts(shop, trx, products, { status, currency: result.currency });
  });
}

function guestsOf(orders: readonly PastOrder[], prefix: string): { id: string; email: string }[] {
  const guests = new Map<string, string>();
  for (const order of orders)
    if (order.customer !== null) guests.set(guestId(prefix, order.customer), emailOf(order));
  return [...guests].map(([id, email]) => ({ id, email }));
}

function emptyResult(file: FileTotals, currency: string): HistoryResult {
  return {
    currency,
    file,
    orders: { created: 0, unchanged: 0 },
    credits: 0,
    lines: 0,
    refunds: 0,
    products: { created: 0, matched: 0 },
    left_out: {},
    sold_minor: 0,
    refunded_minor: 0,
    credited_minor: 0,
  };
}

function count(result: HistoryResult, added: readonly PastOrder[], of: number): void {
  result.orders.created += added.length;
  result.orders.unchanged += of - added.length;
  for (const { is_credit, lines, refunds, total_minor } of added) {
    const credited = is_credit
      ? total_minor
      : refunds.reduce((sum, { amount_minor }) => sum + amount_minor, 0);
    result.credits += is_credit ? 1 : 0;
    result.lines += lines.length;
    result.refunds += is_credit ? 1 : refunds.length;
    result.sold_minor += total_minor;
    result.refunded_minor += credited;
    result.credited_minor += is_credit ? total_minor : 0;
  }
}
