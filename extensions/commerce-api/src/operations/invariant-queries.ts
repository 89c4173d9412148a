/** SQL of the books' invariants: what must hold whatever was killed when. */
import { row, rows, type Queryable } from '../platform/database.ts';

export interface Invariant {
  name: string;
  counted: string;
  /** A select whose one column says what is wrong. */
  broken: string;
}

export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'stock levels equal their ledger',
    counted: 'select count(*) as count from stock_levels',
    broken: `select format('variant %s at %s: on hand %s, ledger %s; reserved %s, ledger %s', s.variant, s.location, s.on_hand,
        coalesce(m.on_hand, 0), s.reserved, coalesce(m.reserved, 0)) as problem
      from stock_levels s left join (
        select variant, location, sum(delta_on_hand) as on_hand, sum(delta_reserved) as reserved
        from stock_movements group by variant, location) m on m.variant = s.variant and m.location = s.location
      where s.on_hand <> coalesce(m.on_hand, 0) or s.reserved <> coalesce(m.reserved, 0)`,
  },
  {
    name: 'every movement belongs to a level',
    counted: 'select count(*) as count from stock_movements',
    broken: `select distinct format('movements of %s at %s have no level', m.variant, m.location) as problem
      from stock_movements m left join stock_levels s on s.variant = m.variant and s.location = m.location
      where s.id is null`,
  },
  {
    name: 'nothing is promised twice or oversold',
    counted: 'select count(*) as count from stock_levels',
    broken: `select format('variant %s at %s: on hand %s, reserved %s', s.variant, s.location, s.on_hand, s.reserved) as problem
      from stock_levels s join product_variants v on v.id = s.variant
      where s.reserved < 0 or ((s.on_hand < 0 or s.reserved > s.on_hand) and v.track_stock and not v.allow_backorder)`,
  },
  {
    name: 'reserved stock belongs to pending orders',
    counted: `select count(*) as count from orders`,
    broken: `select format('order %s (%s) holds %s of variant %s', o.number, o.status, h.held, h.variant) as problem
      from (select "order", variant, sum(delta_reserved) as held from stock_movements where "order" is not null
            group by "order", variant having sum(delta_reserved) <> 0) h
      join orders o on o.id = h."order" where o.status <> 'pending' or h.held < 0`,
  },
  {
    name: 'pending orders hold what they sold',
    counted: `select count(*) as count from orders where status = 'pending'`,
    broken: `select format('order %s sold %s of variant %s and holds %s', o.number, l.quantity, l.variant, coalesce(h.held, 0)) as problem
      from orders o
      join (select "order", variant, sum(quantity) as quantity from order_lines where track_stock and variant is not null
            group by "order", variant) l on l."order" = o.id
      left join (select "order", variant, sum(delta_reserved) as held from stock_movements group by "order", variant) h
        on h."order" = o.id and h.variant = l.variant
      where o.status = 'pending' and coalesce(h.held, 0) <> l.quantity`,
  },
  {
    name: 'order totals add up',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s: total %s of subtotal %s - %s + %s, tax %s', number, total_minor, subtotal_minor, discount_minor,
        shipping_minor, tax_minor) as problem
      from orders where total_minor <> subtotal_minor - discount_minor + shipping_minor
        + case when prices_include_tax then 0 else tax_minor end`,
  },
  {
    name: 'order lines add up to their order',
    counted: 'select count(*) as count from order_lines',
    broken: `select format('order %s: lines sum to %s - %s, the order says %s - %s', o.number, l.subtotal, l.discount, o.subtotal_minor,
        o.discount_minor) as problem
      from orders o join (
        select "order", sum(subtotal_minor) as subtotal, sum(discount_minor) as discount, sum(tax_minor) as tax
        from order_lines group by "order") l on l."order" = o.id
      where l.subtotal <> o.subtotal_minor or l.discount <> o.discount_minor or l.tax > o.tax_minor`,
  },
  {
    name: 'discounts and shipping add up to their order',
    counted: 'select count(*) as count from order_adjustments',
    broken: `select format('order %s: adjustments sum to %s, the order says %s', o.number, a.amount, o.shipping_minor - o.discount_minor) as problem
      from orders o join (select "order", sum(amount_minor) as amount from order_adjustments group by "order") a on a."order" = o.id
      where a.amount <> o.shipping_minor - o.discount_minor`,
  },
  {
    name: 'a provider payment belongs to one order',
    counted: 'select count(*) as count from payments',
    broken: `select format('%s %s is on %s payments', provider, provider_payment, count(*)) as problem
      from payments where provider_payment is not null group by provider, provider_payment having count(*) > 1`,
  },
  {
    name: 'orders are paid what their payments captured',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s: paid %s, captured %s; refunded %s, given back %s', o.number, o.paid_minor,
        coalesce(p.captured, 0), o.refunded_minor, coalesce(p.refunded, 0)) as problem
      from orders o left join (select "order", sum(captured_minor) as captured, sum(refunded_minor) as refunded from payments
        group by "order") p on p."order" = o.id
      where o.paid_minor <> coalesce(p.captured, 0) or o.refunded_minor <> coalesce(p.refunded, 0)`,
  },
  {
    name: 'an order’s status fits its payments',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s is %s / %s with %s paid of %s', number, status, payment_status, paid_minor, total_minor) as problem
      from orders
      where (status in ('processing', 'shipped', 'delivered') and payment_status in ('paid', 'partly_refunded') and paid_minor < total_minor)
        or (status in ('processing', 'shipped', 'delivered') and payment_status in ('pending', 'failed'))
        or (status = 'pending' and paid_minor > 0 and not needs_attention)`,
  },
  {
    name: 'every state of an order has its event',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s is %s without an event that says so', o.number, o.status) as problem
      from orders o where not exists (select from order_events e where e."order" = o.id and e.kind = 'placed')
        or (o.status = 'cancelled' and not exists (
          select from order_events e where e."order" = o.id and e.kind in ('cancelled', 'expired')))
        or (o.paid_at is not null and not exists (select from order_events e where e."order" = o.id and e.kind = 'paid'))`,
  },
  {
    name: 'promotions count their redemptions',
    counted: 'select count(*) as count from promotions',
    broken: `select format('promotion %s counts %s, redeemed %s', p.name, p.usage_count, coalesce(r.count, 0)) as problem
      from promotions p left join (select promotion, count(*) as count from promotion_redemptions where released_at is null
        group by promotion) r on r.promotion = p.id
      where p.usage_count <> coalesce(r.count, 0)`,
  },
  {
    name: 'stored webhooks have been processed',
    counted: 'select count(*) as count from webhook_events',
    broken: `select format('%s %s (%s) waits since %s', provider, event_id, status, received_at) as problem
      from webhook_events where status = 'failed' or (status = 'received' and received_at < now() - interval '15 minutes')`,
  },
  {
    name: 'no job has given up',
    counted: 'select count(*) as count from graphile_worker._private_jobs',
    broken: `select format('job %s (%s) failed %s times: %s', j.id, t.identifier, j.attempts, left(j.last_error, 200)) as problem
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.attempts >= j.max_attempts and j.locked_at is null`,
  },
];

export async function countChecked(db: Queryable, { counted }: Invariant): Promise<number> {
  return (await row<{ count: number }>(db, counted))?.count ?? 0;
}

/** One sentence per broken row. */
export async function findBroken(db: Queryable, { broken }: Invariant): Promise<string[]> {
  return (await rows<{ problem: string }>(db, broken)).map(({ problem }) => problem);
}
