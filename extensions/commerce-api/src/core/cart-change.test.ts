import { describe, expect, test } from 'vitest';
import {
  basePrice,
  inCurrency,
  MAX_LINES,
  mostOf,
  withLines,
  withoutLine,
  withQuantity,
  type CartLine,
  type GoodsFacts,
  type NewLine,
  type OfferedVariant,
  type StockFacts,
} from './cart-change.ts';

const line = (id: string, variant: string, quantity: number, more: Partial<CartLine> = {}): CartLine => ({
  id,
  variant,
  quantity,
  metadata: null,
  metadata_key: '',
  sort: 1,
  unit_price_minor: null,
  ...more,
});
const added = (id: string, variant: string, quantity: number, metadata_key = ''): NewLine => {
  return {
    id,
    variant,
    quantity,
    metadata: metadata_key === '' ? null : { key: metadata_key },
    metadata_key,
  };
};
const offered = (variant: string, more: Partial<OfferedVariant> = {}): OfferedVariant => ({
  variant,
  sku: variant.toUpperCase(),
  is_published: true,
  price_minor: 100,
  price_currency: 'EUR',
  prices: [],
  max_per_order: null,
  parts: [],
  ...more,
});
const stocked = (variant: string, free: number, more: Partial<StockFacts> = {}): StockFacts => ({
  variant,
  track_stock: true,
  allow_backorder: false,
  backorder_limit: null,
  free,
  owed: 0,
  has_level: true,
  ...more,
});
const base = (amount_minor: number, min_quantity = 1) => ({
  price_list: null,
  kind: null,
  priority: 0,
  customer_group: null,
  starts_at: null,
  ends_at: null,
  min_quantity,
  amount_minor,
});

const cup = offered('cup');
const plate = offered('plate');
const set = offered('set', {
  parts: [
    { variant: 'cup', quantity: 2 },
    { variant: 'plate', quantity: 1 },
  ],
});
const facts = (more: Partial<GoodsFacts> = {}): GoodsFacts => ({
  currency: 'EUR',
  max_quantity_per_line: 100,
  variants: [cup, plate, set],
  stock: [stocked('cup', 10), stocked('plate', 10)],
  ...more,
});

const quantities = (changed: ReturnType<typeof withLines>) =>
  changed.ok ? changed.lines.map(({ id, quantity, sort }) => [id, quantity, sort]) : changed.refusal;

describe('adding', () => {
  test('more of a line with the same variant and metadata adds up, anything else is a new line at the end', () => {
    const before = [line('a', 'cup', 1, { sort: 4 }), line('b', 'plate', 1, { sort: null })];
    const changed = withLines(
      before,
      [added('c', 'cup', 2), added('d', 'cup', 1, 'gift'), added('e', 'cup', 1, 'gift')],
      facts(),
    );
    expect(quantities(changed)).toEqual([
      ['a', 3, 4],
      ['b', 1, null],
      ['d', 2, 5],
    ]);
    expect(before[0]!.quantity).toBe(1);
  });

  test.each<[string, GoodsFacts, NewLine[], object]>([
    ['an unknown variant', facts(), [added('x', 'none', 1)], { code: 'NOT_FOR_SALE', variant: 'none' }],
    [
      'one that is not published',
      facts({ variants: [offered('cup', { is_published: false })] }),
      [added('x', 'cup', 1)],
      { code: 'NOT_FOR_SALE', variant: 'cup', currency: 'EUR' },
    ],
    [
      'one without a price in the currency',
      facts({ currency: 'USD' }),
      [added('x', 'cup', 1)],
      { code: 'NOT_FOR_SALE', currency: 'USD' },
    ],
    [
      'more than the shop lets one order hold',
      facts({ max_quantity_per_line: 3 }),
      [added('x', 'cup', 2), added('y', 'cup', 2, 'gift')],
      { code: 'QUANTITY_LIMIT', limit: 3 },
    ],
    [
      'more than the variant lets one order hold',
      facts({ variants: [offered('cup', { max_per_order: 2 })] }),
      [added('x', 'cup', 3)],
      { code: 'QUANTITY_LIMIT', limit: 2, sku: 'CUP' },
    ],
    [
      'more than there is, over all lines',
      facts(),
      [added('x', 'cup', 6), added('y', 'cup', 5, 'gift')],
      { code: 'INSUFFICIENT_STOCK', requested: 11, available: 10 },
    ],
    [
      'the second of two, and so both',
      facts(),
      [added('x', 'cup', 1), added('y', 'plate', 11)],
      { code: 'INSUFFICIENT_STOCK', variant: 'plate' },
    ],
  ])('refuses %s', (_what, given, lines, refusal) => {
    const changed = withLines([], lines, given);
    expect(changed).toEqual({ ok: false, refusal: expect.objectContaining(refusal) });
  });

  test('a cart holds so many lines, and one that has more may still grow in quantity', () => {
    const full = Array.from({ length: MAX_LINES + 1 }, (_, index) =>
      line(`l${index}`, 'cup', 1, { metadata_key: `k${index}` }),
    );
    const given = facts({ max_quantity_per_line: 999, stock: [stocked('cup', 999)] });
    expect(withLines(full.slice(1), [added('x', 'cup', 1)], given)).toEqual({
      ok: false,
      refusal: { code: 'CART_FULL', limit: MAX_LINES },
    });
    expect(withLines(full, [added('x', 'cup', 1, 'k0')], given).ok).toBe(true);
  });
});

describe('what a cart may hold of a variant', () => {
  test.each<[string, Partial<StockFacts> | null, number]>([
    ['what is free', {}, 10],
    ['nothing where its stock is not known', null, 0],
    ['any number where nobody counts', { track_stock: false }, Infinity],
    ['any number where backorders have no limit', { allow_backorder: true }, Infinity],
    ['what is free and what may be owed beyond it', { allow_backorder: true, backorder_limit: 5 }, 15],
    ['less, where some is owed already', { allow_backorder: true, backorder_limit: 5, owed: 3 }, 12],
    ['what is free, where too much is owed', { allow_backorder: true, backorder_limit: 5, owed: 8 }, 10],
    ['nothing without a level to write it to', { allow_backorder: true, has_level: false }, 0],
  ])('is %s', (_what, stock, most) => {
    expect(mostOf('cup', [], facts({ stock: stock ? [stocked('cup', 10, stock)] : [] }))).toBe(most);
  });

  test.each<[string, string, CartLine[], number]>([
    ['a bundle: as many as its scarcest part makes', 'set', [], 5],
    ['a bundle beside its parts bought singly', 'set', [line('a', 'cup', 7), line('b', 'plate', 1)], 1],
    ['a part beside its bundle', 'cup', [line('a', 'set', 4)], 2],
    ['nothing where the others take all', 'cup', [line('a', 'set', 6)], 0],
    [
      'nothing of a variant nobody knows, beside another',
      'none',
      [line('a', 'lost', 1), line('b', 'lost', 1)],
      0,
    ],
    ['its own lines do not stand in its way', 'cup', [line('a', 'cup', 9)], 10],
  ])('%s', (_what, variant, lines, most) => {
    expect(mostOf(variant, lines, facts())).toBe(most);
  });
});

describe('changing a line', () => {
  test('more is looked at, the same and fewer are let through whatever became of the variant', () => {
    const before = [line('a', 'cup', 3)];
    const gone = facts({ variants: [] });
    expect(quantities(withQuantity(before, 'a', 2, gone))).toEqual([['a', 2, 1]]);
    expect(quantities(withQuantity(before, 'a', 3, gone))).toEqual([['a', 3, 1]]);
    expect(withQuantity(before, 'a', 4, gone)).toMatchObject({ refusal: { code: 'NOT_FOR_SALE' } });
    expect(withQuantity(before, 'a', 11, facts())).toMatchObject({
      refusal: { code: 'INSUFFICIENT_STOCK', requested: 11, available: 10 },
    });
  });

  test('only the line that is named changes', () => {
    const before = [line('a', 'cup', 3), line('b', 'plate', 1)];
    expect(quantities(withQuantity(before, 'b', 2, facts()))).toEqual([
      ['a', 3, 1],
      ['b', 2, 1],
    ]);
  });

  test('a line that is not there is not found', () => {
    expect(withQuantity([], 'a', 1, facts())).toEqual({ ok: false, refusal: { code: 'NOT_FOUND' } });
    expect(withoutLine([line('b', 'cup', 1)], 'a')).toEqual({ ok: false, refusal: { code: 'NOT_FOUND' } });
  });

  test('a line goes, the others stay', () => {
    expect(quantities(withoutLine([line('a', 'cup', 1), line('b', 'cup', 2)], 'a'))).toEqual([['b', 2, 1]]);
  });
});

describe('the base price', () => {
  test.each<[string, Partial<OfferedVariant>, string, number | null]>([
    ['is the own one in the own currency', { prices: [base(70)] }, 'EUR', 100],
    ['is the one entered for another', { prices: [base(60, 10), base(70)] }, 'USD', 70],
    [
      'is none where only lists or tiers have one',
      { prices: [{ ...base(60), price_list: 'sale' }] },
      'USD',
      null,
    ],
  ])('%s', (_what, variant, currency, price) => {
    expect(basePrice(offered('cup', variant), currency)).toBe(price);
  });

  test('a cart moves to a currency in which every line has one', () => {
    const lines = [line('a', 'cup', 1), line('b', 'plate', 1)];
    const priced = [cup, plate].map((each) => ({ ...each, prices: [base(90)] }));
    expect(inCurrency(lines, facts({ currency: 'USD', variants: priced }))).toEqual({ ok: true, lines });
    expect(inCurrency(lines, facts({ currency: 'USD', variants: [priced[0]!, plate] }))).toEqual({
      ok: false,
      refusal: { code: 'NOT_FOR_SALE', variant: 'plate', currency: 'USD' },
    });
    expect(inCurrency(lines, facts({ variants: [cup] }))).toMatchObject({ refusal: { variant: 'plate' } });
  });
});
