import { describe, expect, test } from 'vitest';
import { addressLine, addressLines, addressOf, countryName } from './address.ts';

const AUSTIN = {
  full_name: 'Ada Lovelace',
  company: null,
  phone: '+1 512 555 0100',
  line1: '1 Main St',
  line2: '',
  city: 'Austin',
  region: 'TX',
  postal_code: '78701',
  country: 'US',
};

describe('reading the column', () => {
  test('an address is taken as it is', () => {
    expect(addressOf(AUSTIN)).toBe(AUSTIN);
  });

  test.each([[null], [undefined], ['1 Main St'], [[]], [{}], [{ full_name: null, city: ' ' }]])(
    '%j is no address',
    (value) => {
      expect(addressOf(value)).toBeNull();
    },
  );
});

describe('writing an address', () => {
  test('names, street, place and country stand below each other, and empty parts leave no gap', () => {
    expect(addressLines(AUSTIN, 'en-US')).toEqual([
      'Ada Lovelace',
      '1 Main St',
      'Austin, TX 78701',
      'United States',
    ]);
  });

  test.each([
    [{ city: 'Berlin', postal_code: '10115', country: 'DE' }, ['10115 Berlin', 'Germany']],
    [{ city: 'Roma', region: 'RM', postal_code: '00184', country: 'IT' }, ['00184 Roma, RM', 'Italy']],
    [
      { city: 'Sydney', region: 'NSW', postal_code: '2000', country: 'AU' },
      ['Sydney, NSW 2000', 'Australia'],
    ],
    [{ city: 'London', postal_code: 'SW1A 1AA', country: 'GB' }, ['London', 'SW1A 1AA', 'United Kingdom']],
    [{ city: 'Austin', postal_code: '78701', country: 'US' }, ['Austin, 78701', 'United States']],
    [{ city: 'Dubai', country: 'AE' }, ['Dubai', 'United Arab Emirates']],
    [{ region: 'Somewhere', postal_code: '1' }, ['1, Somewhere']],
  ])('%j is written by the habit of its country', (address, lines) => {
    expect(addressLines(address, 'en-US')).toEqual(lines);
  });

  test('one line holds the same', () => {
    expect(addressLine({ ...AUSTIN, company: 'Engines Ltd' }, 'en-US')).toBe(
      'Ada Lovelace, Engines Ltd, 1 Main St, Austin, TX 78701, United States',
    );
  });

  test('the country is named in the language of the reader, and an unknown one by its code', () => {
    expect(countryName('DE', 'de-DE')).toBe('Deutschland');
    expect(countryName('DE', 'fr-FR')).toBe('Allemagne');
    expect(countryName('QX', 'en-US')).toBe('QX');
    expect(countryName('Germany', 'en-US')).toBe('Germany');
  });
});
