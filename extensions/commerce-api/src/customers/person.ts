/** What people type about themselves, as schemas shared by accounts and addresses. */
import { z } from 'zod';

/** Control characters, line separators and the marks that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** One trimmed line of text. */
export function textLine(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .refine((text) => !UNPRINTABLE.test(text), 'must not contain control characters');
}

/** One trimmed line of text that says something. */
export function filledLine(max: number) {
  return textLine(max).min(1, 'must not be empty');
}

/** Lower-cased, since mail servers that tell `A@x` from `a@x` are no more. 128 is what a Directus user holds. */
export const Email = z.email().max(128).toLowerCase();

/** As long as a Directus user's name. */
export const PersonName = filledLine(50);

export const Phone = z
  .string()
  .trim()
  .max(32)
  .regex(/^\+?[0-9 ()./-]{3,}$/, 'is not a phone number');

/** A BCP 47 tag such as `de-AT`. */
export const Locale = z
  .string()
  .max(16)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is not a language tag such as de-AT')
  .refine(isLanguageTag, 'is not a language tag such as de-AT');

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
