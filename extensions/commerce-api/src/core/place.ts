/** Places as taxes and shipping compare them: countries, regions and postal codes, without case or space. */

export interface Place {
  /** ISO 3166 alpha-2. */
  country: string;
  region: string | null;
  postal_code: string | null;
}

/** Country and region codes as they are compared: trimmed, upper case. */
export function normalPlace(text: string): string {
  return text.trim().toUpperCase();
}

/** A postal code as it is compared: upper case, without spaces and dashes. */
export function normalPostalCode(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase();
}

/** Members of the European Union. Their VAT has its own rules between each other; Monaco and others that share it are left out. */
export const EU_COUNTRIES: readonly string[] =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

export function isEuCountry(country: string): boolean {
  return EU_COUNTRIES.includes(normalPlace(country));
}

/**
 * Whether a text is a postal pattern: one code (`SW1A 1AA`), a beginning (`787*`), or a range whose ends are equally long
 * (`78000-78999`, `EC1A-EC4Z`). A dash between unequal halves is part of a code, as in `00-950`; a code with equal halves is
 * written without its dash.
 */
export function isPostalPattern(text: string): boolean {
  return readPattern(text) !== null;
}

/**
 * How many codes as long as this one a pattern covers when the code is among them, else null: of two patterns the one with
 * the lower number is more exact, 1 is the code itself. A range compares as many characters as its ends have, so that
 * `78000-78999` holds `78701-1234`, as does `78701`: an American ZIP+4 lies in its ZIP. A pattern that is none covers nothing.
 */
export function postalCoverage(pattern: string, postal_code: string): number | null {
  const read = readPattern(pattern);
  const code = normalPostalCode(postal_code);
  if (!read || code === '') return null;
  const { from, to, is_beginning } = read;
  const start = code.slice(0, from.length);
  const isZipPlusFour = from.length === 5 && /^\d{5}-\d{4}$/.test(postal_code.trim());
  const isWhole = is_beginning || isZipPlusFour ? start.length === from.length : code === from;
  if (!isWhole || start < from || start > to) return null;
  const base = /^\d+$/.test(from + to + code) ? 10 : 36;
  const starts = parseInt(to, base) - parseInt(from, base) + 1;
  return starts * base ** (code.length - from.length);
}

interface PostalPattern {
  /** The first and the last beginning, equally long and normal; for one code or one beginning both are the same. */
  from: string;
  to: string;
  /** Whether longer codes that begin so belong to it. */
  is_beginning: boolean;
}

/** Of equally long texts of digits and capitals, the order of text is the order of numbers. */
function readPattern(text: string): PostalPattern | null {
  const beginning = /^([^*]+)\*$/.exec(text.trim())?.[1];
  const one = normalPostalCode(beginning ?? text);
  const ends = beginning === undefined ? endsOf(text) : null;
  const from = ends?.[0] ?? one;
  const to = ends?.[1] ?? one;
  const isReadable = [from, to].every((end) => /^[0-9A-Z]{1,10}$/.test(end)) && from <= to;
  return isReadable ? { from, to, is_beginning: beginning !== undefined || ends !== null } : null;
}

/** The two sides of the dash in the middle, when they are equally long. */
function endsOf(text: string): [string, string] | null {
  const parts = text.split('-');
  const middle = parts.length / 2;
  if (parts.length % 2 !== 0) return null;
  const from = normalPostalCode(parts.slice(0, middle).join(''));
  const to = normalPostalCode(parts.slice(middle).join(''));
  return from.length === to.length ? [from, to] : null;
}
