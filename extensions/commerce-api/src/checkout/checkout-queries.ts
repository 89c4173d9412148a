/** What a checkout locks, and what it asks once it holds the locks: two statements, because a snapshot must be younger than a lock. */
import type { CartRow } from '../cart/queries.ts';
import { prepared, row, type Transaction } from '../platform/database.ts';
import type { ShopSettings } from '../platform/settings.ts';
import type { IdempotencyKey } from './idempotency.ts';

/** Of a cart, what decides whether it may be ordered at all, and what it means to pay with. */
export type LockedCart = Pick<
  CartRow,
  | 'id'
  | 'customer'
  | 'token_hash'
  | 'status'
  | 'origin'
  | 'email'
  | 'currency'
  | 'gift_cards'
  | 'use_store_credit'
>;

/** Whose unpaid orders count against a checkout; null where they do not. */
export interface UnpaidScope {
  customer: string | null;
  network_hash: string | null;
}

/**
 * Locks until the transaction ends, in this order: the idempotency key, the cart, and what the counts of unpaid orders go by
 * (e-mail, customer, network address), so that parallel checkouts count each other.
 * @returns whether the key was free, and if so the cart
 */
export async function lockCheckout(
  trx: Transaction,
  cart: string,
  key: IdempotencyKey,
  unpaid: UnpaidScope,
): Promise<{ is_ours: boolean; cart: LockedCart | undefined }> {
  const locked = await row<LockedCart & { is_ours: boolean }>(trx, LOCK_CHECKOUT, [
    `idempotency ${key.scope} ${key.key}`,
    cart,
    unpaid.customer,
    unpaid.network_hash,
  ]);
  if (!locked?.is_ours) return { is_ours: false, cart: undefined };
  return { is_ours: true, cart: locked.id ? locked : undefined };
}

// The cart is not waited for when the key is taken: whoever holds the key holds the cart for as long. Draft orders of staff are
// not counted.
const LOCK_CHECKOUT = prepared(`
with taken as materialized (select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as is_ours),
cart as materialized (
  select id, customer, token_hash, status, origin, email, currency, gift_cards, use_store_credit
  from carts where id = ? and (select is_ours from taken) for update)
select taken.is_ours, cart.*, (
  select count(*) from (
    select pg_advisory_xact_lock(hashtextextended('unpaid ' || counted, 0))
    from unnest(array['email ' || lower(cart.email), 'customer ' || ?::text, 'network ' || ?::text]) as counted
    where counted is not null and cart.status = 'active' and cart.origin = 'shopper') locks) as locks
from taken left join cart on true`);

/** What a key keeps of the order that was placed with it. */
export interface KeptOrder {
  order: string;
  payment: string;
}

export interface PlacingFacts
  extends Pick<
    ShopSettings,
    | 'hold_minutes'
    | 'manual_hold_days'
    | 'max_unpaid_per_email'
    | 'max_unpaid_per_customer'
    | 'max_unpaid_per_address'
    | 'max_quantity_per_line'
    | 'order_prefix'
    | 'bank_instructions'
    | 'payment_capture'
    | 'statement_descriptor'
    | 'storefront_url'
    | 'cash_on_delivery'
  > {
  /** What the first request with this key left behind. */
  kept: { request_hash: string; response: KeptOrder } | null;
  /** The order the cart has become, unless it was cancelled. */
  live_order: string | null;
  unpaid_by_email: number;
  unpaid_by_customer: number;
  unpaid_by_network: number;
}

/** Everything but prices and stock that decides whether an order may be placed. Call with the locks held. */
export async function placingFacts(
  trx: Transaction,
  cart: LockedCart,
  { scope, key }: IdempotencyKey,
  unpaid: UnpaidScope,
): Promise<PlacingFacts> {
  const { customer, network_hash } = unpaid;
  const bindings = [cart.id, cart.email, customer, network_hash, network_hash, scope, key];
  const facts = await row<PlacingFacts>(trx, PLACING_FACTS, bindings);
  if (!facts) throw new Error('shop_settings has no row; run `npm run kontor -- setup`');
  return facts;
}

// Counted over all orders of a person: where few orders are unpaid, the planner takes any index on the status for the best, and
// goes on to while they become many. Orders of a network address are too many for that.
const PLACING_FACTS = prepared(`
select hold_minutes, manual_hold_days, max_unpaid_per_email, max_unpaid_per_customer, max_unpaid_per_address,
  max_quantity_per_line, order_prefix, bank_instructions, payment_capture, statement_descriptor, storefront_url, cash_on_delivery,
  case when k.key is not null then json_build_object('request_hash', k.request_hash, 'response', k.response) end as kept,
  (select id from orders where cart = ? and status <> 'cancelled') as live_order,
  (select count(*) filter (where status = 'pending') from orders where lower(email) = lower(?)) as unpaid_by_email,
  (select count(*) filter (where status = 'pending') from orders where customer = ?) as unpaid_by_customer,
  (select count(*) from orders where ?::text is not null and status = 'pending' and network_hash = ?) as unpaid_by_network
from (select * from shop_settings limit 1) settings left join commerce.idempotency_keys k on k.scope = ? and k.key = ?`);
