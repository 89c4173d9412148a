/** What a former shop's lines come to as orders of this one. Pure, so that a preview and the import agree. */
import { groupBy } from '../../core/group-by.ts';
import { sumMinor } from '../../core/money.ts';
import { momentNumber, type HistoryLine, type LeftOut } from './history-line.ts';

export interface PastLine {
  line: number;
  sku: string;
  name: string;
  quantity: number;
  unit_price_minor: number;
  quantity_refunded: number;
  /** Postage, fees and the like are charged but are no product. */
  is_goods: boolean;
}

/** Units of an order that a later credit took back. */
export interface PastRefund {
  /** The number of the credit. */
  order: string;
  placed_at: string;
  amount_minor: number;
  /** Index among the lines of the order → units. */
  units: Map<number, number>;
}

export interface PastOrder {
  number: string;
  placed_at: string;
  customer: string | null;
  country: string | null;
  email: string | null;
  /** A credit for what is not among the orders: sold, taken back, and known from that only. */
  is_credit: boolean;
  total_minor: number;
  lines: PastLine[];
  refunds: PastRefund[];
}

export interface PastProduct {
  sku: string;
  /** What most lines call it, the SKU where none calls it anything. */
  name: string;
  /** What it cost last. */
  price_minor: number;
}

export interface HistoryPlan {
  orders: PastOrder[];
  products: PastProduct[];
  left_out: { line: number; order: string; sku: string; reason: LeftOut }[];
}

/** Codes that are charged for and are no goods, as shops have them. */
export const CHARGES = [
  'POST',
  'DOT',
  'C2',
  'D',
  'M',
  'S',
  'B',
  'CRUK',
  'AMAZONFEE',
  'BANK CHARGES',
  'GIFT_*',
];

/**
 * Groups lines into orders. Negative lines are credits: each takes back units of the customer's latest earlier order of the same
 * SKU at the same price that has some left; what finds none becomes an order of its own, sold and taken back. `charges` are codes
 * that are no goods; one that ends in * is a beginning.
 */
export function planHistory(
  lines: readonly HistoryLine[],
  charges: readonly string[] = CHARGES,
): HistoryPlan {
  const isGoods = goodsAmong(charges);
  const left_out: HistoryPlan['left_out'] = [];
  const sales = lines.filter(({ quantity }) => quantity > 0);
  const orders: PastOrder[] = [];
  for (const [order, own] of groupBy(sales, (line) => line.order)) {
    if (own.every(({ unit_price_minor }) => unit_price_minor === 0)) {
      const reason = 'nothing was charged for the whole order: no sale';
      left_out.push(...own.map(({ line, sku }) => ({ line, order, sku, reason }) as const));
      continue;
    }
    orders.push(pastOrder(own, isGoods));
  }
  const open = openUnits(orders);
  const credits = lines
    .filter(({ quantity }) => quantity < 0)
    .map((line) => ({ ...line, quantity: -line.quantity }));
  const byNumber = new Map(orders.map((order) => [order.number, order]));
  for (const own of groupBy(credits, (line) => line.order).values()) {
    const rest = takeBack(own, open);
    if (rest.length === 0) continue;
    const credit = pastOrder(rest, isGoods);
    // An order that was part sale, part return keeps its number; what was returned gets one beside it.
    if (byNumber.has(credit.number)) credit.number += '-C';
    orders.push({ ...credit, is_credit: true });
  }
  const kept = new Set(left_out.map(({ line }) => line));
  return {
    orders,
    left_out,
    products: productsOf(
      lines.filter(({ line }) => !kept.has(line)),
      isGoods,
    ),
  };
}

/** @returns whether a SKU, in upper case, is none of the charges */
export function goodsAmong(charges: readonly string[]): (sku: string) => boolean {
  const codes = charges.map((code) => code.toUpperCase());
  const whole = new Set(codes.filter((code) => !code.endsWith('*')));
  const beginnings = codes.filter((code) => code.endsWith('*')).map((code) => code.slice(0, -1));
  return (sku) => !whole.has(sku) && !beginnings.some((beginning) => sku.startsWith(beginning));
}

function pastOrder(own: readonly HistoryLine[], isGoods: (sku: string) => boolean): PastOrder {
  const first = own[0]!;
  return {
    number: first.order,
    placed_at: first.placed_at,
    customer: own.find(({ customer }) => customer !== null)?.customer ?? null,
    country: first.country,
    email: own.find(({ email }) => email !== null)?.email ?? null,
    is_credit: false,
    total_minor: sumMinor(own.map(({ quantity, unit_price_minor }) => quantity * unit_price_minor)),
    lines: own.map(({ line, sku, name, quantity, unit_price_minor }) => ({
      line,
      sku,
      name,
      quantity,
      unit_price_minor,
      quantity_refunded: 0,
      is_goods: isGoods(sku),
    })),
    refunds: [],
  };
}

interface OpenLine {
  order: PastOrder;
  index: number;
  at: number;
}

const unitsKey = (customer: string, sku: string, unit_price_minor: number) =>
  JSON.stringify([customer, sku, unit_price_minor]);

/** Lines that may be taken back, by who bought what at which price; the latest last. */
function openUnits(orders: readonly PastOrder[]): Map<string, OpenLine[]> {
  const open = new Map<string, OpenLine[]>();
  for (const order of orders) {
    if (order.customer === null) continue;
    const at = momentNumber(order.placed_at);
    for (const [index, { sku, unit_price_minor }] of order.lines.entries()) {
      const key = unitsKey(order.customer, sku, unit_price_minor);
      const known = open.get(key);
      if (known) known.push({ order, index, at });
      else open.set(key, [{ order, index, at }]);
    }
  }
  for (const known of open.values()) known.sort((a, b) => a.at - b.at);
  return open;
}

/** Writes a credit's units to the orders they were sold by. @returns what found no order */
function takeBack(credit: readonly HistoryLine[], open: ReadonlyMap<string, OpenLine[]>): HistoryLine[] {
  const rest: HistoryLine[] = [];
  for (const line of credit) {
    let left = line.quantity;
    const key = line.customer === null ? '' : unitsKey(line.customer, line.sku, line.unit_price_minor);
    const at = momentNumber(line.placed_at);
    for (const sold of (open.get(key) ?? []).toReversed()) {
      if (left === 0) break;
      const of = sold.order.lines[sold.index]!;
      const units = Math.min(left, of.quantity - of.quantity_refunded);
      // A charge of nothing cannot be paid back.
      if (sold.at > at || units === 0 || of.unit_price_minor === 0) continue;
      of.quantity_refunded += units;
      left -= units;
      addRefund(sold, line, units);
    }
    if (left > 0) rest.push({ ...line, quantity: left });
  }
  return rest;
}

function addRefund({ order, index }: OpenLine, credit: HistoryLine, quantity: number): void {
  let refund = order.refunds.find((known) => known.order === credit.order);
  if (!refund) {
    refund = { order: credit.order, placed_at: credit.placed_at, amount_minor: 0, units: new Map() };
    order.refunds.push(refund);
  }
  refund.units.set(index, (refund.units.get(index) ?? 0) + quantity);
  refund.amount_minor += quantity * credit.unit_price_minor;
}

function productsOf(lines: readonly HistoryLine[], isGoods: (sku: string) => boolean): PastProduct[] {
  const goods = lines.filter(({ sku }) => isGoods(sku));
  return [...groupBy(goods, ({ sku }) => sku)].map(([sku, own]) => {
    const names = new Map<string, number>();
    for (const { name, quantity } of own)
      if (name !== '' && quantity > 0) names.set(name, (names.get(name) ?? 0) + 1);
    const [name] = [...names].sort((a, b) => b[1] - a[1])[0] ?? [sku];
    const price_minor = own.findLast(({ unit_price_minor }) => unit_price_minor > 0)?.unit_price_minor ?? 0;
    return { sku, name, price_minor };
  });
}
