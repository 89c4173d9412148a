/** What cases start from. Each factory takes only what the case is about. */
import { randomUUID } from 'node:crypto';
import {
  createCart,
  addToCart,
  updateDetails,
  type Holder,
} from '../../extensions/commerce-api/src/cart/change-cart.ts';
import {
  completeCheckout,
  type Completed,
} from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import type { PaymentWish } from '../../extensions/commerce-api/src/payments/payment-terms.ts';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { writeChanges } from '../../extensions/commerce-api/src/inventory/queries.ts';

export const ADDRESS = {
  full_name: 'Ada Lovelace',
  line1: '1 Main St',
  city: 'Austin',
  region: 'TX',
  postal_code: '78701',
  country: 'US',
};

export interface VariantOptions {
  on_hand?: number;
  price_minor?: number;
  track_stock?: boolean;
  allow_backorder?: boolean;
  backorder_limit?: number | null;
  preorder_ships_at?: Date | null;
  max_per_order?: number | null;
  kind?: 'physical' | 'digital' | 'gift_card';
  status?: 'draft' | 'published' | 'archived';
}

/** A published product with one variant, in stock at a location of its own shop. */
export async function aVariant(shop: Shop, options: VariantOptions = {}): Promise<string> {
  const {
    on_hand = 10,
    price_minor = 1000,
    track_stock = true,
    allow_backorder = false,
    backorder_limit = null,
    preorder_ships_at = null,
    max_per_order = null,
  } = options;
  const product = randomUUID();
  const variant = randomUUID();
  const slug = `p-${product.slice(0, 8)}`;
  await inTransaction(shop.db, async (trx) => {
    await insertRows(trx, 'products', [
      {
        id: product,
        status: options.status ?? 'published',
        name: `Product ${slug}`,
        slug,
        kind: options.kind ?? 'physical',
      },
    ]);
    await insertRows(trx, 'product_variants', [
      {
        id: variant,
        product,
        status: 'published',
        sku: slug.toUpperCase(),
        price_minor,
        currency: 'USD',
        track_stock,
        allow_backorder,
        backorder_limit,
        preorder_ships_at,
        max_per_order,
      },
    ]);
    const location = await aLocation(trx);
    await insertRows(trx, 'stock_levels', [{ variant, location, on_hand: 0, reserved: 0 }]);
    if (on_hand > 0) {
      await writeChanges(trx, [{ variant, location, delta_on_hand: on_hand, delta_reserved: 0 }], {
        reason: 'initial',
      });
    }
  });
  return variant;
}

async function aLocation(trx: Parameters<typeof insertRows>[0]): Promise<string> {
  const known = await row<{ id: string }>(
    trx,
    `select id from stock_locations where active order by priority desc, id limit 1`,
  );
  if (known) return known.id;
  const id = randomUUID();
  await insertRows(trx, 'stock_locations', [{ id, name: 'Main', code: 'main', active: true, priority: 1 }]);
  return id;
}

/** A shipping method for the United States; the base template has none. */
export async function aShippingMethod(shop: Shop, amount_minor = 500): Promise<string> {
  const zone = randomUUID();
  const method = randomUUID();
  await inTransaction(shop.db, async (trx) => {
    await insertRows(trx, 'shipping_zones', [{ id: zone, name: 'US', countries: ['US'], priority: 10 }]);
    await insertRows(trx, 'shipping_methods', [
      { id: method, zone, name: 'Standard', active: true, amount_minor, currency: 'USD', sort: 1 },
    ]);
  });
  return method;
}

export interface ReadyCart {
  id: string;
  holder: Holder & { caller: { customer: string | null; network_hash: string } };
  total_minor: number;
}

/** A guest's cart with lines, e-mail, address and shipping method: one call before checkout. */
export async function aReadyCart(
  shop: Shop,
  method: string,
  lines: { variant: string; quantity: number }[],
  email = `ada-${randomUUID()}@example.com`,
): Promise<ReadyCart> {
  const caller = { customer: null, network_hash: randomUUID() };
  const { quoted, token } = await createCart(shop, caller, { email, shipping_address: ADDRESS });
  const holder = { caller, token: token ?? undefined };
  let latest = quoted;
  for (const line of lines) latest = await addToCart(shop, quoted.cart.id, holder, line);
  if (latest.quote.requires_shipping)
    latest = await updateDetails(shop, quoted.cart.id, holder, { shipping_method: method });
  return { id: quoted.cart.id, holder, total_minor: latest.quote.total_minor };
}

/** Places the cart's order at the total it shows. */
export function place(
  shop: Shop,
  cart: ReadyCart,
  {
    provider = 'manual',
    key = randomUUID() as string,
    wish = {},
  }: { provider?: string; key?: string; wish?: PaymentWish } = {},
): Promise<Completed> {
  return completeCheckout(
    shop,
    cart.id,
    { ...cart.holder, idempotency_key: key },
    { expected_total_minor: cart.total_minor, payment: { provider, ...wish } },
  );
}

/** The stock of a variant over all locations, and what its ledger adds up to. */
export async function stockOf(shop: Shop, variant: string) {
  const level = await row<{ on_hand: number; reserved: number }>(
    shop.db,
    'select sum(on_hand)::bigint as on_hand, sum(reserved)::bigint as reserved from stock_levels where variant = ?',
    [variant],
  );
  const ledger = await row<{ on_hand: number; reserved: number }>(
    shop.db,
    `select sum(delta_on_hand)::bigint as on_hand, sum(delta_reserved)::bigint as reserved from stock_movements where variant = ?`,
    [variant],
  );
  return { level, ledger };
}

/** @returns a static token of somebody new who has the role */
export async function aStaffToken({ db }: Shop, role: string): Promise<string> {
  const token = randomUUID();
  await inTransaction(db, (trx) =>
    insertRows(trx, 'directus_users', [
      { id: randomUUID(), email: `${token}@example.com`, role, status: 'active', token },
    ]),
  );
  return token;
}
