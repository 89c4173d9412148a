import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TenderFacts } from './tenders.ts';
import { splitTenders } from './tenders.ts';

const card = (id: string, balance_minor: number): TenderFacts => ({ id, balance_minor });

describe('a total paid with tenders', () => {
  const cards = [card('b', 300), card('a', 500)];
  const credit = card('credit', 400);

  test.each<[string, number, TenderFacts[], TenderFacts | null, [string, number][], number]>([
    ['is all left without any', 1000, [], null, [], 1000],
    [
      'is taken from gift cards in the order given',
      700,
      cards,
      credit,
      [
        ['b', 300],
        ['a', 400],
      ],
      0,
    ],
    [
      'is taken from store credit after them',
      1000,
      cards,
      credit,
      [
        ['b', 300],
        ['a', 500],
        ['credit', 200],
      ],
      0,
    ],
    [
      'leaves the rest to a provider',
      2000,
      cards,
      credit,
      [
        ['b', 300],
        ['a', 500],
        ['credit', 400],
      ],
      800,
    ],
    ['is taken from store credit alone', 100, [], credit, [['credit', 100]], 0],
    ['takes nothing from an empty card', 100, [card('empty', 0)], null, [], 100],
    ['takes a card named twice once', 700, [card('a', 500), card('a', 500)], null, [['a', 500]], 200],
    ['of nothing takes nothing', 0, cards, credit, [], 0],
  ])('%s', (_, total_minor, gift_cards, store_credit, parts, rest_minor) => {
    const split = splitTenders(total_minor, gift_cards, store_credit);
    expect(split.parts.map(({ id, amount_minor }) => [id, amount_minor])).toEqual(parts);
    expect(split.rest_minor).toBe(rest_minor);
  });

  test('says which tender each part is', () => {
    expect(splitTenders(900, cards, credit).parts.map(({ tender }) => tender)).toEqual([
      'gift_card',
      'gift_card',
      'store_credit',
    ]);
  });

  test.each<[string, Parameters<typeof splitTenders>]>([
    ['a negative total', [-1, [], null]],
    ['a negative balance', [1, [card('a', -1)], null]],
  ])('is refused for %s', (_, parameters) => {
    expect(() => splitTenders(...parameters)).toThrow(RangeError);
  });

  test('is the sum of the parts and the rest, and no part exceeds its balance', () => {
    const balances = fc.array(fc.nat(1e9), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(1e10), balances, fc.option(fc.nat(1e9)), (total_minor, values, credit_minor) => {
        const gift_cards = values.map((value, index) => card(String(index), value));
        const store_credit = credit_minor === null ? null : card('credit', credit_minor);
        const { parts, rest_minor } = splitTenders(total_minor, gift_cards, store_credit);
        expect(parts.reduce((sum, part) => sum + part.amount_minor, rest_minor)).toBe(total_minor);
        for (const { id, amount_minor } of parts) {
          expect(amount_minor).toBeGreaterThan(0);
          expect(amount_minor).toBeLessThanOrEqual(id === 'credit' ? credit_minor! : values[Number(id)]!);
        }
        const left = [...values, credit_minor ?? 0].reduce((sum, value) => sum + value, 0);
        expect(rest_minor).toBe(Math.max(0, total_minor - left));
      }),
    );
  });
});
