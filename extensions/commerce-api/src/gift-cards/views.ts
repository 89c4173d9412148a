/** Gift cards and store credit as they are answered. */
import { z } from 'zod';
import { minor } from '../cart/quote-view.ts';
import { isCurrency } from '../core/money.ts';
import type { GiftCardRow, MovementRow } from './queries.ts';
import type { StoreCredit } from './store-credit-queries.ts';

export const GiftCardCode = z.string().trim().min(1).max(64);
export const Currency = z.string().refine(isCurrency, 'is not a currency');
/** More than any card or account should ever hold, and so little that a balance stays exact. */
export const MAX_MINOR = 1_000_000_000_000;
/** A change of a balance: positive or negative, never nothing. */
export const Delta = z
  .int()
  .min(-MAX_MINOR)
  .max(MAX_MINOR)
  .refine((value) => value !== 0, 'is zero');

export const StoreCreditView = z.object({
  currency: z.string(),
  balance_minor: minor,
  movements: z.array(
    z.object({
      delta_minor: z.int(),
      reason: z.string(),
      order: z.uuid().nullable(),
      created_at: z.string(),
    }),
  ),
});

export function storeCreditView({
  currency,
  balance_minor,
  movements,
}: StoreCredit): z.output<typeof StoreCreditView> {
  return {
    currency,
    balance_minor,
    movements: movements.map((each) => ({ ...each, created_at: new Date(each.created_at).toISOString() })),
  };
}

export const GiftCardView = z.object({
  id: z.uuid(),
  last4: z.string(),
  status: z.enum(['active', 'disabled']),
  initial_minor: minor,
  balance_minor: minor,
  currency: z.string(),
  expires_at: z.string().nullable(),
  customer: z.uuid().nullable(),
  /** The line of the order that sold it. */
  order_line: z.uuid().nullable(),
  note: z.string().nullable(),
  created_at: z.string(),
});

export function giftCardView(card: GiftCardRow): z.output<typeof GiftCardView> {
  const { source_order_line, expires_at, created_at, ...rest } = card;
  return {
    ...rest,
    order_line: source_order_line,
    expires_at: expires_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
  };
}

export const LedgerView = z.object({
  delta_minor: z.int(),
  reason: z.string(),
  order: z.uuid().nullable(),
  note: z.string().nullable(),
  created_at: z.string(),
});

export function ledgerView(movement: MovementRow): z.output<typeof LedgerView> {
  return { ...movement, created_at: movement.created_at.toISOString() };
}
