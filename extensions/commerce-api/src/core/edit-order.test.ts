import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  editOrder,
  keptUnits,
  type AddedLine,
  type BookedLine,
  type BookedOrder,
  type EditOutcome,
} from './edit-order.ts';
import { sumMinor } from './money.ts';
import type { TaxSummaryEntry } from './quote.ts';
import { taxOf } from './tax.ts';

interface LineOptions extends Partial<BookedLine> {
  /** What each promotion takes off the line. */
  off?: number[];
}

function aLine(
  id: string,
  quantity: number,
  unit_price_minor: number,
  options: LineOptions = {},
): BookedLine {
  const { off = [], ...rest } = options;
  const tax_rate_ppm = rest.tax_rate_ppm ?? 0;
  const discounts = off.map((amount_minor, index) => ({
    id: `${id}-${index}`,
    amount_minor,
    placed_minor: amount_minor,
  }));
  const subtotal_minor = quantity * unit_price_minor;
  const discount_minor = sumMinor(off);
  const tax_minor = taxOf(subtotal_minor - discount_minor, tax_rate_ppm, false);
  return {
    id,
    product_kind: 'physical',
    quantity,
    unit_price_minor,
    subtotal_minor,
    discount_minor,
    tax_minor,
    total_minor: subtotal_minor - discount_minor + tax_minor,
    tax_rate_ppm,
    tax_name: tax_rate_ppm === 0 ? null : `VAT ${tax_rate_ppm}`,
    quantity_fulfilled: 0,
    quantity_refunded: 0,
    quantity_returned: 0,
    packed: 0,
    quantity_placed: quantity,
    discounts,
    ...rest,
  };
}

/** With tax inside the prices the line's total is what is left of its subtotal. */
function withTaxInside(line: BookedLine): BookedLine {
  const total_minor = line.subtotal_minor - line.discount_minor;
  return { ...line, total_minor, tax_minor: taxOf(total_minor, line.tax_rate_ppm, true) };
}

const SHIPPING = { name: 'VAT 190000', rate_ppm: 190_000, taxable_minor: 500, tax_minor: 95 };

/** An order with shipping for 5.00 net, at 19 %. */
function anOrder(given: BookedLine[], prices_include_tax = false): BookedOrder {
  const lines = prices_include_tax ? given.map(withTaxInside) : given;
  const shipping = { tax_minor: SHIPPING.tax_minor, shipping_minor: prices_include_tax ? 595 : 500 };
  const summary = new Map<string, TaxSummaryEntry>([[SHIPPING.name, { ...SHIPPING }]]);
  for (const { tax_name: name, tax_rate_ppm: rate_ppm, tax_minor, total_minor } of lines) {
    if (name === null) continue;
    const entry = summary.get(name) ?? { name, rate_ppm, taxable_minor: 0, tax_minor: 0 };
    entry.taxable_minor += total_minor - tax_minor;
    entry.tax_minor += tax_minor;
    summary.set(name, entry);
  }
  return {
    prices_include_tax,
    lines,
    tax_summary: [...summary.values()].sort((a, b) => b.rate_ppm - a.rate_ppm),
    subtotal_minor: sumMinor(lines.map((line) => line.subtotal_minor)),
    discount_minor: sumMinor(lines.map((line) => line.discount_minor)),
    shipping_minor: shipping.shipping_minor,
    tax_minor: sumMinor([shipping.tax_minor, ...lines.map((line) => line.tax_minor)]),
    total_minor: sumMinor([595, ...lines.map((line) => line.total_minor)]),
  };
}

function anAddition(
  id: string,
  quantity: number,
  unit_minor: number,
  line: Partial<AddedLine> = {},
): AddedLine {
  const subtotal_minor = quantity * unit_minor;
  return {
    id,
    product_kind: 'physical',
    quantity,
    subtotal_minor,
    discount_minor: 0,
    tax_minor: 0,
    total_minor: subtotal_minor,
    tax_rate_ppm: 0,
    tax_name: null,
    ...line,
  };
}

const set = (line: string, quantity: number) => ({ line, quantity });

function edited(outcome: EditOutcome): EditOutcome & { ok: true } {
  if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
  return outcome;
}

/** The order as the next edit finds it. */
function after(order: BookedOrder, outcome: EditOutcome): BookedOrder {
  const { totals, tax_summary, changed, removed } = edited(outcome);
  const lines = order.lines
    .filter((line) => !removed.includes(line.id))
    .map((line) => {
      const change = changed.find((each) => each.id === line.id);
      if (!change) return line;
      const discounts = line.discounts.map((each, index) => ({ ...each, ...change.discounts[index]! }));
      return { ...line, ...change, discounts };
    });
  return { ...order, ...totals, tax_summary, lines };
}

describe('a line that stays keeps what was agreed', () => {
  const cases: [name: string, line: BookedLine, quantity: number, subtotal: number, discount: number][] = [
    ['fewer units at the same price', aLine('a', 3, 1000), 2, 2000, 0],
    ['more units at the same price', aLine('a', 3, 1000), 5, 5000, 0],
    ['a tenth off stays a tenth off', aLine('a', 3, 1000, { off: [300] }), 2, 2000, 200],
    ['and comes with further units', aLine('a', 3, 1000, { off: [300] }), 4, 4000, 400],
    ['a share of a cent is rounded half up', aLine('a', 2, 1000, { off: [101] }), 1, 1000, 51],
    ['a third of a cent is not', aLine('a', 3, 1000, { off: [100] }), 1, 1000, 33],
    ['a free line stays free', aLine('a', 2, 1, { off: [1, 1] }), 1, 1, 1],
  ];
  test.each(cases)('%s', (_name, line, quantity, subtotal_minor, discount_minor) => {
    const { changed, totals } = edited(
      editOrder(anOrder([line]), { quantities: [set('a', quantity)], added: [] }),
    );
    expect(changed).toMatchObject([{ id: 'a', quantity, subtotal_minor, discount_minor }]);
    expect(totals).toMatchObject({ subtotal_minor, discount_minor, shipping_minor: 500 });
  });

  test('its discount is shared over its promotions as it was', () => {
    const order = anOrder([aLine('a', 3, 1000, { off: [300, 100] })]);
    const { changed } = edited(editOrder(order, { quantities: [set('a', 2)], added: [] }));
    expect(changed[0]!.discounts).toEqual([
      { id: 'a-0', amount_minor: 200 },
      { id: 'a-1', amount_minor: 67 },
    ]);
  });

  test('a quantity that stays touches nothing', () => {
    const order = anOrder([aLine('a', 3, 1000, { off: [100], tax_minor: 7 })]);
    expect(edited(editOrder(order, { quantities: [set('a', 3)], added: [] }))).toMatchObject({
      changed: [],
      removed: [],
      difference_minor: 0,
    });
  });

  test('three to two to one and back ends where it began', () => {
    const order = anOrder([aLine('a', 3, 999, { off: [100, 11], tax_rate_ppm: 190_000 }), aLine('b', 1, 50)]);
    let current = order;
    const totals = [2, 1, 3].map((quantity) => {
      current = after(current, editOrder(current, { quantities: [set('a', quantity)], added: [] }));
      return current.total_minor;
    });
    expect(current).toEqual(order);
    expect(totals[0]).toBeGreaterThan(totals[1]!);
  });
});

describe('tax', () => {
  test('comes on top of what is left of a line', () => {
    const order = anOrder([aLine('a', 3, 1000, { off: [300], tax_rate_ppm: 190_000 })]);
    const { totals, tax_summary, difference_minor } = edited(
      editOrder(order, { quantities: [set('a', 2)], added: [] }),
    );
    // 2 × 10.00 - 2.00 = 18.00, of which 19 % are 3.42; shipping bears 0.95.
    expect(totals).toMatchObject({ tax_minor: 342 + 95, total_minor: 1800 + 342 + 595 });
    expect(tax_summary).toEqual([
      { name: 'VAT 190000', rate_ppm: 190_000, taxable_minor: 2300, tax_minor: 437 },
    ]);
    expect(difference_minor).toBe(-(900 + 171));
  });

  test('is contained in prices that include it', () => {
    const order = anOrder([aLine('a', 3, 1190, { tax_rate_ppm: 190_000 })], true);
    const { totals, difference_minor } = edited(editOrder(order, { quantities: [set('a', 1)], added: [] }));
    expect(totals).toMatchObject({ subtotal_minor: 1190, tax_minor: 190 + 95, total_minor: 1190 + 595 });
    expect(difference_minor).toBe(-2380);
  });

  test('of a rate no line bears any more leaves the summary, and that of shipping stays', () => {
    const order = anOrder([aLine('a', 1, 1000, { tax_rate_ppm: 70_000 }), aLine('b', 1, 100)]);
    const { tax_summary } = edited(editOrder(order, { quantities: [set('a', 0)], added: [] }));
    expect(tax_summary).toEqual([SHIPPING]);
  });

  test('of an added line joins its rate, or begins one', () => {
    const order = anOrder([aLine('a', 1, 1000)]);
    const rates = { tax_minor: 70, total_minor: 1070 };
    const added = [
      anAddition('b', 1, 1000, { ...rates, tax_rate_ppm: 70_000, tax_name: 'Reduced' }),
      anAddition('c', 1, 1000, { ...rates, tax_rate_ppm: 70_000, tax_name: 'A reduced one' }),
    ];
    const { tax_summary, totals } = edited(editOrder(order, { quantities: [], added }));
    expect(tax_summary.map((entry) => entry.name)).toEqual(['VAT 190000', 'A reduced one', 'Reduced']);
    expect(totals).toMatchObject({ tax_minor: 95 + 140, total_minor: 1000 + 2140 + 595 });
  });
});

describe('what an edit may not do', () => {
  const order = anOrder([
    aLine('a', 3, 1000, { quantity_fulfilled: 2 }),
    aLine('b', 3, 1000, { quantity_refunded: 1 }),
    aLine('c', 3, 1000, { quantity_fulfilled: 1, packed: 1 }),
    aLine('card', 1, 5000, { product_kind: 'gift_card' }),
    aLine('odd', 2, 1000, { discount_minor: 100, discounts: [] }),
  ]);
  test.each([
    ['a line that is not the order’s', [set('x', 1)], { reason: 'unknown_line', line: 'x' }],
    ['a line named twice', [set('a', 2), set('a', 3)], { reason: 'named_twice', line: null }],
    ['fewer than were handed over', [set('a', 1)], { reason: 'below_kept', line: 'a', at_least: 2 }],
    ['fewer than were refunded', [set('b', 0)], { reason: 'below_kept', line: 'b', at_least: 1 }],
    ['fewer than left and are being packed', [set('c', 1)], { reason: 'below_kept', line: 'c', at_least: 2 }],
    ['gift cards', [set('card', 2)], { reason: 'gift_card', line: 'card' }],
    [
      'a discount nobody knows the giver of',
      [set('odd', 1)],
      { reason: 'unattributed_discount', line: 'odd' },
    ],
  ])('%s', (_name, quantities, refusal) => {
    expect(editOrder(order, { quantities, added: [] })).toEqual({ ok: false, ...refusal });
  });

  test('add gift cards', () => {
    const added = [anAddition('new', 1, 5000, { product_kind: 'gift_card' })];
    expect(editOrder(order, { quantities: [], added })).toMatchObject({ ok: false, reason: 'gift_card' });
  });

  test('leave nothing', () => {
    const small = anOrder([aLine('a', 1, 1000)]);
    expect(editOrder(small, { quantities: [set('a', 0)], added: [] })).toMatchObject({
      reason: 'nothing_left',
    });
    const swapped = editOrder(small, { quantities: [set('a', 0)], added: [anAddition('b', 1, 1000)] });
    expect(swapped).toMatchObject({ ok: true, removed: ['a'], difference_minor: 0 });
  });
});

describe('units that must stay', () => {
  test.each([
    ['none', { quantity_fulfilled: 0, quantity_refunded: 0, quantity_returned: 0 }, 0],
    ['those handed over', { quantity_fulfilled: 2, quantity_refunded: 0, quantity_returned: 0 }, 2],
    ['those refunded', { quantity_fulfilled: 0, quantity_refunded: 2, quantity_returned: 0 }, 2],
    [
      'both, where nothing came back',
      { quantity_fulfilled: 1, quantity_refunded: 2, quantity_returned: 0 },
      3,
    ],
    ['once, where it came back', { quantity_fulfilled: 2, quantity_refunded: 1, quantity_returned: 1 }, 2],
    ['never more than there are', { quantity_fulfilled: 3, quantity_refunded: 3, quantity_returned: 0 }, 4],
  ])('%s', (_name, counts, kept) => {
    expect(keptUnits({ quantity: 4, ...counts })).toBe(kept);
  });
});

const lines = fc
  .array(
    fc
      .record({
        quantity: fc.integer({ min: 1, max: 20 }),
        unit: fc.integer({ min: 0, max: 100_000 }),
        rate: fc.constantFrom(0, 70_000, 190_000, 88_750),
        offs: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
      })
      .map(({ quantity, unit, rate, offs }) => {
        let left = quantity * unit;
        const off = offs.map((part) => {
          const amount = Math.floor(left * part);
          left -= amount;
          return amount;
        });
        return { quantity, unit, rate, off };
      }),
    { minLength: 1, maxLength: 5 },
  )
  .map((drawn) =>
    drawn.map(({ quantity, unit, rate, off }, index) =>
      aLine(`line ${index}`, quantity, unit, { off, tax_rate_ppm: rate }),
    ),
  );
const steps = fc.array(fc.record({ line: fc.nat(), quantity: fc.integer({ min: 1, max: 30 }) }), {
  maxLength: 8,
});

describe('whatever staff edit', () => {
  test('the parts add up to the whole, and no discount exceeds its line', () => {
    fc.assert(
      fc.property(lines, steps, fc.boolean(), (given, edits, prices_include_tax) => {
        let order = anOrder(given, prices_include_tax);
        for (const step of edits) {
          const line = order.lines[step.line % order.lines.length]!;
          order = after(order, editOrder(order, { quantities: [set(line.id, step.quantity)], added: [] }));
        }
        const sums = (amount: 'subtotal_minor' | 'discount_minor') =>
          sumMinor(order.lines.map((line) => line[amount]));
        expect(order.subtotal_minor).toBe(sums('subtotal_minor'));
        expect(order.discount_minor).toBe(sums('discount_minor'));
        expect(order.tax_minor).toBe(sumMinor(order.tax_summary.map((entry) => entry.tax_minor)));
        const { subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor } = order;
        const on_top = prices_include_tax ? 0 : tax_minor;
        expect(total_minor).toBe(subtotal_minor - discount_minor + shipping_minor + on_top);
        for (const line of order.lines) {
          expect(line.discount_minor).toBe(sumMinor(line.discounts.map((each) => each.amount_minor)));
          expect(line.discount_minor).toBeLessThanOrEqual(line.subtotal_minor);
          expect(line.subtotal_minor).toBe(line.quantity * line.unit_price_minor);
        }
      }),
    );
  });

  test('going back to what was ordered gives back the order', () => {
    fc.assert(
      fc.property(lines, steps, fc.boolean(), (given, edits, prices_include_tax) => {
        const placed = anOrder(given, prices_include_tax);
        let order = placed;
        for (const step of edits) {
          const line = order.lines[step.line % order.lines.length]!;
          order = after(order, editOrder(order, { quantities: [set(line.id, step.quantity)], added: [] }));
        }
        const quantities = placed.lines.map((line) => set(line.id, line.quantity));
        expect(after(order, editOrder(order, { quantities, added: [] }))).toEqual({
          ...placed,
          tax_summary: expect.arrayContaining(
            [...placed.tax_summary].filter((each) => each.taxable_minor > 0),
          ),
        });
      }),
    );
  });

  test('one edit of two lines is two edits of one', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 9 }), (given, quantity) => {
        const order = anOrder(given);
        const quantities = given.map((line) => set(line.id, quantity));
        const at_once = after(order, editOrder(order, { quantities, added: [] }));
        const one_by_one = quantities.reduce(
          (current, each) => after(current, editOrder(current, { quantities: [each], added: [] })),
          order,
        );
        expect(one_by_one.total_minor).toBe(at_once.total_minor);
        expect(one_by_one.tax_summary).toEqual(at_once.tax_summary);
      }),
    );
  });
});
