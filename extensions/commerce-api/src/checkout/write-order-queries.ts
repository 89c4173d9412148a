/** The one statement that writes an order with everything that belongs to it, however many lines it has. */
import { ORDER_COLUMNS, type OrderRow } from '../orders/queries.ts';
import { PAYMENT_COLUMNS, type NewPayment, type PaymentRow } from '../payments/queries.ts';
import { prepared, row, type Transaction } from '../platform/database.ts';
import type { JobToAdd } from '../platform/jobs.ts';
import type { StockChange } from '../inventory/queries.ts';
import type { IdempotencyKey } from './idempotency.ts';

export interface NewOrder {
  /** Columns of `orders`; its number is the shop's prefix and the next of the sequence. */
  order: Record<string, unknown> & { id: string; cart: string };
  order_prefix: string;
  lines: readonly Record<string, unknown>[];
  adjustments: readonly Record<string, unknown>[];
  payment: NewPayment;
  /** The first step of the timeline. */
  placed: { data: unknown; actor_kind: 'customer' | 'staff'; actor: string | null };
  redemptions: readonly Redemption[];
  reservations: readonly StockChange[];
  key: IdempotencyKey;
  jobs: readonly JobToAdd[];
}

/** At most one for each promotion, which is locked. */
export interface Redemption {
  promotion: string;
  promotion_code: string | null;
  /** What it took off, positive. */
  amount_minor: number;
}

/**
 * Writes the order, its lines, adjustments, payment, timeline and use of promotions, reserves its stock, closes its cart, keeps
 * the idempotency key and adds the jobs. The triggers of these tables and the foreign keys run at its end. The cart, the
 * promotions and the levels must be locked.
 */
export async function writeOrder(
  trx: Transaction,
  written: NewOrder,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const { order, payment, key } = written;
  const answer = { order: order.id, payment: payment.id };
  const found = await row<OrderRow & { payment: TextMoments<PaymentRow> }>(trx, WRITE_ORDER, [
    written.order_prefix,
    JSON.stringify(order),
    JSON.stringify(written.lines),
    JSON.stringify(written.adjustments),
    JSON.stringify(payment),
    JSON.stringify(written.placed.data),
    written.placed.actor_kind,
    written.placed.actor,
    JSON.stringify(written.redemptions),
    JSON.stringify(written.reservations),
    order.cart,
    key.scope,
    key.key,
    key.request_hash,
    JSON.stringify(answer),
    JSON.stringify(written.jobs),
  ]);
  if (!found) throw new Error(`order ${order.id} was not written`);
  const { payment: paid, ...placed } = found;
  const [created_at, started_at] = [new Date(paid.created_at), new Date(paid.started_at)];
  return { order: placed, payment: { ...paid, created_at, started_at, expires_at: null } };
}

/** As JSON, its moments are text. */
type TextMoments<Row> = Omit<Row, 'created_at' | 'started_at'> & { created_at: string; started_at: string };

const ORDER_FIELDS = `id, token_hash, network_hash, placed_at, status, payment_status, fulfilment_status, customer, email, customer_note,
  subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, currency, prices_include_tax, tax_summary, vat_id,
  tax_exemption, shipping_address, billing_address, shipping_method, shipping_method_name, expires_at, cart, locale, origin`;
const LINE_FIELDS = `id, "order", sku, name, variant_title, option_values, image_url, quantity, unit_price_minor, subtotal_minor,
  discount_minor, tax_minor, total_minor, tax_rate_ppm, tax_name, tax_class, requires_shipping, track_stock, variant, product,
  metadata, sort, parts, ships_at, weight_grams, product_kind`;
const ADJUSTMENT_FIELDS = `"order", line, kind, label, code, amount_minor, promotion, promotion_code`;

const WRITE_ORDER = prepared(`
with numbered as materialized (select ?::text || nextval('commerce.order_number_seq') as number),
placed as (
  insert into orders (number, ${ORDER_FIELDS})
  select numbered.number, ${ORDER_FIELDS} from numbered, json_populate_record(null::orders, ?::json) given
  returning ${ORDER_COLUMNS}),
lines as (
  insert into order_lines (${LINE_FIELDS}) select ${LINE_FIELDS} from json_populate_recordset(null::order_lines, ?::json)),
adjustments as (
  insert into order_adjustments (${ADJUSTMENT_FIELDS})
  select ${ADJUSTMENT_FIELDS} from json_populate_recordset(null::order_adjustments, ?::json)),
payment as (
  insert into payments (id, "order", provider, amount_minor, currency, capture, flow, request, payment_method, started_at, created_at)
  select id, "order", provider, amount_minor, currency, capture, flow, request, payment_method, clock_timestamp(), clock_timestamp()
  from json_populate_record(null::payments, ?::json)
  returning ${PAYMENT_COLUMNS}),
event as (
  insert into order_events ("order", kind, message, data, actor_kind, actor, created_at)
  select id, 'placed', 'Placed ' || number, ?::json, ?::text, ?::uuid, clock_timestamp() from placed),
redeemed as (
  insert into promotion_redemptions (promotion, promotion_code, amount_minor, "order", customer, email)
  select r.promotion, r.promotion_code, r.amount_minor, p.id, p.customer, p.email
  from placed p, json_to_recordset(?::json) as r (promotion uuid, promotion_code uuid, amount_minor bigint)
  returning promotion, promotion_code, amount_minor),
counted as (
  update promotions p set usage_count = p.usage_count + 1, budget_used_minor = p.budget_used_minor + r.amount_minor
  from redeemed r where p.id = r.promotion),
counted_codes as (
  update promotion_codes c set usage_count = c.usage_count + 1 from redeemed r where c.id = r.promotion_code),
reserved as (
  insert into stock_movements (variant, location, delta_on_hand, delta_reserved, reason, "order")
  select c.variant, c.location, c.delta_on_hand, c.delta_reserved, 'reservation', placed.id
  from placed, json_to_recordset(?::json) as c (variant uuid, location uuid, delta_on_hand int, delta_reserved int)),
cart as (
  update carts set status = 'completed', version = version + 1, updated_at = now() where id = ?),
kept as (
  insert into commerce.idempotency_keys (scope, key, request_hash, status, response) values (?, ?, ?, 201, ?::jsonb))
select placed.*, row_to_json(payment) as payment, (
  select count(*) from graphile_worker.add_jobs(array(
    select (j.identifier, j.payload, null, null, j.max_attempts, null, null, null)::graphile_worker.job_spec
    from json_to_recordset(?::json) as j (identifier text, payload json, max_attempts smallint)))) as jobs
from placed, payment`);
