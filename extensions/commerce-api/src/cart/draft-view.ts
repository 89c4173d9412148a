import { z } from 'zod';
import type { Env } from '../platform/env.ts';
import { CartView, cartView } from './cart-view.ts';
import type { QuotedCart } from './quote-cart.ts';

/** A draft order: a cart, with what only staff see. */
export const DraftView = CartView.extend({
  customer: z.uuid().nullable(),
  /** For the people who work on it. */
  note: z.string().nullable(),
});

export type DraftView = z.output<typeof DraftView>;

export function draftView(env: Env, quoted: QuotedCart): DraftView {
  const { customer, note } = quoted.cart;
  return { ...cartView(env, quoted), customer, note };
}
