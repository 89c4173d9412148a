/** What placing a cart and placing a draft order take alike, and how both may be refused. */
import { z } from 'zod';
import { freeText } from '../cart/free-text.ts';
import type { ErrorCode } from '../errors.ts';
import { PAYMENT_FLOWS } from '../providers/payment.ts';

export const Provider = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not the name of a provider');

/** How a shopper means to pay. */
export const wishFields = {
  flow: z
    .enum(PAYMENT_FLOWS)
    .optional()
    .describe(
      'How the provider is shown; its first way when not given. `GET /store/payment-providers` lists them.',
    ),
  return_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('Where the shopper comes back to from a page of the provider.'),
  cancel_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('Where a shopper who gives up there comes back to; `return_url` when not given.'),
  payment_method: z.uuid().optional().describe('One of the customer’s kept methods; it is charged at once.'),
  save_method: z.boolean().optional().describe('Keep the method for later purchases.'),
};

export const WISH_ERRORS = [
  'PAYMENT_FLOW_UNKNOWN',
  'RETURN_URL_MISSING',
  'METHODS_NOT_KEPT',
  'PROVIDER_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

export const placingFields = {
  expected_total_minor: z.int().nonnegative(),
  expected_currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  customer_note: freeText(1000).optional(),
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
