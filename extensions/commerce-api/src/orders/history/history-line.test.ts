import { expect, test } from 'vitest';
import { historyLine } from './history-line.ts';
import type { HistoryRecord } from './read-history-csv.ts';

function aRecord(change: Partial<HistoryRecord> = {}): HistoryRecord {
  return {
    line: 2,
    order: '536365',
    sku: '85123a',
    name: 'Holder',
    quantity: '6',
    placed_at: '2010-12-01 08:26:00',
    unit_price: '2.55',
    customer: '17850.0',
    country: 'United Kingdom',
    email: '',
    ...change,
  };
}

test('a record becomes a line', () => {
  expect(historyLine(aRecord({ email: 'Ann@Example.com' }), 'GBP')).toEqual({
    line: 2,
    order: '536365',
    sku: '85123A',
    name: 'Holder',
    quantity: 6,
    unit_price_minor: 255,
    placed_at: '2010-12-01 08:26:00',
    customer: '17850',
    country: 'United Kingdom',
    email: 'ann@example.com',
  });
});

test.each([
  ['0.425', 'GBP', 43],
  ['0.424', 'GBP', 42],
  ['1.0000000', 'GBP', 100],
  ['2.5', 'JPY', 3],
  ['+3', 'KWD', 3000],
])('a price of %s in %s is %i minor units', (unit_price, currency, expected) => {
  expect(historyLine(aRecord({ unit_price }), currency)).toMatchObject({ unit_price_minor: expected });
});

test.each([
  ['12/1/2010 8:26', '2010-12-01 08:26'],
  ['2010-12-01', '2010-12-01'],
  ['2010-12-01T08:26:00Z', '2010-12-01T08:26:00Z'],
  ['2010-12-01 08:26:00+02:00', '2010-12-01 08:26:00+02:00'],
])('%s is a moment', (placed_at, expected) => {
  expect(historyLine(aRecord({ placed_at }), 'GBP')).toMatchObject({ placed_at: expected });
});

test.each([
  [{ placed_at: '2010-02-30 08:26:00' }],
  [{ placed_at: '13/1/2010 8:26' }],
  [{ placed_at: 'yesterday' }],
  [{ quantity: '1.5' }],
  [{ quantity: '0' }],
  [{ unit_price: '1,50' }],
  [{ order: '' }],
  [{ sku: '' }],
])('%j makes it no line of an order', (change) => {
  expect(historyLine(aRecord(change), 'GBP')).toBe('no order number, SKU, quantity, price or date');
});

test('adjustments and what is too much are left out with their reason', () => {
  expect(historyLine(aRecord({ unit_price: '-11062.06' }), 'GBP')).toMatch('negative price');
  expect(historyLine(aRecord({ quantity: '-3', unit_price: '0.0' }), 'GBP')).toMatch('adjustment of stock');
  expect(historyLine(aRecord({ quantity: '1000000' }), 'GBP')).toMatch('more than');
  expect(historyLine(aRecord({ unit_price: '99999999999999' }), 'GBP')).toMatch('more than');
  expect(historyLine(aRecord({ quantity: '999999', unit_price: '999999999' }), 'GBP')).toMatch('more than');
});
