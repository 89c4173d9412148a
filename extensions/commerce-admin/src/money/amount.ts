/** Amounts as people type and read them. The arithmetic is the server's own. */
import { currencyDigits, formatMinor, isCurrency, toMinor } from '../../../commerce-api/src/core/money.ts';

export type Typed = { minor: number | null } | { problem: string };

/**
 * What somebody typed, as minor units; empty is null. A comma may stand for the decimal point where the currency has two
 * digits (with three, `1,000` could be either). Spaces are ignored, digits are never grouped or rounded away.
 */
export function readTyped(text: string, currency: string): Typed {
  const compact = text.replace(/\s/g, '');
  if (compact === '') return { minor: null };
  const digits = currencyDigits(currency);
  const decimal = digits === 2 ? compact.replace(',', '.') : compact;
  try {
    return { minor: toMinor(decimal, currency) };
  } catch {
    return { problem: `Write the amount like ${formatMinor(1_234_567, currency)}, ${digitsRule(digits)}.` };
  }
}

/** Minor units as the text to edit; empty for null. Without a known currency the bare minor units. */
export function asTyped(minor: number | null, currency: string | null): string {
  if (minor === null) return '';
  return currency && isCurrency(currency) ? formatMinor(minor, currency) : String(minor);
}

/**
 * Minor units as the reader's language writes money, with all digits of the currency; exact, since the decimal goes to Intl
 * as text. Without a known currency the bare minor units.
 */
export function asRead(minor: number, currency: string | null, language: string): string {
  if (!currency || !isCurrency(currency)) return String(minor);
  const digits = currencyDigits(currency);
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(formatMinor(minor, currency) as `${number}`);
}

/** Directus answers bigints as numbers or, before the BIGINT parser is there, as text. Null for what is not a safe integer. */
export function toMinorUnits(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function digitsRule(digits: number): string {
  return digits === 0 ? 'in whole units' : `with at most ${digits} digits after the point`;
}
