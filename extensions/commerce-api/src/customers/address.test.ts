import { describe, expect, test } from 'vitest';
import { Address } from './address.ts';
import { COUNTRY_CODES } from './country-codes.ts';
import { Email, Locale, Phone } from './person.ts';

const address = { full_name: 'Ada Lovelace', line1: '12 St James’s Sq', city: 'London', country: 'GB' };

function faultOf(changes: Record<string, unknown>): string | null {
  const result = Address.safeParse({ ...address, ...changes });
  return result.success ? null : (result.error.issues[0]?.path.join('.') ?? '');
}

describe('a postal address', () => {
  test('needs a name, a street, a city and a country; the rest may be absent, null or empty', () => {
    expect(faultOf({})).toBeNull();
    expect(faultOf({ company: null, phone: '', line2: '', region: null, postal_code: '' })).toBeNull();
    for (const field of Object.keys(address)) expect(faultOf({ [field]: undefined })).toBe(field);
  });

  test('is trimmed', () => {
    expect(Address.parse({ ...address, city: '  London ' }).city).toBe('London');
  });

  test.each([
    ['full_name', '   '],
    ['full_name', 'Ada\u0000'],
    ['line1', 'a\nb'],
    ['city', 'x'.repeat(121)],
    ['region', '\u202eevil'],
    ['postal_code', 12345],
    ['phone', 'call me'],
    ['country', 'gb'],
    ['country', 'XX'],
    ['country', 'DEU'],
  ])('refuses %s = %j', (field, value) => {
    expect(faultOf({ [field]: value })).toBe(field);
  });

  test('refuses fields it does not know', () => {
    expect(Address.safeParse({ ...address, zip: '1' }).success).toBe(false);
  });

  test('knows the 249 countries of ISO 3166-1', () => {
    expect(new Set(COUNTRY_CODES).size).toBe(249);
    expect(COUNTRY_CODES.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
  });
});

describe('what people type about themselves', () => {
  test('an e-mail address is lower-cased and one address only', () => {
    expect(Email.parse('Ada@Example.COM')).toBe('ada@example.com');
    for (const wrong of [
      '',
      'ada',
      'a@b',
      'a@b.example, c@d.example',
      'a b@c.example',
      `${'a'.repeat(120)}@b.example`,
    ]) {
      expect(Email.safeParse(wrong).success).toBe(false);
    }
  });

  test('a locale is a language tag', () => {
    for (const tag of ['de', 'de-AT', 'zh-Hant-TW']) expect(Locale.safeParse(tag).success).toBe(true);
    for (const tag of ['', 'german', 'de_AT', 'en-', '../etc'])
      expect(Locale.safeParse(tag).success).toBe(false);
  });

  test('a phone number has digits and what people put between them', () => {
    for (const phone of ['+43 (1) 234-56', '030/1234']) expect(Phone.safeParse(phone).success).toBe(true);
    for (const phone of ['+', 'abc', '1'.repeat(33)]) expect(Phone.safeParse(phone).success).toBe(false);
  });
});
