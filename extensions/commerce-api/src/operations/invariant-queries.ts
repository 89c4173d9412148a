/** SQL of the books' invariants: what must hold whatever was killed when. */
import { row, rows, type Queryable } from '../platform/database.ts';

export interface Invariant {
  name: string;
  counted: string;
  /** A select whose one column says what is wrong. */
  broken: string;
}

/** What orders sold, as far as stock is kept of it: of a bundle its parts, which the line remembers. */
const SOLD_STOCK = `
  select l."order", coalesce(part.variant, l.variant) as variant, sum(l.quantity * coalesce(part.quantity, 1)) as quantity
  from order_lines l
  left join lateral json_to_recordset(l.parts) as part (variant uuid, quantity int, track_stock boolean) on true
  where coalesce(part.variant, l.variant) is not null
    and case when l.parts is null then l.track_stock else coalesce(part.track_stock, true) end
  group by 1, 2`;

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
    broken: `select format('order %s sold %s of variant %s and holds %s', o.number, coalesce(l.quantity, 0),
        coalesce(l.variant, h.variant), coalesce(h.held, 0)) as problem
      from (${SOLD_STOCK}) l
      full join (select "order", variant, sum(delta_reserved) as held from stock_movements where "order" is not null
            group by "order", variant) h on h."order" = l."order" and h.variant = l.variant
      join orders o on o.id = coalesce(l."order", h."order")
      where o.status = 'pending' and coalesce(h.held, 0) <> coalesce(l.quantity, 0)`,
  },
  {
    name: 'orders give back no more stock than they took',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s gave back %s more of variant %s than it took', o.number, m.came, m.variant) as problem
      from (select "order", variant, sum(delta_on_hand) as came from stock_movements where "order" is not null
            group by "order", variant having sum(delta_on_hand) > 0) m
      join orders o on o.id = m."order"`,
  },
  {
    name: 'transfers put down what they picked up',
    counted: 'select count(distinct transfer) as count from stock_movements where transfer is not null',
    broken: `select format('transfer %s leaves %s of variant %s', transfer, sum(delta_on_hand), variant) as problem
      from stock_movements where transfer is not null group by transfer, variant
      having sum(delta_on_hand) <> 0 or sum(delta_reserved) <> 0`,
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
      from orders o left join (select "order", currency, sum(captured_minor) as captured, sum(refunded_minor) as refunded
        from payments group by "order", currency) p on p."order" = o.id and p.currency = o.currency
      where o.paid_minor <> coalesce(p.captured, 0) or o.refunded_minor <> coalesce(p.refunded, 0)`,
  },
  {
    name: 'an order’s status fits its payments',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s is %s / %s with %s paid of %s', number, status, payment_status, paid_minor, total_minor) as problem
      from orders o
      where (status in ('processing', 'shipped', 'delivered') and (payment_status in ('pending', 'failed')
          or (payment_status = 'authorised' and not exists (
            select from payments p where p."order" = o.id and p.status = 'authorised'))
          or (payment_status = 'paid' and paid_at is null)
          or (payment_status = 'paid' and paid_minor - refunded_minor < total_minor)
          or (payment_status = 'partly_paid' and paid_minor - refunded_minor - coalesce((select sum(r.amount_minor) from refunds r
            where r."order" = o.id and r.currency = o.currency and r.status = 'pending'), 0) >= total_minor)))
        or (status = 'cancelled' and payment_status in ('pending', 'authorised', 'partly_paid'))
        or (status = 'pending' and paid_minor > refunded_minor and payment_status <> 'partly_paid' and not needs_attention)`,
  },
  {
    name: 'fulfilled quantities equal shipments',
    counted: 'select count(*) as count from order_lines',
    broken: `select format('order %s: %s of %s are fulfilled, its parcels hold %s', o.number, l.quantity_fulfilled, l.sku,
        coalesce(s.sent, 0)) as problem
      from order_lines l join orders o on o.id = l."order"
      left join (select sl.order_line, sum(sl.quantity) as sent from shipment_lines sl join shipments p on p.id = sl.shipment
            where p.status in ('shipped', 'delivered') group by sl.order_line) s on s.order_line = l.id
      where l.quantity_fulfilled < coalesce(s.sent, 0) or (l.requires_shipping and l.quantity_fulfilled <> coalesce(s.sent, 0))`,
  },
  {
    name: 'returned quantities equal received returns, and nothing is returned twice',
    counted: 'select count(*) as count from order_lines',
    broken: `select format('order %s: %s of %s are returned, its returns hold %s received and %s in all', o.number, l.quantity_returned,
        l.sku, coalesce(r.received, 0), coalesce(r.quantity, 0)) as problem
      from order_lines l join orders o on o.id = l."order"
      left join (select rl.order_line, sum(rl.quantity) as quantity,
              sum(rl.quantity) filter (where t.status in ('received', 'refunded')) as received
            from return_lines rl join returns t on t.id = rl."return" where t.status <> 'rejected' group by rl.order_line) r
        on r.order_line = l.id
      where l.quantity_returned <> coalesce(r.received, 0) or coalesce(r.quantity, 0) > l.quantity_fulfilled`,
  },
  {
    name: 'an order’s status fits its shipments',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s is %s / %s with %s units out and parcels %s', o.number, o.status, o.fulfilment_status, l.sent,
        p.parcels) as problem
      from orders o
      cross join lateral (select coalesce(sum(quantity_fulfilled), 0) as sent from order_lines where "order" = o.id) l
      cross join lateral (select coalesce(array_agg(distinct status::text), '{}') as parcels from shipments
            where "order" = o.id and status <> 'cancelled') p
      where (o.fulfilment_status = 'unfulfilled') <> (l.sent = 0)
        or (o.status in ('shipped', 'delivered')) <> (o.fulfilment_status = 'fulfilled')
        or (o.status in ('pending', 'cancelled') and (l.sent > 0 or p.parcels <> '{}'))
        or (o.status = 'shipped' and not 'shipped' = any(p.parcels))
        or (o.status = 'delivered' and p.parcels && array['pending', 'shipped'])`,
  },
  {
    name: 'refunds are what was captured at most, and payments gave back what they say',
    counted: 'select count(*) as count from refunds',
    broken: `select format('payment %s captured %s and gave back %s, with refunds of %s done and %s under way', p.id, p.captured_minor,
        p.refunded_minor, r.done, r.under_way) as problem
      from payments p join (
        select payment, coalesce(sum(amount_minor) filter (where status = 'succeeded'), 0) as done,
          coalesce(sum(amount_minor) filter (where status = 'pending'), 0) as under_way
        from refunds group by payment) r on r.payment = p.id
      where p.refunded_minor + r.under_way > p.captured_minor or r.done > p.refunded_minor`,
  },
  {
    name: 'refunds whose outcome nobody knows are on the staff’s list',
    counted: 'select count(*) as count from refunds',
    broken: `select format('refund %s of order %s is unclear, and nobody is asked', r.id, o.number) as problem
      from refunds r join orders o on o.id = r."order" where r.is_unclear and r.status = 'pending' and not o.needs_attention`,
  },
  {
    name: 'gift cards and store credit equal their ledgers',
    counted: 'select (select count(*) from gift_cards) + (select count(*) from store_credits) as count',
    broken: `select format('gift card %s: balance %s, ledger %s', c.id, c.balance_minor, coalesce(m.sum, 0)) as problem
      from gift_cards c left join (select gift_card, sum(delta_minor) as sum from gift_card_movements group by gift_card) m
        on m.gift_card = c.id
      where c.balance_minor <> coalesce(m.sum, 0)
      union all
      select format('store credit %s: balance %s, ledger %s', c.id, c.balance_minor, coalesce(m.sum, 0))
      from store_credits c left join (select store_credit, sum(delta_minor) as sum from store_credit_movements group by store_credit) m
        on m.store_credit = c.id
      where c.balance_minor <> coalesce(m.sum, 0)`,
  },
  {
    name: 'tenders hold what was taken for them',
    counted: `select count(*) as count from payments where provider in ('gift_card', 'store_credit')`,
    broken: `select format('payment %s (%s) holds %s, its ledger took %s', id, status, held, taken) as problem
      from (
        select p.id, p.status,
          case p.status when 'authorised' then p.amount_minor when 'cancelled' then 0 else p.captured_minor - p.refunded_minor + coalesce((
            select sum(r.amount_minor) from refunds r where r.payment = p.id and r.status = 'succeeded'
              and r.store_credit is not null and r.store_credit is distinct from p.store_credit), 0) end as held,
          -coalesce((select sum(delta_minor) from gift_card_movements m where m.payment = p.id and m.gift_card = p.gift_card), 0)
          - coalesce((select sum(delta_minor) from store_credit_movements m where m.payment = p.id and m.store_credit = p.store_credit), 0)
            as taken
        from payments p where p.provider in ('gift_card', 'store_credit')) t
      where held <> taken`,
  },
  {
    name: 'what was spent belongs to a payment of its order',
    counted: `select count(*) as count from gift_card_movements where reason = 'spent'`,
    broken: `select format('movement %s of gift card %s (%s) has no payment of its order', m.id, m.gift_card, m.reason) as problem
      from gift_card_movements m left join payments p on p.id = m.payment and p."order" = m."order" and p.gift_card = m.gift_card
      where m.reason in ('spent', 'returned') and p.id is null
      union all
      select format('movement %s of store credit %s (%s) has no payment of its order', m.id, m.store_credit, m.reason)
      from store_credit_movements m left join payments p on p.id = m.payment and p."order" = m."order"
      where m.reason in ('spent', 'returned', 'refunded') and p.id is null`,
  },
  {
    name: 'gift cards that were sold are issued',
    counted: `select count(*) as count from order_lines where product_kind = 'gift_card'`,
    broken: `select format('order %s sold %s gift cards (%s) and issued %s', o.number, l.quantity, l.sku, c.issued) as problem
      from orders o join order_lines l on l."order" = o.id and l.product_kind = 'gift_card' and l.unit_price_minor > 0
      cross join lateral (select count(*) as issued from gift_cards g where g.source_order_line = l.id
        and g.initial_minor = l.unit_price_minor and g.currency = o.currency) c
      where (c.issued > l.quantity) or (o.paid_at is null and c.issued > 0)
        or (o.paid_at < now() - interval '15 minutes' and o.status <> 'cancelled' and o.payment_status <> 'refunded'
          and c.issued < l.quantity - l.quantity_refunded)`,
  },
  {
    name: 'every state of an order has its event',
    counted: 'select count(*) as count from orders',
    broken: `select format('order %s is %s without an event that says so', o.number, o.status) as problem
      from orders o where not exists (select from order_events e where e."order" = o.id and e.kind = 'placed')
        or (o.status = 'cancelled' and not exists (
          select from order_events e where e."order" = o.id and e.kind in ('cancelled', 'expired')))
        or (o.paid_at is not null and not exists (select from order_events e where e."order" = o.id and e.kind = 'paid'))
        or (o.status = 'shipped' and not exists (select from order_events e where e."order" = o.id and e.kind = 'shipped'))
        or (o.status = 'delivered' and not exists (
          select from order_events e where e."order" = o.id and e.kind in ('delivered', 'handed_over')))`,
  },
  {
    name: 'every state of a return has its event',
    counted: 'select count(*) as count from returns',
    broken: `select format('a return of order %s is %s without an event that says so', o.number, t.status) as problem
      from returns t join orders o on o.id = t."order" where not exists (
        select from order_events e where e."order" = o.id and e.kind = 'return_' || t.status and e.data->>'return' = t.id::text)`,
  },
  {
    name: 'promotions count their redemptions',
    counted: 'select count(*) as count from promotions',
    broken: `select format('promotion %s counts %s uses of %s, redeemed %s of %s', p.name, p.usage_count, p.budget_used_minor,
        coalesce(r.count, 0), coalesce(r.amount, 0)) as problem
      from promotions p left join (select promotion, count(*) as count, sum(amount_minor) as amount from promotion_redemptions
        where released_at is null group by promotion) r on r.promotion = p.id
      where p.usage_count <> coalesce(r.count, 0) or p.budget_used_minor <> coalesce(r.amount, 0)
      union all
      select format('code %s counts %s uses, redeemed %s', c.code, c.usage_count, coalesce(r.count, 0))
      from promotion_codes c left join (select promotion_code, count(*) as count from promotion_redemptions
        where released_at is null group by promotion_code) r on r.promotion_code = c.id
      where c.usage_count <> coalesce(r.count, 0)`,
  },
  {
    name: 'orders that live use their promotions',
    counted: 'select count(*) as count from promotion_redemptions',
    broken: `select format('order %s (%s) gave promotion %s back and has its discount of %s', o.number, o.status, r.promotion,
        r.amount_minor) as problem
      from promotion_redemptions r join orders o on o.id = r."order"
      where r.released_at is not null and o.status <> 'cancelled'`,
  },
  {
    name: 'listings say what the catalogue says',
    counted: 'select count(*) as count from commerce.listings',
    broken: `with sold as (
        select distinct v.product, coalesce(a.currency, v.currency) as currency from product_variants v
        join products p on p.id = v.product and p.status = 'published' and (p.published_at is null or p.published_at <= now())
        cross join lateral (select v.currency union select a.currency from prices a
          where a.variant = v.id and a.price_list is null and a.min_quantity = 1) a
        where v.status = 'published'),
      places as (select currency, product, in_stock, unnest(shelves) as shelf from commerce.listings)
      select format('product %s is %s in %s', coalesce(s.product, l.product), case when s.product is null then 'listed and not sold'
        else 'sold and not listed' end, coalesce(s.currency, l.currency)) as problem
      from sold s full join commerce.listings l on l.product = s.product and l.currency = s.currency
      where (s.product is null or l.product is null)
        and not exists (select from commerce.catalog_changes where collection <> 'products')
        and not exists (select from commerce.listed_products where due_at <= now())
        and not exists (select from commerce.catalog_changes c
          where c.collection = 'products' and c.item = coalesce(s.product, l.product)::text)
      union all
      select format('product %s and shelf %s disagree in %s', coalesce(p.product, e.product), coalesce(p.shelf, e.shelf),
        coalesce(p.currency, e.currency))
      from places p full join commerce.shelf_entries e on e.product = p.product and e.currency = p.currency and e.shelf = p.shelf
      where p.product is null or e.product is null
      union all
      select format('shelf %s counts %s products in %s, %s in stock, and holds %s, %s in stock', coalesce(f.shelf, h.shelf),
        coalesce(f.products, 0), coalesce(f.currency, h.currency), coalesce(f.in_stock, 0), coalesce(h.products, 0), coalesce(h.in_stock, 0))
      from (select shelf, currency, products, in_stock from commerce.shelf_facets where facet = 'total') f
      full join (select shelf, currency, count(*) as products, count(*) filter (where in_stock) as in_stock
        from places group by shelf, currency) h on h.shelf = f.shelf and h.currency = f.currency
      where (coalesce(f.products, 0), coalesce(f.in_stock, 0)) <> (coalesce(h.products, 0), coalesce(h.in_stock, 0))`,
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
