import { describe, expect, test } from 'vitest';
import { parseFilter } from './filter.ts';

const document = {
  product: 'p-1',
  price: { USD: 1200, EUR: 900 },
  colours: ['Red', 'Dark "blue"'],
  rating: 4.5,
  in_stock: true,
  nothing: null,
  empty: [],
  year: '2001',
  name: 'AND then',
};
const ALL = [
  'product',
  'price',
  'colours',
  'rating',
  'in_stock',
  'nothing',
  'empty',
  'year',
  'name',
  'missing',
];
const holds = (filter: unknown) => parseFilter(filter, ALL)(document);

describe('a filter', () => {
  test.each([
    ['rating = 4.5', true],
    ['rating != 4.5', false],
    ['missing != 1', true],
    ['colours = red', true],
    ['colours = \'dark "blue"\'', true],
    ['colours = "dark \\"blue\\""', true],
    ['colours = blue', false],
    ['in_stock = true', true],
    ['in_stock = false', false],
    ['price.USD >= 1200', true],
    ['price.USD > 1200', false],
    ['price.EUR < 901 AND price.USD <= 1200', true],
    ['price.USD 1000 TO 1200', true],
    ['price.USD 1201 TO 1300', false],
    ['year = 2001', true],
    ['colours IN [green, Red]', true],
    ['colours IN []', false],
    ['colours NOT IN [green]', true],
    ['NOT colours IN [red]', false],
    ['price.USD EXISTS', true],
    ['price.JPY EXISTS', false],
    ['price.JPY NOT EXISTS', true],
    ['nothing EXISTS', true],
    ['nothing IS NULL', true],
    ['rating IS NOT NULL', true],
    ['empty IS EMPTY', true],
    ['colours IS NOT EMPTY', true],
    ['rating = 1 OR rating = 4.5 AND in_stock = true', true],
    ['(rating = 4.5 OR rating = 1) AND in_stock = false', false],
    ['NOT (rating = 1 OR in_stock = false)', true],
    ['name = "AND then"', true],
    ['', true],
  ])('%s: %s', (filter, expected) => {
    expect(holds(filter)).toBe(expected);
  });

  test('holds whole as a list, and in parts as lists within', () => {
    expect(holds(['rating = 4.5', 'in_stock = true'])).toBe(true);
    expect(holds(['rating = 4.5', 'in_stock = false'])).toBe(false);
    expect(holds([['rating = 1', 'in_stock = true'], 'price.USD = 1200'])).toBe(true);
  });

  test.each([
    ['rating', 'Was expecting'],
    ['rating =', 'Was expecting a value'],
    ['rating >= many', 'is not a number'],
    ['(rating = 1', 'missing `)`'],
    ['colours IN [red', 'missing `]`'],
    ['rating = 1 rating = 2', 'unexpected characters'],
    ['name = "open', 'Was expecting'],
    [7, 'expected String, Array'],
    [[['rating = 1', 7]], 'expected String'],
  ])('%s is refused', (filter, message) => {
    expect(() => holds(filter)).toThrow(message);
  });

  test('names what may be filtered by where an attribute may not be', () => {
    expect(() => parseFilter('cost = 1', ['price', 'brand'])).toThrow(
      'Attribute `cost` is not filterable. Available filterable attribute patterns are: `price, brand`.',
    );
    expect(() => parseFilter('prices = 1', ['price'])).toThrow('not filterable');
    expect(() => parseFilter('price = 1', [])).toThrow('does not have configured');
  });
});
