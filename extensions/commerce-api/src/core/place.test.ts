import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EU_COUNTRIES, isEuCountry, isPostalPattern, normalPostalCode, postalCoverage } from './place.ts';

describe('a postal pattern', () => {
  test.each<[string, string, string, number | null]>([
    ['is one code', '78701', '78701', 1],
    ['is not another code', '78701', '78702', null],
    ['is not a longer code that begins so', 'E1', 'E10 5AA', null],
    ['does not look at case or space', ' sw1a 1aa', 'SW1A1AA ', 1],
    ['keeps the dash of a code with unequal halves out', '00-950', '00950', 1],
    ['keeps it out of a longer one, too', '01310-100', '01310100', 1],
    ['of a ZIP holds its ZIP+4', '78701', '78701-1234', 10_000],
    ['of a ZIP+4 is that one', '78701-1234', '78701-1234', 1],
    ['of a ZIP+4 is not its ZIP', '78701-1234', '78701', null],
    ['of five digits holds no other long code', '78701', '787011234', null],
    ['with a star holds what begins so', '787*', '78705', 100],
    ['with a star holds the beginning itself', '787*', '787', 1],
    ['with a star holds nothing shorter', '787*', '78', null],
    ['with a star holds no other beginning', '787*', '78805', null],
    ['with a star counts letters, too', 'SW1*', 'SW1A', 36],
    ['from one to another holds both ends', '78000-78999', '78000', 1000],
    ['from one to another holds what lies between', '78000-78999', '78999', 1000],
    ['from one to another holds nothing before', '78000-78999', '77999', null],
    ['from one to another holds nothing after', '78000-78999', '79000', null],
    ['from one to another holds longer codes that begin so', '78000-78999', '78701-1234', 10_000_000],
    ['from one to another holds no shorter code', '78000-78999', '787', null],
    ['from one to another may have letters', 'EC1A-EC4Z', 'ec2b', 3 * 36 + 26],
    ['from a digit to a letter counts as letters do', '10-1Z', '15', 36],
    ['from one to another may have dashes inside', '00-001-00-999', '00-950', 999],
    ['from one to another may have spaces', '100 00 - 199 99', '110 00', 10_000],
    ['that ends before it begins holds nothing', '78999-78000', '78500', null],
    ['that is none holds nothing', '7?7', '767', null],
    ['of nothing holds nothing', '', '', null],
    ['does not hold an unknown code', '787*', '', null],
  ])('%s: %s and %s', (_, pattern, postal_code, coverage) => {
    expect(postalCoverage(pattern, postal_code)).toBe(coverage);
  });

  test.each(['78701', '787*', '78000-78999', 'EC1A-EC4Z', '00-950', 'SW1A 1AA', '78701-1234'])(
    '%s is one',
    (text) => {
      expect(isPostalPattern(text)).toBe(true);
    },
  );

  test.each(['', '*', '78*1', '787**', '78999-78000', '7.8', '12345678901', '-', 'ä'])(
    '%j is none',
    (text) => {
      expect(isPostalPattern(text)).toBe(false);
    },
  );

  test('of a range holds exactly the numbers between its ends', () => {
    const code = fc.integer({ min: 0, max: 99_999 });
    fc.assert(
      fc.property(code, code, code, (a, b, c) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const [low, high, asked] = [from, to, c].map((each) => String(each).padStart(5, '0'));
        const isInside = c >= from && c <= to;
        expect(postalCoverage(`${low}-${high}`, asked!)).toBe(isInside ? to - from + 1 : null);
      }),
    );
  });
});

test('postal codes are compared without case, spaces and dashes', () => {
  expect(normalPostalCode(' ab-1 2c ')).toBe('AB12C');
});

test('the union has 27 members, whatever the case', () => {
  expect(EU_COUNTRIES).toHaveLength(27);
  expect(['de', ' FR ', 'GB', 'CH', 'EL', 'US'].filter(isEuCountry)).toEqual(['de', ' FR ']);
});
