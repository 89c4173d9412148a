import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RefundablePayment } from './refund.ts';
import { refundOfLine, splitRefund } from './refund.ts';

describe('a refund of a line', () => {
  const line = { total_minor: 1000, quantity: 3 };

  test.each<[string, number, number, number]>([
    ['of the first unit is its share, rounded half up', 0, 1, 333],
    ['of the next unit is what is missing from two shares', 1, 1, 334],
    ['of the last unit is the rest', 2, 1, 333],
    ['of all units is the total', 0, 3, 1000],
    ['of no unit is nothing', 1, 0, 0],
  ])('%s', (_, already, now, expected) => {
    expect(refundOfLine(line, already, now)).toBe(expected);
  });

  test.each<[string, Parameters<typeof refundOfLine>]>([
    ['more units than were sold', [line, 2, 2]],
    ['a negative number of units', [line, 0, -1]],
    ['fewer than none before', [line, -1, 1]],
    ['a negative total', [{ total_minor: -1, quantity: 1 }, 0, 1]],
    ['half a unit', [line, 0, 0.5]],
  ])('is refused for %s', (_, parameters) => {
    expect(() => refundOfLine(...parameters)).toThrow(RangeError);
  });

  test('adds up to the line’s total however it is cut, and no part is negative', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(1e12), cuts, (total_minor, parts) => {
        const quantity = parts.reduce((sum, part) => sum + part, 0);
        let already = 0;
        let sum = 0;
        for (const part of parts) {
          const amount = refundOfLine({ total_minor, quantity }, already, part);
          expect(amount).toBeGreaterThanOrEqual(0);
          already += part;
          sum += amount;
        }
        expect(sum).toBe(total_minor);
      }),
    );
  });
});

function aPayment(
  id: string,
  provider: string,
  captured_minor: number,
  more: Partial<RefundablePayment> = {},
) {
  return { id, provider, captured_minor, refunded_minor: 0, created_at: '2026-03-01T12:00:00Z', ...more };
}

describe('a refund over several payments', () => {
  const payments = [
    aPayment('card 1', 'gift_card', 1000, { created_at: '2026-03-01T12:00:00Z' }),
    aPayment('card 2', 'gift_card', 1000, { created_at: '2026-03-01T12:00:01Z' }),
    aPayment('credit', 'store_credit', 500),
    aPayment('stripe', 'stripe', 3000, { refunded_minor: 1000 }),
    aPayment('transfer', 'manual', 700, { created_at: new Date('2026-03-02T12:00:00Z') }),
  ];

  test.each<[string, number, [string, number][], number]>([
    ['of nothing has no part', 0, [], 0],
    ['goes to the newest payment at a provider', 600, [['transfer', 600]], 0],
    [
      'goes on to the one before it, for what it has left',
      1000,
      [
        ['transfer', 700],
        ['stripe', 300],
      ],
      0,
    ],
    [
      'goes to store credit, then to the newest gift card',
      3300,
      [
        ['transfer', 700],
        ['stripe', 2000],
        ['credit', 500],
        ['card 2', 100],
      ],
      0,
    ],
    [
      'goes nowhere beyond what was captured',
      9000,
      [
        ['transfer', 700],
        ['stripe', 2000],
        ['credit', 500],
        ['card 2', 1000],
        ['card 1', 1000],
      ],
      3800,
    ],
  ])('%s', (_, amount_minor, parts, rest_minor) => {
    const expected = parts.map(([payment, amount]) => ({ payment, amount_minor: amount }));
    expect(splitRefund(amount_minor, payments)).toEqual({ parts: expected, rest_minor });
    expect(splitRefund(amount_minor, payments.toReversed())).toEqual({ parts: expected, rest_minor });
  });

  test('takes the higher id for the newer of two payments of one moment', () => {
    const alike = [aPayment('a', 'stripe', 100), aPayment('b', 'stripe', 100)];
    expect(splitRefund(150, alike).parts.map(({ payment }) => payment)).toEqual(['b', 'a']);
  });

  test('takes nothing from a payment that gave back more than it had', () => {
    const over = [aPayment('a', 'stripe', 100, { refunded_minor: 200 })];
    expect(splitRefund(50, over)).toEqual({ parts: [], rest_minor: 50 });
  });

  test.each<[string, number, Partial<RefundablePayment>]>([
    ['a negative amount', -1, {}],
    ['a negative capture', 1, { captured_minor: -1 }],
    ['a negative earlier refund', 1, { refunded_minor: -1 }],
  ])('is refused for %s', (_, amount_minor, more) => {
    expect(() => splitRefund(amount_minor, [aPayment('a', 'stripe', 100, more)])).toThrow(RangeError);
  });

  test('adds up to the amount, and no payment gives more than it has left', () => {
    const anyPayment = fc.record({
      provider: fc.constantFrom('stripe', 'manual', 'store_credit', 'gift_card'),
      captured_minor: fc.nat(1e9),
      refunded_minor: fc.nat(1e9),
      created_at: fc.date({ noInvalidDate: true }),
    });
    fc.assert(
      fc.property(fc.nat(1e10), fc.array(anyPayment, { maxLength: 6 }), (amount_minor, rows) => {
        const given = rows.map((row, index) => ({ id: String(index), ...row }));
        const { parts, rest_minor } = splitRefund(amount_minor, given);
        expect(parts.reduce((sum, part) => sum + part.amount_minor, rest_minor)).toBe(amount_minor);
        expect(new Set(parts.map(({ payment }) => payment)).size).toBe(parts.length);
        for (const { payment, amount_minor: part_minor } of parts) {
          const { captured_minor, refunded_minor } = given[Number(payment)]!;
          expect(part_minor).toBeGreaterThan(0);
          expect(part_minor).toBeLessThanOrEqual(captured_minor - refunded_minor);
        }
      }),
    );
  });
});
