/** What placing a cart and placing a draft order take alike, and how both may be refused. */
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

export const Provider = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not the name of a provider');

export const placingFields = {
  expected_total_minor: z.int().nonnegative(),
  expected_currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  customer_note: z.string().trim().max(1000).optional(),
};

export const PLACING_ERRORS = [
  'IDEMPOTENCY_KEY_MISSING',
  'NOT_FOUND',
  'CART_NOT_OPEN',
  'CART_EMPTY',
  'CART_FULL',
  'AMOUNT_TOO_LARGE',
  'EMAIL_MISSING',
  'ADDRESS_MISSING',
  'SHIPPING_METHOD_MISSING',
  'NOT_FOR_SALE',
  'PRICE_CHANGED',
  'INSUFFICIENT_STOCK',
  'QUANTITY_LIMIT',
  'IDEMPOTENCY_KEY_IN_USE',
  'IDEMPOTENCY_KEY_REUSED',
  'PROVIDER_UNKNOWN',
] as const satisfies readonly ErrorCode[];
