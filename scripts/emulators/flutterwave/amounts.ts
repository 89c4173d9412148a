/** Amounts as Flutterwave writes them: JSON numbers or texts in the currency's major unit. The books count in minor units. */
const NO_DIGITS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const THREE_DIGITS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

export function digitsOf(currency: string): number {
  return NO_DIGITS.has(currency) ? 0 : THREE_DIGITS.has(currency) ? 3 : 2;
}

/** Null for what is no amount above zero in this currency, digits beyond its minor unit included. */
export function minorOf(amount: number | string, currency: string): number | null {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(String(amount));
  if (!match) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  const digits = digitsOf(currency);
  if (fraction.length > digits) return null;
  const minor = Number(match[1] + fraction.padEnd(digits, '0'));
  return minor > 0 ? minor : null;
}

/** The number an answer holds. A number of at most 15 digits is written the way it is read. */
export function majorOf(amount_minor: number, currency: string): number {
  const digits = digitsOf(currency);
  const text = String(amount_minor).padStart(digits + 1, '0');
  return Number(`${text.slice(0, text.length - digits)}.${text.slice(text.length - digits)}`);
}
