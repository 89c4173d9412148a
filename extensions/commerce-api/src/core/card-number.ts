/** Numbers of payment cards, as people type them. */

/** 13 to 19 digits, in groups or not. */
const LONG_NUMBER = /\d(?:[ -]?\d){12,18}/g;

/**
 * Whether a text holds what is, by its length, its first digit and its check digit (Luhn, ISO/IEC 7812), the number of a payment card.
 * One in ten other long numbers passes the check by chance, so use it where nobody has to send such numbers.
 */
export function holdsCardNumber(text: string): boolean {
  return (text.match(LONG_NUMBER) ?? []).some((found) => isCardNumber(found.replace(/[ -]/g, '')));
}

function isCardNumber(digits: string): boolean {
  if (!/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
