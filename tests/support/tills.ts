/** Carts that are paid with gift cards and store credit, and what is left on those. */
import { randomUUID } from 'node:crypto';
import {
  addGiftCard,
  createCart,
  updateDetails,
} from '../../extensions/commerce-api/src/cart/change-cart.ts';
import {
  completeCheckout,
  type Completed,
} from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import type { QuotedCart } from '../../extensions/commerce-api/src/cart/quote-cart.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { changeStoreCredit } from '../../extensions/commerce-api/src/gift-cards/store-credit.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { aVariant, type ReadyCart } from './factories.ts';

export interface Till {
  cart: ReadyCart;
  variant: string;
  /** What it showed as left to pay. */
  payable_minor: number;
}

export interface TillOptions {
  price_minor?: number;
  quantity?: number;
  /** Codes of gift cards to put on the cart. */
  codes?: string[];
  /** A customer whose store credit is used. */
  customer?: string | null;
  variant?: string;
}

/** A cart of downloads, so that its total is its price: no shipping, and no tax in the tests' template. */
export async function aTill(shop: Shop, options: TillOptions = {}): Promise<Till> {
  const { price_minor = 1000, quantity = 1, codes = [], customer = null } = options;
  const variant = options.variant ?? (await aVariant(shop, { price_minor, kind: 'digital' }));
  const caller = { customer, network_hash: randomUUID() };
  const email = `ada-${randomUUID()}@example.com`;
  const { quoted, token } = await createCart(shop, caller, { email, lines: [{ variant, quantity }] });
  const holder = { caller, token: token ?? undefined };
  const { id } = quoted.cart;
  let latest: QuotedCart = quoted;
  for (const code of codes) latest = await addGiftCard(shop, id, holder, code);
  if (customer !== null) latest = await updateDetails(shop, id, holder, { use_store_credit: true });
  const cart = { id, holder, total_minor: quoted.quote.total_minor };
  return { variant, cart, payable_minor: latest.payable.remaining_minor };
}

/** Orders a cart at its total, agreeing to what it showed as left to pay. */
export function orderOf(
  shop: Shop,
  { cart, payable_minor }: Pick<Till, 'cart' | 'payable_minor'>,
  { provider = 'stripe', ...agreed }: { payable_minor?: number | undefined; provider?: string } = {},
): Promise<Completed> {
  const expected_payable_minor = 'payable_minor' in agreed ? agreed.payable_minor : payable_minor;
  return completeCheckout(
    shop,
    cart.id,
    { ...cart.holder, idempotency_key: randomUUID() },
    { expected_total_minor: cart.total_minor, expected_payable_minor, payment: { provider } },
  );
}

export async function aCard(
  shop: Shop,
  initial_minor: number,
  more: { currency?: string; expires_at?: Date; customer?: string } = {},
): Promise<{ id: string; code: string }> {
  const { card, code } = await issueGiftCard(shop, { initial_minor, currency: 'USD', ...more }, null);
  return { id: card.id, code };
}

export async function balanceOf(shop: Shop, card: string): Promise<number | undefined> {
  const found = await row<{ balance_minor: number }>(
    shop.db,
    'select balance_minor from gift_cards where id = ?',
    [card],
  );
  return found?.balance_minor;
}

/** A customer with so much store credit. */
export async function aCreditor(shop: Shop, credit_minor = 0): Promise<string> {
  const id = randomUUID();
  await row(shop.db, 'insert into customers (id, email) values (?, ?)', [id, `credit-${id}@example.com`]);
  if (credit_minor > 0) {
    const grant = { delta_minor: credit_minor, currency: 'USD', note: 'An apology' };
    await changeStoreCredit(shop, id, grant, null);
  }
  return id;
}

export async function creditOf(shop: Shop, customer: string): Promise<number> {
  const found = await row<{ balance_minor: number }>(
    shop.db,
    `select coalesce(sum(balance_minor), 0)::bigint as balance_minor from store_credits where customer = ?`,
    [customer],
  );
  return found?.balance_minor ?? 0;
}

/** How an order is paid, own tenders first. */
export function paymentsOf(shop: Shop, order: string) {
  return rows<{
    provider: string;
    status: string;
    amount_minor: number;
    captured_minor: number;
    refunded_minor: number;
  }>(
    shop.db,
    `select provider, status, amount_minor, captured_minor, refunded_minor from payments where "order" = ?
     order by provider not in ('gift_card', 'store_credit'), provider, created_at`,
    [order],
  );
}
