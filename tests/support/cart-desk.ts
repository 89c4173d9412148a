/** Carts by their use cases, for a shop of one's own. */
import { randomUUID } from 'node:crypto';
import * as carts from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';

export interface HeldCart {
  id: string;
  quoted: Awaited<ReturnType<typeof carts.readCart>>;
  holder: carts.Holder;
}

/** A guest's cart, or a customer's. */
export async function aCart(
  shop: Shop,
  input: carts.NewCart = {},
  customer: string | null = null,
): Promise<HeldCart> {
  const caller = { customer };
  const { quoted, token } = await carts.createCart(shop, caller, input);
  return { id: quoted.cart.id, quoted, holder: { caller, token: token ?? undefined } };
}

/** Writes one row of any table. @returns its id */
export async function insert(shop: Shop, table: string, values: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  await inTransaction(shop.db, (trx) => insertRows(trx, table, [{ id, ...values }]));
  return id;
}

/** A customer without a user. */
export function aCustomerRow(shop: Shop, values: Record<string, unknown> = {}): Promise<string> {
  const usual = { accepts_marketing: false, tax_exempt: false, vat_id_status: 'unchecked' };
  return insert(shop, 'customers', { email: `c-${randomUUID()}@example.com`, ...usual, ...values });
}

/** An automatic promotion that takes a tenth off, unless it is said to be another. */
export function aPromotionRow(shop: Shop, values: Record<string, unknown> = {}): Promise<string> {
  const usual = {
    name: 'Promotion',
    status: 'active',
    kind: 'percentage',
    value_ppm: 100_000,
    allocation: 'across',
    requires_code: false,
    first_order_only: false,
    budget_used_minor: 0,
    usage_count: 0,
    stackable: true,
    priority: 0,
  };
  return insert(shop, 'promotions', { ...usual, ...values });
}

export async function productOf(shop: Shop, variant: string): Promise<string> {
  const found = await row<{ product: string }>(shop.db, 'select product from product_variants where id = ?', [
    variant,
  ]);
  return found!.product;
}

/** How a use case ended: its error's code with details, or `ok`. */
export async function outcomeOf(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await work;
    return { code: 'ok' };
  } catch (error) {
    if (!isKontorError(error)) throw error;
    return { code: error.code, ...error.extensions };
  }
}
