/**
 * VAT identification numbers of the European Union, Northern Ireland, Great Britain, Switzerland and Norway: their format and
 * check digits, without asking anybody. That a number can exist does not mean that it does; providers/vat-check.ts asks.
 *
 * Source for the members of the union, where nothing else is said: European Commission, DG TAXUD, "VIES: VAT number
 * construction rules", version 15.0, which gives format and algorithm for each of them.
 */
import { isEuCountry, normalPlace } from './place.ts';

export type VatIdReason = 'unknown_country' | 'wrong_format' | 'wrong_check_digit';

export interface VatId {
  /** ISO 3166 alpha-2, so `GR` for Greece; `XI` for Northern Ireland. Null when the text begins with no country known here. */
  country: string | null;
  /** Without the country, normal: upper case, nothing between the digits, leading zeros filled in. */
  number: string;
  is_valid: boolean;
  reason: VatIdReason | null;
}

/**
 * Reads a VAT id that begins with its country. Case does not matter, nor do spaces, dots, dashes, slashes and colons, nor
 * whether Greece calls itself EL or GR, nor the MWST, TVA or IVA behind a Swiss and the MVA behind a Norwegian number.
 */
export function parseVatId(text: string): VatId {
  const compact = text.replace(/[\s.\-/:()]/g, '').toUpperCase();
  const country = compact.startsWith('EL') ? 'GR' : compact.slice(0, 2);
  const rules = RULES.get(country);
  if (!rules) return { country: null, number: compact, is_valid: false, reason: 'unknown_country' };
  const number = (NORMAL[country] ?? same)(compact.slice(2));
  const ofFormat = rules.filter(([format]) => format.test(number));
  const is_valid = ofFormat.some(([, check]) => check(number));
  const failure = ofFormat.length === 0 ? 'wrong_format' : 'wrong_check_digit';
  return { country, number, is_valid, reason: is_valid ? null : failure };
}

/** As it is written: the country as VIES calls it, then the number. */
export function formatVatId({ country, number }: Pick<VatId, 'country' | 'number'>): string {
  return `${country === 'GR' ? 'EL' : (country ?? '')}${number}`;
}

/** Whether VIES knows numbers of this country: the members of the union and Northern Ireland. */
export function isInVies(country: string | null): boolean {
  return country !== null && (country === 'XI' || isEuCountry(country));
}

/** Whether a buyer with this VAT id may owe the tax instead of the shop: a valid one, of another member than the shop's. */
export function servesReverseCharge({ country, is_valid }: VatId, shop_country: string): boolean {
  return is_valid && isInVies(country) && country !== normalPlace(shop_country);
}

type Check = (number: string) => boolean;
/** A format, and whether the check digit of a number of that format holds. */
type Rule = readonly [format: RegExp, check: Check];

/** For numbers that carry no check digit, or none whose rule is published. */
const unchecked: Check = () => true;
const same = (number: string) => number;

/** How a number is completed before it is looked at. Belgium and Greece had shorter ones and filled them up with a zero. */
const NORMAL: Record<string, (number: string) => string> = {
  BE: (number) => number.padStart(10, '0'),
  GR: (number) => number.padStart(9, '0'),
  CH: (number) => number.replace(/(MWST|TVA|IVA)$/, ''),
  NO: (number) => number.replace(/MVA$/, ''),
};

function weightedSum(number: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(number[index]), 0);
}

/** Holds when the weighted sum of all digits, the check digit among them, is a multiple. */
function multipleOf(modulus: number, weights: readonly number[]): Check {
  return (number) => weightedSum(number, weights) % modulus === 0;
}

/** The digits' sum with every second one, from the right of what stands before the check digit, doubled and cast out of nines. */
function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}

/** ISO/IEC 7812-1, annex B. */
const luhn: Check = (number) => (luhnSum(number.slice(0, -1)) + Number(number.at(-1))) % 10 === 0;

/** ISO 7064, MOD 11,10. */
const iso7064: Check = (number) => {
  let product = 10;
  for (const digit of number.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (product + Number(number.at(-1))) % 10 === 1;
};

/** A birth number's date, as far as its digits can be one: months of women and of later series are raised. */
function hasBirthDate(month: string, day: string, raises: readonly number[]): boolean {
  const isMonth = raises.some((raise) => Number(month) > raise && Number(month) <= raise + 12);
  return isMonth && Number(day) >= 1 && Number(day) <= 31;
}

/** Austria: the second, fourth and sixth digit doubled as Luhn does, and 4; the check digit fills that up to the next ten. */
const austria: Check = (number) =>
  (luhnSum(number.slice(1, 7)) + Number(number[7]) + 4 + Number(number[8])) % 10 === 0;

const belgium: Check = (number) => 97 - (Number(number.slice(0, 8)) % 97) === Number(number.slice(8));

/** Bulgaria, legal persons: weights 1 to 8, and where that leaves 10, weights 3 to 10. */
const bulgariaLegal: Check = (number) => {
  const first = weightedSum(number, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
  const rest = first === 10 ? weightedSum(number, [3, 4, 5, 6, 7, 8, 9, 10]) % 11 : first;
  return rest % 10 === Number(number[8]);
};

/** Bulgaria, ten digits: a citizen (EGN), a foreigner (LNC) or another, each with its own weights. */
const bulgariaOther: Check = (number) => {
  const check = Number(number[9]);
  const citizen = (weightedSum(number, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === check;
  const foreigner = weightedSum(number, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 === check;
  const other = (11 - (weightedSum(number, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === check;
  return (citizen && hasBirthDate(number.slice(2, 4), number.slice(4, 6), [0, 20, 40])) || foreigner || other;
};

/** Cyprus: digits in odd places count by a table; the sum's rest by 26 is the letter. */
const cyprus: Check = (number) => {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
  const sum = [...number.slice(0, 8)].reduce(
    (total, digit, index) => total + (index % 2 === 0 ? odd[Number(digit)]! : Number(digit)),
    0,
  );
  return String.fromCharCode(65 + (sum % 26)) === number[8];
};

/** Czechia, legal persons. */
const czechLegal: Check = (number) => {
  const rest = 11 - (weightedSum(number, [8, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest === 11 ? 1 : rest % 10) === Number(number[7]);
};

/** Czechia, persons without a birth number: a 6 in front that does not count. */
const czechSpecial: Check = (number) => {
  const rest = weightedSum(number.slice(1), [8, 7, 6, 5, 4, 3, 2]) % 11;
  return (18 - ((21 - rest) % 11)) % 10 === Number(number[8]);
};

/** Czechia, birth numbers: those of nine digits, of people born from 1880 to 1953, have no check digit. */
const czechOldBirth: Check = (number) => hasBirthDate(number.slice(2, 4), number.slice(4, 6), [0, 50]);
const czechBirth: Check = (number) =>
  hasBirthDate(number.slice(2, 4), number.slice(4, 6), [0, 20, 50, 70]) &&
  (Number(number.slice(0, 9)) % 11) % 10 === Number(number[9]);

/** Spain: identity cards and their like (a letter by the rest of 23; X, Y, Z of foreigners count as 0, 1, 2, K, L, M as nothing). */
const spainPerson: Check = (number) => {
  const digits = number
    .slice(0, 8)
    .replace(/[KLMX]/, '0')
    .replace('Y', '1')
    .replace('Z', '2');
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === number[8];
};

/** Spain, entities: Luhn's digit, or the letter in its place (Orden EHA/451/2008). */
const spainEntity: Check = (number) => {
  const check = (10 - (luhnSum(number.slice(1, 8)) % 10)) % 10;
  return number[8] === String(check) || number[8] === 'JABCDEFGHI'[check];
};

/** France: the SIREN is Luhn's, except in Monaco, whose numbers begin with 000. */
const isSiren: Check = (siren) => siren.startsWith('000') || luhn(siren);
const franceOld: Check = (number) =>
  isSiren(number.slice(2)) && Number(`${number.slice(2)}12`) % 97 === Number(number.slice(0, 2));
/** The key of two characters without I and O, since the digits ran out. */
const franceNew: Check = (number) => {
  const [first, second] = [...number.slice(0, 2)].map((each) =>
    '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'.indexOf(each),
  );
  const key = /^\d/.test(number) ? first! * 24 + second! - 10 : first! * 34 + second! - 100;
  const siren = Number(number.slice(2));
  return isSiren(number.slice(2)) && (siren + 1 + Math.floor(key / 11)) % 11 === key % 11;
};

const greece: Check = (number) =>
  (weightedSum(number, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(number[8]);

/** Ireland: the letter by the rest of 23; since 2013 a second letter counts nine times, `W` as nothing. */
const IRISH_LETTERS = 'WABCDEFGHIJKLMNOPQRSTUV';
const ireland: Check = (number) => {
  const second = IRISH_LETTERS.indexOf(number[8] ?? 'W') * 9;
  return IRISH_LETTERS[(weightedSum(number, [8, 7, 6, 5, 4, 3, 2]) + second) % 23] === number[7];
};
const irelandOld: Check = (number) => ireland(`0${number.slice(2, 7)}${number[0]}${number[7]}`);

/** Italy: seven digits of the company, three of the tax office that gave the number, Luhn's check digit. */
const italy: Check = (number) => {
  const office = Number(number.slice(7, 10));
  const isOffice = (office >= 1 && office <= 100) || [120, 121, 888, 999].includes(office);
  return isOffice && Number(number.slice(0, 7)) > 0 && luhn(number);
};

/** Lithuania: weights 1 to 9 in turn, and where that leaves 10, the same from 3 on. */
const lithuania: Check = (number) => {
  const digits = number.slice(0, -1);
  const sumFrom = (start: number) =>
    weightedSum(
      digits,
      [...digits].map((_, index) => ((index + start) % 9) + 1),
    );
  const first = sumFrom(0) % 11;
  const rest = first === 10 ? (sumFrom(2) % 11) % 10 : first;
  return rest === Number(number.at(-1));
};

const luxembourg: Check = (number) => Number(number.slice(0, 6)) % 89 === Number(number.slice(6));

/** Latvia, legal persons. */
const latvia: Check = (number) => weightedSum(number, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 === 3;
/** Latvia, natural persons: no rule for a check digit is published; born on a date, or since 2017 a number that begins with 32. */
const latviaPerson: Check = (number) =>
  number.startsWith('32') || hasBirthDate(number.slice(2, 4), number.slice(0, 2), [0]);

/**
 * The Netherlands: the number of a company by 11, or, since 2020 for the self-employed (Belastingdienst, "btw-identificatienummer"),
 * the whole with its country by ISO 7064 MOD 97,10: letters are two digits, A = 10, and the rest is 1.
 */
const netherlands: Check = (number) => {
  const byEleven = weightedSum(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(number[8]);
  return byEleven || BigInt(`2321${number.replace('B', '11')}`) % 97n === 1n;
};

const poland: Check = (number) => weightedSum(number, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(number[9]);

const portugal: Check = (number) => {
  const rest = 11 - (weightedSum(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest > 9 ? 0 : rest) === Number(number[8]);
};

/** Romania: two to ten digits, weighted as if filled up in front. */
const romania: Check = (number) => {
  const filled = number.padStart(10, '0');
  return ((weightedSum(filled, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === Number(filled[9]);
};

const sweden: Check = (number) => luhn(number.slice(0, 10));

/** Slovenia: a rest of 10 is written 0; numbers that would need an 11 are not given. */
const slovenia: Check = (number) => {
  const rest = 11 - (weightedSum(number, [8, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest === 10 ? 0 : rest) === Number(number[7]);
};

const slovakia: Check = (number) => Number(number) % 11 === 0;

/** United Kingdom (HMRC, VAT registration numbers): by 97, since 2010 also with 55 added, "9755". A branch's three digits do not count. */
const britain: Check = (number) => {
  const sum = weightedSum(number, [8, 7, 6, 5, 4, 3, 2, 10, 1]);
  return sum % 97 === 0 || (sum + 55) % 97 === 0;
};
/** Government departments (GD) and health authorities (HA) have no check digit. */
const BRITISH: readonly Rule[] = [
  [/^\d{9}(\d{3})?$/, britain],
  [/^GD[0-4]\d{2}$/, unchecked],
  [/^HA[5-9]\d{2}$/, unchecked],
];

/** Switzerland: the UID (eCH-0097, Bundesamt für Statistik). */
const switzerland: Check = (number) =>
  (11 - (weightedSum(number.slice(1), [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11 === Number(number[9]);

const RULES: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  ['AT', [[/^U\d{8}$/, austria]]],
  ['BE', [[/^[01]\d{9}$/, belgium]]],
  [
    'BG',
    [
      [/^\d{9}$/, bulgariaLegal],
      [/^\d{10}$/, bulgariaOther],
    ],
  ],
  ['CY', [[/^(?!12)\d{8}[A-Z]$/, cyprus]]],
  [
    'CZ',
    [
      [/^[0-8]\d{7}$/, czechLegal],
      [/^6\d{8}$/, czechSpecial],
      [/^([0-4]\d|5[0-3]|[89]\d)\d{7}$/, czechOldBirth],
      [/^\d{10}$/, czechBirth],
    ],
  ],
  ['DE', [[/^[1-9]\d{8}$/, iso7064]]],
  ['DK', [[/^[1-9]\d{7}$/, multipleOf(11, [2, 7, 6, 5, 4, 3, 2, 1])]]],
  ['EE', [[/^\d{9}$/, multipleOf(10, [3, 7, 1, 3, 7, 1, 3, 7, 1])]]],
  [
    'ES',
    [
      [/^[\dKLMXYZ]\d{7}[A-Z]$/, spainPerson],
      [/^[A-HJNP-SUVW]\d{7}[\dA-J]$/, spainEntity],
    ],
  ],
  ['FI', [[/^\d{8}$/, multipleOf(11, [7, 9, 10, 5, 8, 4, 2, 1])]]],
  [
    'FR',
    [
      [/^\d{11}$/, franceOld],
      [/^([A-HJ-NP-Z][\dA-HJ-NP-Z]|\d[A-HJ-NP-Z])\d{9}$/, franceNew],
    ],
  ],
  ['GR', [[/^\d{9}$/, greece]]],
  // Croatia: the OIB (Narodne novine 60/2008), ISO 7064 as in Germany.
  ['HR', [[/^\d{11}$/, iso7064]]],
  ['HU', [[/^\d{8}$/, multipleOf(10, [9, 7, 3, 1, 9, 7, 3, 1])]]],
  [
    'IE',
    [
      [/^\d{7}[A-W][A-IW]?$/, ireland],
      [/^\d[A-Z+*]\d{5}[A-W]$/, irelandOld],
    ],
  ],
  ['IT', [[/^\d{11}$/, italy]]],
  [
    'LT',
    [
      [/^\d{7}1\d$/, lithuania],
      [/^\d{10}1\d$/, lithuania],
    ],
  ],
  ['LU', [[/^\d{8}$/, luxembourg]]],
  [
    'LV',
    [
      [/^[4-9]\d{10}$/, latvia],
      [/^[0-3]\d{10}$/, latviaPerson],
    ],
  ],
  ['MT', [[/^[1-9]\d{7}$/, multipleOf(37, [3, 4, 6, 7, 8, 9, 10, 1])]]],
  ['NL', [[/^\d{9}B(?!00)\d{2}$/, netherlands]]],
  ['PL', [[/^\d{10}$/, poland]]],
  ['PT', [[/^[1-9]\d{8}$/, portugal]]],
  ['RO', [[/^[1-9]\d{1,9}$/, romania]]],
  ['SE', [[/^\d{10}(0[1-9]|[1-8]\d|9[0-4])$/, sweden]]],
  ['SI', [[/^[1-9]\d{7}$/, slovenia]]],
  ['SK', [[/^[1-9]\d[2-47-9]\d{7}$/, slovakia]]],
  ['GB', BRITISH],
  ['XI', BRITISH],
  ['CH', [[/^E\d{9}$/, switzerland]]],
  // Norway: the number of the organisation (Brønnøysundregistrene, "Organisasjonsnummeret").
  ['NO', [[/^[89]\d{8}$/, multipleOf(11, [3, 2, 7, 6, 5, 4, 3, 2, 1])]]],
]);
