/** Reads a Shopify product export line by line, however long it is, and hands out one product at a time. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

/** The columns Kontor reads; everything else in the file is left aside. Headers match in any case. */
const COLUMNS = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Published',
  'Status',
  'Option1 Name',
  'Option1 Value',
  'Option2 Name',
  'Option2 Value',
  'Option3 Name',
  'Option3 Value',
  'Variant SKU',
  'Variant Grams',
  'Variant Inventory Tracker',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Price',
  'Variant Compare At Price',
  'Variant Requires Shipping',
  'Variant Taxable',
  'Variant Barcode',
  'Variant Image',
  'Image Src',
  'Image Position',
  'Image Alt Text',
  'Gift Card',
  'SEO Title',
  'SEO Description',
  'Cost per item',
] as const;

export type Column = (typeof COLUMNS)[number];

const REQUIRED: readonly Column[] = ['Handle', 'Title', 'Variant Price'];
const LONGEST_RECORD = 4_000_000;

/** One record. Cells are trimmed; a column the file lacks is missing here too. */
export interface CsvRow {
  /** Where the record starts, counting the header as line 1. */
  line: number;
  cells: Partial<Record<Column, string>>;
}

/** All records of one handle, in the order of the file. */
export interface ProductRows {
  handle: string;
  rows: CsvRow[];
}

export interface Survey {
  products: number;
  /** Handles whose records do not stand together, with the number of places. */
  scattered: Map<string, number>;
}

/** The file is not what it should be. The message says what to do. */
export class CsvProblem extends Error {}

/**
 * Reads the file once without keeping it: how many products there are, and which are scattered over it.
 * @throws CsvProblem when it cannot be read as a product export
 */
export async function surveyShopifyCsv(path: string): Promise<Survey> {
  const places = new Map<string, number>();
  for await (const { handle } of adjacentRows(path)) places.set(handle, (places.get(handle) ?? 0) + 1);
  const scattered = new Map([...places].filter(([, count]) => count > 1));
  return { products: places.size, scattered };
}

/**
 * Every product of the file once, each with all its records. Only scattered products are held back until their last record
 * has been read.
 */
export async function* readShopifyCsv(path: string, survey: Survey): AsyncGenerator<ProductRows> {
  const held = new Map<string, { rows: CsvRow[]; places: number }>();
  for await (const part of adjacentRows(path)) {
    const expected = survey.scattered.get(part.handle) ?? 1;
    const before = held.get(part.handle);
    const rows = [...(before?.rows ?? []), ...part.rows];
    const places = (before?.places ?? 0) + 1;
    if (places < expected) {
      held.set(part.handle, { rows, places });
      continue;
    }
    held.delete(part.handle);
    yield { handle: part.handle, rows };
  }
}

async function* adjacentRows(path: string): AsyncGenerator<ProductRows> {
  let current: ProductRows | null = null;
  for await (const row of records(path)) {
    const handle = row.cells['Handle'] ?? '';
    if (current && current.handle === handle) {
      current.rows.push(row);
      continue;
    }
    if (current) yield current;
    current = { handle, rows: [row] };
  }
  if (current) yield current;
}

async function* records(path: string): AsyncGenerator<CsvRow> {
  const source = createReadStream(path);
  const parser = parse({ bom: true, raw: true, relax_column_count: true, max_record_size: LONGEST_RECORD });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: (Column | undefined)[] | null = null;
  let next_line = 1;
  try {
    for await (const each of parser) {
      const { record, raw } = each as { record: string[]; raw: string };
      const line = next_line;
      next_line += linesOf(raw);
      if (columns === null) {
        columns = readHeader(record);
        continue;
      }
      const cells = cellsOf(record, columns);
      if (Object.values(cells).some((cell) => cell !== '')) yield { line, cells };
    }
  } catch (error) {
    throw asCsvProblem(error, path);
  } finally {
    source.destroy();
  }
  if (columns === null) throw new CsvProblem('The file is empty.');
}

/** The parser's own count takes a line break of two characters inside quotation marks for two. */
function linesOf(raw: string): number {
  return raw.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/).length;
}

function readHeader(record: readonly string[]): (Column | undefined)[] {
  const columns = record.map((name) =>
    COLUMNS.find((column) => column.toLowerCase() === name.trim().toLowerCase()),
  );
  const missing = REQUIRED.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new CsvProblem(
      `This is not a Shopify product export: the first line has no column ${missing.join(', ')}. Separate columns by commas.`,
    );
  }
  return columns;
}

/** Postgres takes no NUL in text, so none gets in. */
function cellsOf(record: readonly string[], columns: readonly (Column | undefined)[]): CsvRow['cells'] {
  const cells: CsvRow['cells'] = {};
  for (const [index, column] of columns.entries()) {
    if (column) cells[column] = (record[index] ?? '').replaceAll('\0', '').trim();
  }
  return cells;
}

/** What went wrong with a file, in words for whoever chose it. */
export function asCsvProblem(error: unknown, path: string): unknown {
  const { code, lines } = error as { code?: string; lines?: number };
  if (code === 'ENOENT') return new CsvProblem(`There is no file ${path}.`);
  if (code === 'EISDIR') return new CsvProblem(`${path} is a folder.`);
  if (code === 'EACCES') return new CsvProblem(`${path} may not be read by this user.`);
  if (!code?.startsWith('CSV_')) return error;
  const where = lines === undefined ? '' : ` near line ${lines}`;
  return new CsvProblem(
    `The file stops being CSV${where}: ${(error as Error).message}. Check the quotation marks there.`,
  );
}
