/** What a file of order lines holds, counted as it stands, so that it can be compared with what its maker says of it. */
import type { HistoryRecord } from './read-history-csv.ts';

export interface FileTotals {
  lines: number;
  orders: number;
  /** Orders whose number begins with C or that take back something that had a price, and their lines. */
  credits: number;
  credit_lines: number;
  skus: number;
  customers: number;
  lines_without_customer: number;
  countries: number;
  free_lines: number;
  /** Negative, and no credit: corrections of stock. */
  negative_lines: number;
  units: number;
  /** Units times price, exactly, as a decimal. */
  value: string;
}

/** Four digits behind the point: more than shops price in. */
const FINE = 10_000;

/** Counts all records and hands on each. */
export async function countRecords(
  records: AsyncIterable<HistoryRecord>,
  onRecord: (record: HistoryRecord) => void,
): Promise<FileTotals> {
  const [orders, credits, skus, customers, countries] = [1, 2, 3, 4, 5].map(() => new Set<string>()) as Sets;
  const totals = {
    lines: 0,
    credit_lines: 0,
    lines_without_customer: 0,
    free_lines: 0,
    negative_lines: 0,
    units: 0,
  };
  let value = 0n;
  for await (const record of records) {
    const quantity = Number(record.quantity) || 0;
    const price = BigInt(Math.round((Number(record.unit_price) || 0) * FINE));
    const isCredit = quantity < 0 && (price > 0n || /^c/i.test(record.order));
    totals.lines += 1;
    totals.units += quantity;
    value += price * BigInt(Math.trunc(quantity));
    orders.add(record.order);
    skus.add(record.sku);
    if (record.country !== '') countries.add(record.country);
    if (record.customer === '') totals.lines_without_customer += 1;
    else customers.add(record.customer);
    if (price === 0n) totals.free_lines += 1;
    if (isCredit) {
      credits.add(record.order);
      totals.credit_lines += 1;
    } else if (quantity < 0) totals.negative_lines += 1;
    onRecord(record);
  }
  return {
    ...totals,
    orders: orders.size,
    credits: credits.size,
    skus: skus.size,
    customers: customers.size,
    countries: countries.size,
    value: decimal(value),
  };
}

type Sets = [Set<string>, Set<string>, Set<string>, Set<string>, Set<string>];

function decimal(fine: bigint): string {
  const size = (fine < 0n ? -fine : fine).toString().padStart(5, '0');
  const fraction = size.slice(-4).replace(/0{1,2}$/, '');
  return `${fine < 0n ? '-' : ''}${size.slice(0, -4)}.${fraction}`;
}
