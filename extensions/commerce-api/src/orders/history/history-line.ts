/** One line of a former shop's orders, understood. */
import { currencyDigits, mulDivHalfUp } from '../../core/money.ts';
import type { HistoryRecord } from './read-history-csv.ts';

export interface HistoryLine {
  line: number;
  /** As the former shop numbered it. */
  order: string;
  sku: string;
  name: string;
  /** Negative for what was taken back. */
  quantity: number;
  /** Rounded half up to the minor unit; zero for what was free. */
  unit_price_minor: number;
  /** As PostgreSQL reads it: without a zone it is local to the import. */
  placed_at: string;
  customer: string | null;
  country: string | null;
  email: string | null;
}

/** Why a line is not in the shop afterwards. */
export type LeftOut =
  | 'no order number, SKU, quantity, price or date'
  | 'negative price: an adjustment of the books'
  | 'negative quantity without a price: an adjustment of stock'
  | 'nothing was charged for the whole order: no sale'
  | 'more than the shop can hold in one line';

const LONGEST = 255;
const MOST_UNITS = 999_999;

/** @returns the reason where the record is nothing an order can hold */
export function historyLine(record: HistoryRecord, currency: string): HistoryLine | LeftOut {
  const placed_at = momentOf(record.placed_at);
  const quantity = /^[+-]?\d+(\.0*)?$/.test(record.quantity) ? Number(record.quantity) : 0;
  const isPrice = /^[+-]?\d+(\.\d+)?$/.test(record.unit_price);
  const isNamed = [record.order, record.sku].every((text) => text !== '' && text.length <= LONGEST - 10);
  if (!isNamed || quantity === 0 || !isPrice || placed_at === null) {
    return 'no order number, SKU, quantity, price or date';
  }
  if (record.unit_price.startsWith('-')) return 'negative price: an adjustment of the books';
  if (Math.abs(quantity) > MOST_UNITS) return 'more than the shop can hold in one line';
  const unit_price_minor = roundedToMinor(record.unit_price.replace('+', ''), currency);
  if (unit_price_minor === null || !Number.isSafeInteger(unit_price_minor * quantity)) {
    return 'more than the shop can hold in one line';
  }
  const isFree = Number(record.unit_price) === 0;
  if (quantity < 0 && isFree) return 'negative quantity without a price: an adjustment of stock';
  return {
    line: record.line,
    order: record.order,
    sku: record.sku.toUpperCase(),
    name: record.name.slice(0, LONGEST),
    quantity,
    unit_price_minor,
    placed_at,
    // Tables that once were spreadsheets write numbers of customers as 17850.0.
    customer: record.customer.replace(/\.0+$/, '').slice(0, LONGEST) || null,
    country: record.country.slice(0, LONGEST) || null,
    email: /^[^\s@]+@[^\s@]+$/.test(record.email) ? record.email.slice(0, LONGEST).toLowerCase() : null,
  };
}

/** Former shops price in fractions of a penny, too. Null for what is too much. */
function roundedToMinor(decimal: string, currency: string): number | null {
  const [whole = '', fraction = ''] = decimal.split('.');
  const digits = currencyDigits(currency);
  const size = Number(whole + fraction.slice(0, digits + 3).padEnd(digits + 3, '0'));
  return Number.isSafeInteger(size) ? mulDivHalfUp(size, 1, 1000) : null;
}

/** A moment as a line has it, to tell earlier from later: without a zone all are of the same. */
export function momentNumber(placed_at: string): number {
  return Date.parse(/[ T]/.test(placed_at) ? placed_at.replace(' ', 'T') : `${placed_at}T00:00`);
}

/** `2010-12-01 08:26[:00][zone]`, or as American spreadsheets have it `12/1/2010 8:26`. Null for what is no moment. */
function momentOf(text: string): string | null {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2}))?$/.exec(text);
  const [, month = '', day = '', year = '', hour = '0', minute = '00'] = american ?? [];
  const iso = american
    ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')} ${hour.padStart(2, '0')}:${minute}`
    : text;
  if (!/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(iso)) return null;
  const moment = new Date(momentNumber(iso));
  const isReal = !Number.isNaN(moment.getTime()) && moment.getFullYear() > 1970;
  // JavaScript takes the thirtieth of February for the second of March.
  const daysOfMonth = new Date(Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), 0)).getUTCDate();
  return isReal && Number(iso.slice(8, 10)) <= daysOfMonth ? iso : null;
}
