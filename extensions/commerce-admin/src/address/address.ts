/** Postal addresses as carts and orders hold them, written the way the country they lead to writes them. */

export interface PostalAddress {
  full_name?: string | null;
  company?: string | null;
  phone?: string | null;
  line1?: string | null;
  line2?: string | null;
  city?: string | null;
  region?: string | null;
  postal_code?: string | null;
  country?: string | null;
}

/** `Austin, TX 78701`; elsewhere the postcode comes first. */
const POSTCODE_AFTER_REGION = new Set([
  'AU',
  'BR',
  'CA',
  'CO',
  'ID',
  'IN',
  'KR',
  'NZ',
  'PH',
  'PK',
  'TH',
  'TW',
  'US',
]);
/** `London`, and below it `SW1A 1AA`. */
const POSTCODE_ON_ITS_OWN = new Set(['GB', 'GG', 'HU', 'IE', 'IM', 'JE', 'KE', 'LK', 'UA', 'ZA']);

/** The address in a json column; null where there is none, or nothing in it to read. */
export function addressOf(value: unknown): PostalAddress | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  return Object.values(value).some((part) => typeof part === 'string' && part.trim() !== '') ? value : null;
}

/** Line by line, as on a parcel: without the phone number. */
export function addressLines(address: PostalAddress, language: string): string[] {
  const country = address.country?.trim();
  return [
    address.full_name,
    address.company,
    address.line1,
    address.line2,
    ...placeLines(address),
    country && countryName(country, language),
  ].filter(isFilled);
}

/** The same in one line. */
export function addressLine(address: PostalAddress, language: string): string {
  return addressLines(address, language).join(', ');
}

/** A code that Intl does not know stays as it is. */
export function countryName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

function placeLines({ city, region, postal_code, country }: PostalAddress): (string | null | undefined)[] {
  if (POSTCODE_AFTER_REGION.has(country ?? '')) return [joined(', ', city, joined(' ', region, postal_code))];
  if (POSTCODE_ON_ITS_OWN.has(country ?? '')) return [joined(', ', city, region), postal_code];
  return [joined(', ', joined(' ', postal_code, city), region)];
}

function joined(separator: string, ...parts: (string | null | undefined)[]): string {
  return parts.filter(isFilled).join(separator);
}

function isFilled(part: string | null | undefined): part is string {
  return typeof part === 'string' && part.trim() !== '';
}
