/** A postal address, as address books, carts and orders hold it. */
import { z } from 'zod';
import { COUNTRY_CODES } from './country-codes.ts';
import { filledLine, Phone, textLine } from './person.ts';

const known = new Set(COUNTRY_CODES);

/** ISO 3166-1 alpha-2, upper case. */
const CountryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, 'is not an ISO 3166-1 alpha-2 code in upper case')
  .refine((code) => known.has(code), 'is not a country');

/** Absent, null and empty mean the same in the optional fields. */
export const Address = z.strictObject({
  full_name: filledLine(120),
  company: textLine(120).nullish(),
  phone: z.union([Phone, z.literal('')]).nullish(),
  line1: filledLine(200),
  line2: textLine(200).nullish(),
  city: filledLine(120),
  region: textLine(80).nullish(),
  postal_code: textLine(20).nullish(),
  country: CountryCode,
});

export type Address = z.output<typeof Address>;
