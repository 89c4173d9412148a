/** Reads the order lines of a former shop from a CSV file, packed or not. */
import { open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { asCsvProblem, CsvProblem } from '../../catalog/import/read-shopify-csv.ts';

/** What each column may be called, in any case; spaces and underscores do not matter. Others are left aside. */
const COLUMNS = {
  order: ['order', 'invoiceno', 'invoice', 'ordernumber'],
  sku: ['sku', 'stockcode'],
  name: ['name', 'description'],
  quantity: ['quantity'],
  placed_at: ['placedat', 'invoicedate', 'date'],
  unit_price: ['unitprice', 'price'],
  customer: ['customer', 'customerid'],
  country: ['country'],
  email: ['email'],
} as const;

type Column = keyof typeof COLUMNS;
const REQUIRED: readonly Column[] = ['order', 'sku', 'quantity', 'placed_at', 'unit_price'];
const LONGEST_RECORD = 100_000;

/** One record as it stands, trimmed; empty where the file has no such column. */
export type HistoryRecord = Record<Column, string> & {
  /** Where the record is, counting the header as line 1 and a record as one line. */
  line: number;
};

/** @throws CsvProblem when the file cannot be read as order lines */
export async function* readHistoryCsv(path: string): AsyncGenerator<HistoryRecord> {
  const parser = parse({ bom: true, relax_column_count: true, max_record_size: LONGEST_RECORD });
  let columns: (Column | undefined)[] | null = null;
  let line = 0;
  try {
    const isGzip = await isPacked(path);
    const source = createReadStream(path);
    // An error of any part ends the parser with it.
    const parts = isGzip ? [source, createGunzip(), parser] : [source, parser];
    pipeline(parts, () => undefined);
    for await (const each of parser) {
      const record = each as string[];
      line += 1;
      if (columns === null) columns = readHeader(record);
      else yield recordOf(record, columns, line);
    }
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_')) {
      throw new CsvProblem(`${path} is packed and cannot be unpacked: ${(error as Error).message}.`);
    }
    throw asCsvProblem(error, path);
  } finally {
    parser.destroy();
  }
  if (columns === null) throw new CsvProblem('The file is empty.');
}

async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}

function readHeader(record: readonly string[]): (Column | undefined)[] {
  const names = Object.entries(COLUMNS) as [Column, readonly string[]][];
  const columns = record.map((name) => {
    const plain = name.toLowerCase().replaceAll(/[\s_-]/g, '');
    return names.find(([, aliases]) => aliases.includes(plain))?.[0];
  });
  const missing = REQUIRED.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new CsvProblem(
      `These are no order lines: the first line has no column ${missing.join(', ')}. Separate columns by commas.`,
    );
  }
  return columns;
}

/** Postgres takes no NUL in text, so none gets in. */
function recordOf(
  record: readonly string[],
  columns: readonly (Column | undefined)[],
  line: number,
): HistoryRecord {
  const found: HistoryRecord = {
    line,
    order: '',
    sku: '',
    name: '',
    quantity: '',
    placed_at: '',
    unit_price: '',
    customer: '',
    country: '',
    email: '',
  };
  for (const [index, column] of columns.entries()) {
    if (column) found[column] = (record[index] ?? '').replaceAll('\0', '').trim();
  }
  return found;
}
