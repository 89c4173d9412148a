import { expect, test } from 'vitest';
import type { HistoryLine } from './history-line.ts';
import { planHistory } from './plan-history.ts';

let line = 1;
function aLine(change: Partial<HistoryLine> = {}): HistoryLine {
  line += 1;
  return {
    line,
    order: '1',
    sku: 'CUP',
    name: 'Cup',
    quantity: 3,
    unit_price_minor: 200,
    placed_at: '2011-01-01 10:00:00',
    customer: 'ann',
    country: null,
    email: null,
    ...change,
  };
}

test('lines of one number are one order, with the same item on two lines kept apart', () => {
  const { orders } = planHistory([aLine(), aLine({ quantity: 1 }), aLine({ order: '2', customer: null })]);
  expect(orders.map(({ number, total_minor, lines }) => [number, total_minor, lines.length])).toEqual([
    ['1', 800, 2],
    ['2', 600, 1],
  ]);
});

test('a credit takes back from the latest earlier order of the same customer at the same price', () => {
  const { orders } = planHistory([
    aLine({ order: '1', placed_at: '2011-01-01' }),
    aLine({ order: '2', placed_at: '2011-02-01' }),
    aLine({ order: '3', placed_at: '2011-02-02', unit_price_minor: 150 }),
    aLine({ order: '4', placed_at: '2011-02-02', customer: 'bob' }),
    aLine({ order: '5', placed_at: '2011-04-01' }),
    aLine({ order: 'C6', placed_at: '2011-03-01', quantity: -4 }),
  ]);
  expect(orders).toHaveLength(5);
  expect(orders.map(({ lines }) => lines[0]?.quantity_refunded)).toEqual([1, 3, 0, 0, 0]);
  expect(orders[1]?.refunds).toEqual([
    { order: 'C6', placed_at: '2011-03-01', amount_minor: 600, units: new Map([[0, 3]]) },
  ]);
});

test('what finds no sale becomes an order that was taken back', () => {
  const { orders } = planHistory([
    aLine({ quantity: 1 }),
    aLine({ order: 'C2', placed_at: '2011-02-01', quantity: -3 }),
    aLine({ order: 'C3', placed_at: '2011-02-01', quantity: -1, customer: null }),
    aLine({ order: '1', placed_at: '2011-02-01', quantity: -1, sku: 'POT' }),
  ]);
  expect(orders.map(({ number, is_credit, total_minor }) => [number, is_credit, total_minor])).toEqual([
    ['1', false, 200],
    ['C2', true, 400],
    ['C3', true, 200],
    ['1-C', true, 200],
  ]);
});

test('two credits of one order are two refunds, and one credit of two lines is one', () => {
  const { orders } = planHistory([
    aLine(),
    aLine({ sku: 'POT' }),
    aLine({ order: 'C2', quantity: -1 }),
    aLine({ order: 'C2', quantity: -1, sku: 'POT' }),
    aLine({ order: 'C3', quantity: -1 }),
  ]);
  expect(orders[0]?.refunds.map(({ order, amount_minor }) => [order, amount_minor])).toEqual([
    ['C2', 400],
    ['C3', 200],
  ]);
});

test('free goods stay with an order that was paid for, and an order of nothing else is no sale', () => {
  const plan = planHistory([
    aLine(),
    aLine({ sku: 'GIFT', unit_price_minor: 0 }),
    aLine({ order: '2', unit_price_minor: 0 }),
    aLine({ order: 'C3', quantity: -1, sku: 'GIFT', unit_price_minor: 0 }),
  ]);
  expect(plan.orders.map(({ lines }) => lines.length)).toEqual([2, 1]);
  expect(plan.left_out).toMatchObject([
    { order: '2', reason: 'nothing was charged for the whole order: no sale' },
  ]);
});

test('a product is called what most lines call it, and costs what it cost last', () => {
  const { products } = planHistory([
    aLine({ name: 'Cup, red' }),
    aLine({ name: 'Cup' }),
    aLine({ name: 'Cup', unit_price_minor: 250 }),
    aLine({ name: 'damaged', quantity: -1 }),
    aLine({ sku: 'POT', name: '' }),
    aLine({ sku: 'POST' }),
    aLine({ sku: 'GIFT_20' }),
  ]);
  expect(products).toEqual([
    { sku: 'CUP', name: 'Cup', price_minor: 200 },
    { sku: 'POT', name: 'POT', price_minor: 200 },
  ]);
});

test('charges are named by the caller, whole or by how they begin', () => {
  const { orders } = planHistory(
    [aLine({ sku: 'FEE' }), aLine({ sku: 'TAX-1' }), aLine({ sku: 'POST' })],
    ['fee', 'tax-*'],
  );
  expect(orders[0]?.lines.map(({ is_goods }) => is_goods)).toEqual([false, false, true]);
});
