import { z } from 'zod';
import { holdsCardNumber } from '../core/card-number.ts';

/** What shoppers write in their own words, trimmed. Whoever types the number of their card here is stopped before it is stored. */
export function freeText(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .refine(
      (text) => !holdsCardNumber(text),
      'holds what looks like the number of a payment card, which belongs nowhere but with the provider',
    );
}
