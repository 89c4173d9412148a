/**
 * Money is an integer count of the currency's minor unit, as a safe JavaScript number; products are formed exactly and
 * rounded once. Whatever does not fit a safe integer is a bug or an attack, never silently imprecise: RangeError.
 */

/**
 * `value * numerator / denominator`, rounded half up to the minor unit. Symmetric in the sign: a half moves away from zero,
 * so that a refund of -x is exactly the charge of x.
 * @throws RangeError when an input is not a safe integer, the denominator is not positive or the result is not safe.
 */
export function mulDivHalfUp(value: number, numerator: number, denominator: number): number {
  requireInteger(value);
  requireInteger(numerator);
  requireInteger(denominator);
  if (denominator <= 0) throw new RangeError(`cannot divide by ${denominator}`);
  const { quotient, remainder } = divideProduct(Math.abs(value), Math.abs(numerator), denominator);
  const rounded = remainder >= denominator - remainder ? quotient + 1 : quotient;
  requireInteger(rounded);
  return value < 0 === numerator < 0 ? rounded : 0 - rounded;
}

/**
 * Shares an amount in proportion to the weights. Shares are rounded down, then the units left over go one each to the
 * largest remainders, the earlier one in a tie: the shares always add up to `total_minor`, and none exceeds its weight
 * unless the total exceeds their sum. A weight of zero gets nothing.
 * @throws RangeError when the total or a weight is negative, the weights add up to no safe integer, or there is something to
 * share and nothing to carry it.
 */
export function shareByLargestRemainder(total_minor: number, weights: readonly number[]): number[] {
  requireAmount(total_minor);
  for (const weight of weights) requireAmount(weight);
  if (total_minor === 0) return weights.map(() => 0);
  const whole = sumMinor(weights);
  if (whole === 0) throw new RangeError(`cannot share ${total_minor} over nothing`);
  const shares: number[] = [];
  const remainders: number[] = [];
  for (const weight of weights) {
    const { quotient, remainder } = divideProduct(total_minor, weight, whole);
    shares.push(quotient);
    remainders.push(remainder);
  }
  const leftOver = total_minor - sumMinor(shares);
  if (leftOver === 0) return shares;
  const least = Float64Array.from(remainders).sort().at(-leftOver)!;
  let leftForLeast = leftOver - remainders.filter((remainder) => remainder > least).length;
  for (const [index, remainder] of remainders.entries()) {
    if (remainder > least || (remainder === least && leftForLeast-- > 0)) shares[index]! += 1;
  }
  return shares;
}

/** @throws RangeError when an amount or the sum on its way is not a safe integer. */
export function sumMinor(amounts: readonly number[]): number {
  let sum = 0;
  for (const amount of amounts) {
    sum += amount;
    if (!Number.isSafeInteger(sum)) throw new RangeError(`a sum reaches ${sum}, which is not a safe integer`);
  }
  return sum;
}

/** Is this an active ISO 4217 code, upper case? Metals, test codes and units of account without minor units are not. */
export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/**
 * Decimal digits of the minor unit by ISO 4217 (not `Intl`, whose data rounds to what is in use: AFN, LBP and others have 0
 * there while providers and banks count in hundredths).
 * @throws RangeError for a code that is not an active currency.
 */
export function currencyDigits(code: string): number {
  const digits = DIGITS.get(code);
  if (digits === undefined)
    throw new RangeError(`${JSON.stringify(code)} is not an active ISO 4217 currency`);
  return digits;
}

/**
 * Reads an exact decimal such as `19.99` or `-5` into minor units; never through a float. Digits beyond the currency's are
 * refused even when they are zeros: `1.000` in euros is more likely somebody's thousand than one euro.
 * @throws RangeError when the text is not such a number, has too many digits, or does not fit.
 */
export function toMinor(decimal: string, currency: string): number {
  const digits = currencyDigits(currency);
  const match = /^(-?)(\d{1,16})(?:\.(\d{1,4}))?$/.exec(decimal);
  const fraction = match?.[3] ?? '';
  if (!match || fraction.length > digits) {
    throw new RangeError(`${JSON.stringify(decimal.slice(0, 40))} is not an amount in ${currency}`);
  }
  const size = BigInt(match[2]! + fraction.padEnd(digits, '0'));
  return safeNumber(match[1] === '-' ? -size : size);
}

/** Minor units as an exact decimal with all digits of the currency: `19.99`, `-0.05`, `1200` (JPY), `1.500` (KWD). */
export function formatMinor(amount_minor: number, currency: string): string {
  requireInteger(amount_minor);
  const digits = currencyDigits(currency);
  const sign = amount_minor < 0 ? '-' : '';
  const size = String(Math.abs(amount_minor)).padStart(digits + 1, '0');
  const point = size.length - digits;
  return digits === 0 ? sign + size : `${sign}${size.slice(0, point)}.${size.slice(point)}`;
}

/** @throws RangeError unless the value is an integer of zero or more that a JavaScript number holds exactly. */
export function requireAmount(value: number): void {
  requireInteger(value);
  if (value < 0) throw new RangeError(`${value} is negative`);
}

/**
 * `a * b / divisor` of numbers that are not negative, exactly; in BigInt only where the product is no safe integer.
 * A quotient that is none comes back imprecise, for the caller to refuse.
 */
function divideProduct(a: number, b: number, divisor: number): { quotient: number; remainder: number } {
  const product = a * b;
  if (Number.isSafeInteger(product)) {
    const remainder = product % divisor;
    return { quotient: (product - remainder) / divisor, remainder };
  }
  const exact = BigInt(a) * BigInt(b);
  return { quotient: Number(exact / BigInt(divisor)), remainder: Number(exact % BigInt(divisor)) };
}

function requireInteger(value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
}

function safeNumber(value: bigint): number {
  const number = Number(value);
  requireInteger(number);
  return number;
}

/** ISO 4217 list one as of 2026 by number of digits; everything that is not listed with 0, 3 or 4 has 2. */
const DIGITS: ReadonlyMap<string, number> = new Map(
  (
    [
      [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
      [
        2,
        `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
         COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
         INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
         MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
         STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
      ],
      [3, 'BHD IQD JOD KWD LYD OMR TND'],
      [4, 'CLF UYW'],
    ] as const
  ).flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, digits] as const)),
);
