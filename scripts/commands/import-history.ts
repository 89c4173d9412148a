/** `npm run kontor -- import-history FILE.csv[.gz]`: what a former shop sold, as orders that are over. */
import { CsvProblem } from '../../extensions/commerce-api/src/catalog/import/read-shopify-csv.ts';
import { csvLine } from '../../extensions/commerce-api/src/core/csv-line.ts';
import { formatMinor } from '../../extensions/commerce-api/src/core/money.ts';
import {
  importHistory,
  type HistoryOptions,
  type HistoryResult,
} from '../../extensions/commerce-api/src/orders/history/import-history.ts';
import { CHARGES } from '../../extensions/commerce-api/src/orders/history/plan-history.ts';
import { shopSettings } from '../../extensions/commerce-api/src/platform/settings.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { SetupProblem } from '../prepare.mjs';
import { currencyOf, oneFile, parseArguments } from './arguments.ts';
import { closeCsv, openCsv } from './csv-file.ts';
import { withShop } from './open-shop.ts';
import { progressBar } from './progress-bar.ts';

const USAGE = `npm run kontor -- import-history FILE.csv[.gz] [options]

Reads order lines of a former shop and keeps them as orders that were paid and handed over. Columns, with the names they may have:
  order (InvoiceNo)   sku (StockCode)   name (Description)   quantity   placed_at (InvoiceDate)   unit_price (UnitPrice)
  customer (CustomerID)   country   email                     the last three and name may be missing
A negative quantity takes back what the same customer bought before, and is refunded there. Nobody is mailed, no stock moves, orders
that are there already stay as they are: it may run again.

  --dry-run           show what would happen and write nothing
  --currency CODE     currency of the prices in the file (default: the shop's)
  --prefix TEXT       before the numbers of the file, so that they never meet the shop's own (default: H)
  --time-zone NAME    where the moments in the file were, unless they say so themselves (default: UTC)
  --products STATUS   archived, draft or published: what becomes of SKUs the shop does not know (default: archived)
  --charges LIST      codes that are charged for and are no goods (default: ${CHARGES.join(', ')})
  --report FILE       write every line that was left out to FILE (CSV: line, order, sku, reason)`;

const REPORT_COLUMNS = ['line', 'order', 'sku', 'reason'];

/** `kontor import-history`: exit code 0; lines that are no sales are left out and said. */
export async function run(args: string[]): Promise<number> {
  readArguments(args);
  return withShop(async ({ shop }) => {
    await importHistoryCommand(args, { shop, log: (line) => console.log(line) });
    return 0;
  });
}

/**
 * Imports, with a progress bar where there is a terminal, and says what came of it.
 * @throws SetupProblem with what to do when the arguments or the file are not usable
 */
export async function importHistoryCommand(
  args: string[],
  { shop, log }: { shop: Shop; log: (line: string) => void },
): Promise<HistoryResult> {
  const { file, report, ...options } = readArguments(args);
  const { order_prefix } = await shopSettings(shop.db);
  if (options.prefix === order_prefix) {
    throw new SetupProblem(`Orders of this shop begin with "${order_prefix}", too: choose another --prefix.`);
  }
  const list = report === null ? null : await openCsv(report, REPORT_COLUMNS, 'The report');
  const bar = progressBar('{bar} {percentage}% | {value} of {total} orders | {eta_formatted} left');
  const began = Date.now();
  try {
    const result = await importHistory(shop, file, {
      ...options,
      onStart: (orders) => bar.start(orders, 0),
      onOrders: (done) => bar.update(done),
      onLeftOut: ({ line, order, sku, reason }) => list?.write(csvLine([line, order, sku, reason])),
    });
    bar.stop();
    for (const line of fileLines(result, file)) log(line);
    for (const line of resultLines(result, { ...options, seconds: (Date.now() - began) / 1000 })) log(line);
    for (const line of leftOutLines(result, report)) log(line);
    if (options.dry_run) log('Nothing was written. Run it again without --dry-run to import.');
    return result;
  } catch (error) {
    bar.stop();
    throw error instanceof CsvProblem ? new SetupProblem(error.message) : error;
  } finally {
    if (list) await closeCsv(list);
  }
}

type Arguments = HistoryOptions & { file: string; report: string | null; dry_run: boolean };

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArguments(
    {
      args,
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        currency: { type: 'string' },
        prefix: { type: 'string', default: 'H' },
        'time-zone': { type: 'string', default: 'UTC' },
        products: { type: 'string', default: 'archived' },
        charges: { type: 'string', default: CHARGES.join(',') },
        report: { type: 'string' },
      },
    },
    USAGE,
  );
  const file = oneFile(positionals, USAGE);
  const currency = currencyOf(values.currency);
  if (values.prefix.length > 8) throw new SetupProblem('A prefix has eight characters at most.');
  return {
    file,
    dry_run: values['dry-run'],
    currency,
    prefix: values.prefix,
    time_zone: timeZone(values['time-zone']),
    products: productStatus(values.products),
    charges: values.charges
      .split(',')
      .map((code) => code.trim())
      .filter((code) => code !== ''),
    report: values.report ?? null,
  };
}

function timeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new SetupProblem(`${name} is no time zone such as Europe/London.`);
  }
}

function productStatus(text: string): NonNullable<HistoryOptions['products']> {
  if (text === 'archived' || text === 'draft' || text === 'published') return text;
  throw new SetupProblem(`--products takes archived, draft or published, not ${text}.`);
}

function fileLines({ file }: HistoryResult, path: string): string[] {
  return [
    `${path} holds ${file.lines} lines of ${file.orders} orders: ${file.credits} take something back (${file.credit_lines} lines).`,
    `  ${file.skus} SKUs, ${file.customers} customers, ${file.countries} countries; ${file.lines_without_customer} lines without a customer,`,
    `  ${file.free_lines} without a price, ${file.negative_lines} corrections of stock; ${file.units} units for ${file.value} in all.`,
  ];
}

function resultLines(result: HistoryResult, run: { dry_run: boolean; seconds: number }): string[] {
  const { orders, lines, credits, refunds, products, currency } = result;
  const money = (amount_minor: number) => `${formatMinor(amount_minor, currency)} ${currency}`;
  return [
    `${run.dry_run ? 'Would import' : 'Imported'} ${orders.created} orders of ${lines} lines; ${orders.unchanged} are there already (${run.seconds.toFixed(1)} s).`,
    `  Sold ${money(result.sold_minor)}, paid back ${money(result.refunded_minor)} in ${refunds} refunds;`,
    `  of those ${money(result.credited_minor)} in ${credits} orders that are known only from being taken back.`,
    `  Products: ${products.created} new, ${products.matched} known.`,
  ];
}

function leftOutLines({ left_out }: HistoryResult, report: string | null): string[] {
  const reasons = Object.entries(left_out);
  if (reasons.length === 0) return [];
  const where = report === null ? 'Add --report FILE to keep the list.' : `All of them are in ${report}.`;
  return ['Lines left out:', ...reasons.map(([reason, count]) => `  ${count}  ${reason}`), where];
}
