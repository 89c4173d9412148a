import { expect, test } from 'vitest';
import { taxRows } from './tax-rows.ts';

const VAT = { name: 'VAT', rate_ppm: 190_000, taxable_minor: 101_252, tax_minor: 19_238 };

test('a rate is a percentage, and the amounts are money of the order', () => {
  expect(taxRows([VAT], 'EUR', 'en-US')).toEqual([
    { name: 'VAT', rate: '19%', taxable: '€1,012.52', tax: '€192.38' },
  ]);
});

test.each([
  [82_500, '8.25%'],
  [88_750, '8.875%'],
  [1, '0.0001%'],
  [0, '0%'],
  [1_000_000, '100%'],
])('%i ppm reads %s', (rate_ppm, rate) => {
  expect(taxRows([{ ...VAT, rate_ppm }], 'EUR', 'en-US')[0]?.rate).toBe(rate);
});

test('the language decides how numbers are written', () => {
  expect(taxRows([{ ...VAT, rate_ppm: 88_750 }], 'EUR', 'de-DE')[0]).toMatchObject({
    rate: '8,875\u00a0%',
    tax: '192,38\u00a0€',
  });
});

test.each([[null], [undefined], ['19%'], [{}], [[]], [[null, 5]]])('%j has no rows', (summary) => {
  expect(taxRows(summary, 'EUR', 'en-US')).toEqual([]);
});

test('what an entry lacks stays empty', () => {
  expect(taxRows([{ name: 5 }], 'EUR', 'en-US')).toEqual([{ name: '', rate: '', taxable: '', tax: '' }]);
});
