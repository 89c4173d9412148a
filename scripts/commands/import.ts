/** `npm run kontor -- import FILE.csv`: a Shopify product export into the catalogue. */
import {
  importProducts,
  type ImportResult,
  type ProductOutcome,
} from '../../extensions/commerce-api/src/catalog/import/import-products.ts';
import type { ImportIssue } from '../../extensions/commerce-api/src/catalog/import/plan-product.ts';
import { CsvProblem } from '../../extensions/commerce-api/src/catalog/import/read-shopify-csv.ts';
import { csvLine } from '../../extensions/commerce-api/src/core/csv-line.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { SetupProblem } from '../prepare.mjs';
import { currencyOf, oneFile, parseArguments } from './arguments.ts';
import { closeCsv, openCsv } from './csv-file.ts';
import { withShop } from './open-shop.ts';
import { progressBar } from './progress-bar.ts';

const USAGE = `npm run kontor -- import FILE.csv [options]

Reads a Shopify product export. Adds and updates products; removes nothing; may run again.

  --dry-run          show what would happen and write nothing
  --currency CODE    currency of the prices in the file (default: the shop's)
  --stock            set stock to the file's numbers for variants the shop counts already, too
  --report FILE      write every problem to FILE (CSV: line, handle, column, problem)`;

const PREVIEW_ROWS = 10;
const ISSUES_SHOWN = 10;
const REPORT_COLUMNS = ['line', 'handle', 'column', 'problem'];

/** `kontor import`: exit code 1 when whole products were left out; single lines that were are only reported. */
export async function run(args: string[]): Promise<number> {
  readArguments(args);
  return withShop(async ({ shop }) => {
    const { failed } = await importCommand(args, { shop, log: (line) => console.log(line) });
    return failed > 0 ? 1 : 0;
  });
}

/**
 * Imports, with a progress bar where there is a terminal, and says what came of it.
 * @throws SetupProblem with what to do when the arguments or the file are not usable
 */
export async function importCommand(
  args: string[],
  { shop, log }: { shop: Shop; log: (line: string) => void },
): Promise<ImportResult> {
  const { file, dry_run, stock, currency, report } = readArguments(args);
  const issues = report === null ? null : await openCsv(report, REPORT_COLUMNS, 'The report');
  const preview: ProductOutcome[] = [];
  const shown: ImportIssue[] = [];
  const bar = progressBar('{bar} {percentage}% | {value} of {total} products | {eta_formatted} left');
  const began = Date.now();
  try {
    const result = await importProducts(shop, file, {
      dry_run,
      stock,
      currency,
      onStart: (products) => bar.start(products, 0),
      onProduct: (outcome) => {
        bar.increment();
        if (preview.length < PREVIEW_ROWS && outcome.result !== 'unchanged') preview.push(outcome);
      },
      onIssue: (issue) => {
        if (shown.length < ISSUES_SHOWN) shown.push(issue);
        issues?.write(csvLine([issue.line, issue.handle, issue.column, issue.problem]));
      },
    });
    bar.stop();
    if (dry_run) for (const line of previewLines(preview)) log(line);
    for (const line of summary(result, { dry_run, file, seconds: (Date.now() - began) / 1000 })) log(line);
    for (const line of problemLines(shown, result, report)) log(line);
    for (const line of nextSteps(result, { dry_run })) log(line);
    return result;
  } catch (error) {
    bar.stop();
    throw error instanceof CsvProblem ? new SetupProblem(error.message) : error;
  } finally {
    if (issues) await closeCsv(issues);
  }
}

interface Arguments {
  file: string;
  dry_run: boolean;
  stock: boolean;
  currency: string | undefined;
  report: string | null;
}

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArguments(
    {
      args,
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        stock: { type: 'boolean', default: false },
        currency: { type: 'string' },
        report: { type: 'string' },
      },
    },
    USAGE,
  );
  const file = oneFile(positionals, USAGE);
  const currency = currencyOf(values.currency);
  return { file, dry_run: values['dry-run'], stock: values.stock, currency, report: values.report ?? null };
}

function previewLines(preview: readonly ProductOutcome[]): string[] {
  return preview.map(
    ({ line, result, name, handle, variants }) =>
      `  line ${String(line).padEnd(6)} ${result.padEnd(9)} ${name} (${handle}), ${plural(variants, 'variant')}`,
  );
}

function summary(result: ImportResult, run: { dry_run: boolean; file: string; seconds: number }): string[] {
  const { created, updated, unchanged, failed, currency } = result;
  const counts = `${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed`;
  const total = created + updated + unchanged + failed;
  const verb = run.dry_run ? 'Would import' : 'Imported';
  return [
    `${verb} ${plural(total, 'product')} of ${run.file} in ${currency}: ${counts} (${run.seconds.toFixed(1)} s).`,
  ];
}

function problemLines(
  shown: readonly ImportIssue[],
  { errors, warnings }: ImportResult,
  report: string | null,
): string[] {
  if (errors + warnings === 0) return [];
  const lines = shown.map(
    ({ line, handle, column, problem }) => `  line ${line}, ${handle || 'no handle'}, ${column}: ${problem}`,
  );
  const hidden = errors + warnings - shown.length;
  const rest = hidden > 0 ? [`  and ${hidden} more`] : [];
  const where = report === null ? 'Add --report FILE to keep the list.' : `All of them are in ${report}.`;
  return [`${plural(errors, 'error')}, ${plural(warnings, 'warning')}:`, ...lines, ...rest, where];
}

function nextSteps(result: ImportResult, { dry_run }: { dry_run: boolean }): string[] {
  if (dry_run) return ['Nothing was written. Run it again without --dry-run to import.'];
  const { created, updated, errors } = result;
  const mend =
    errors > 0
      ? ['Mend the lines named above and import the file again: what is in already stays as it is.']
      : [];
  const changed = created + updated > 0;
  const look = changed
    ? 'See the products at /store/products, or in the admin app under Products.'
    : 'Nothing had to be changed.';
  return [...mend, look];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
