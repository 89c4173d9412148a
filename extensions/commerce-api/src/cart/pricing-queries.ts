/** The one read behind every cart, draft and checkout: all a price depends on, in one statement and so from one moment. */
import { prepared, row, type Queryable } from '../platform/database.ts';
import type { PartRow, PricingRows, VariantRow } from './pricing-rows.ts';
import type { CartRow } from './queries.ts';

export type { MethodRow, PricingRows, VariantRow } from './pricing-rows.ts';

/**
 * What to read. A stored cart is priced as it will be after a change: what is given here stands in for, or beside, what it
 * holds, so that the facts of its new state come with it. Without a cart these are the facts of a new one.
 */
export interface PricingRequest {
  cart?: string | null;
  /** Of a new cart. */
  customer?: string | null;
  /** Beside those of the cart's lines. */
  variants?: readonly string[];
  /** Beside those on the cart, as they are compared. */
  codes?: readonly string[];
  gift_cards?: readonly string[];
  /** Instead of the cart's. */
  currency?: string | undefined;
  email?: string | undefined;
  /**
   * Whether earlier orders and uses of promotions are counted by e-mail, whoever's it is: as a cart becomes an order. Before,
   * only customers are told of their own, by their account and its confirmed e-mail; with anybody else's a cart would say
   * whether that address has ordered. Drafts of staff always count by e-mail.
   */
  judges_email?: boolean;
  shipping_method?: string | null | undefined;
  shipping_address?:
    | { country: string; region?: string | null; postal_code?: string | null }
    | null
    | undefined;
}

/** Everything the price of a cart depends on. One round trip, however much the cart holds. */
export async function pricingRows(db: Queryable, request: PricingRequest): Promise<PricingRows> {
  const { shipping_address: place } = request;
  const found = await row<{ facts: Facts }>(db, PRICING, [
    JSON.stringify({
      cart: request.cart ?? null,
      customer: request.customer ?? null,
      variants: request.variants ?? [],
      codes: request.codes ?? [],
      gift_cards: request.gift_cards ?? [],
      currency: request.currency ?? null,
      email: request.email ?? null,
      judges_email: request.judges_email ?? false,
      method: request.shipping_method ?? null,
      has_place: place !== undefined,
      country: place?.country ?? null,
      region: place?.region ?? null,
      postal_code: place?.postal_code ?? null,
    }),
  ]);
  if (!found?.facts.settings) throw new Error('shop_settings has no row; run `npm run kontor -- setup`');
  const { cart, variants, parts, shelves, tags, ...facts } = found.facts;
  return {
    ...facts,
    cart: cart && { ...cart, ...timesOf(cart) },
    variants: variants.map((each) => ({
      ...each,
      parts: parts.filter((part) => part.bundle === each.variant),
      categories: shelves.filter((shelf) => shelf.product === each.product).map(({ category }) => category),
      tags: tags.filter((tag) => tag.product === each.product).map(({ tag }) => tag),
    })),
  };
}

/** As the statement answers: lists of one kind side by side, because nesting them costs the more the longer the cart. */
interface Facts extends Omit<PricingRows, 'variants'> {
  variants: Omit<VariantRow, 'parts' | 'categories' | 'tags'>[];
  parts: (PartRow & { bundle: string })[];
  shelves: { product: string; category: string }[];
  tags: { product: string; tag: string }[];
}

/** JSON carries moments as text. */
function timesOf(cart: CartRow): Pick<CartRow, 'created_at' | 'updated_at' | 'abandoned_at'> {
  const { created_at, updated_at, abandoned_at } = cart;
  return {
    created_at: new Date(created_at),
    updated_at: new Date(updated_at),
    abandoned_at: abandoned_at && new Date(abandoned_at),
  };
}

/*
 * Written for one plan that serves every cart: all that varies comes as one JSON, behind materialised parts, so the plan does
 * not depend on it and Postgres keeps it. The parts are small (lines of one cart); everything large is reached from them by an
 * index, with `limit` or `offset 0` where a guess at how many there are would otherwise lead it through the whole table. What no
 * promotion at hand looks at (categories, tags, earlier orders) is not read at all.
 */
const PRICING = prepared(`
with recursive request as materialized (
  select * from json_to_record(?::json) as r(cart uuid, customer uuid, variants uuid[], codes text[], gift_cards uuid[],
    currency text, email text, judges_email boolean, method uuid, has_place boolean, country text, region text, postal_code text)
),
shopper as materialized (
  select c.id as cart, coalesce(c.customer, r.customer) as customer,
    case when r.judges_email or c.origin = 'staff'
        or (u.email_verified_at is not null and lower(u.email) = lower(coalesce(r.email, c.email)))
      then lower(coalesce(r.email, c.email)) end as email,
    coalesce(r.currency, c.currency, s.currency) as currency, s.currency as shop_currency,
    coalesce(r.method, c.shipping_method) as method, u."group",
    upper(btrim(case when r.has_place then r.country else c.shipping_address ->> 'country' end)) as country,
    upper(btrim(case when r.has_place then r.region else c.shipping_address ->> 'region' end)) as region,
    case when r.has_place then r.postal_code else c.shipping_address ->> 'postal_code' end as postal_code,
    c.id is not null and r.currency is null as keeps_currency, s.default_country,
    r.codes || array(select json_array_elements_text(coalesce(c.codes, '[]'::json))) as codes,
    r.gift_cards || array(select json_array_elements_text(c.gift_cards)::uuid) as gift_cards
  from request r cross join (select currency, default_country from shop_settings limit 1) s
    left join carts c on c.id = r.cart
    left join customers u on u.id = coalesce(c.customer, r.customer)
),
stored as materialized (
  select l.id, l.variant, l.quantity, l.metadata, l.metadata_key, l.sort, l.unit_price_minor
  from shopper s join cart_lines l on l.cart = s.cart
),
wanted as materialized (
  select variant from stored union select unnest(variants) from request
),
parts as materialized (
  select b.bundle, b.part, b.quantity, b.sort, b.id from wanted w join bundle_items b on b.bundle = w.variant
),
given as materialized (
  select distinct upper(btrim(k.code)) as code from (select unnest(codes) as code from shopper) k
),
given_codes as materialized (
  select d.id, d.promotion, d.code, d.usage_limit - d.usage_count as usage_left
  from given g cross join lateral (select * from promotion_codes c where upper(btrim(c.code)) = g.code limit 1) d
),
promotion_ids as materialized (
  select m.id from shopper s join promotions m on m.status = 'active' and m.code is null and not m.requires_code
    and (m.starts_at is null or m.starts_at <= now()) and (m.ends_at is null or m.ends_at > now())
    and (m.currency is null or m.currency = s.currency) and (m.customer_group is null or m.customer_group = s."group")
  union
  select m.id from given g
    cross join lateral (select * from promotions p where upper(btrim(p.code)) = g.code limit 1) m where m.status = 'active'
  union
  select m.id from given_codes d
    cross join lateral (select * from promotions p where p.id = d.promotion limit 1) m where m.status = 'active'
),
found as materialized (
  select m.* from promotion_ids i cross join lateral (select * from promotions p where p.id = i.id limit 1) m
),
scopes as materialized (
  select x.promotion, x.side, x.effect, x.product, x.variant, x.category, x.brand, x.tag, x.quantity, x.sort, x.id
  from promotion_ids i cross join lateral (select * from promotion_scopes s where s.promotion = i.id offset 0) x
),
goods as materialized (
  select distinct v.product from wanted w join product_variants v on v.id = w.variant
  where exists (select from scopes where category is not null or tag is not null)
),
shelves(product, category) as (
  select g.product, pc.category from goods g join products_categories pc on pc.product = g.product
  where exists (select from scopes where category is not null)
  union
  select s.product, k.parent from shelves s join categories k on k.id = s.category where k.parent is not null
),
places as materialized (
  select country, region, upper(regexp_replace(postal_code, '[\\s-]', '', 'g')) as postal_code from shopper
  union all
  select l.country, upper(btrim(l.region)), upper(regexp_replace(l.postal_code, '[\\s-]', '', 'g'))
  from shopper s join shipping_methods m on m.id = s.method join stock_locations l on l.id = m.location
  union all
  select default_country, null, null from shopper
),
rate_ids as materialized (
  select r.id from (select '*' as country, null as region union select country, region from places) q
    cross join lateral (select * from tax_rates t where t.country = q.country and t.postal_pattern is null offset 0) r
    where r.region is null or upper(btrim(r.region)) = q.region
  union
  select r.id from places q
    cross join generate_series(1, 10) as n
    cross join (values (''), ('*')) as k(ending)
    cross join lateral (select * from tax_rates t where t.country = q.country
      and upper(translate(t.postal_pattern, ' ', '')) = left(q.postal_code, n) || k.ending offset 0) r
    where n <= length(q.postal_code) and (r.region is null or upper(btrim(r.region)) = q.region)
  union
  select r.id from places q
    cross join lateral (select * from tax_rates t where t.country = q.country and strpos(t.postal_pattern, '-') > 0 offset 0) r
    where r.region is null or upper(btrim(r.region)) = q.region
)
select json_build_object(
  'now', now(),
  'settings', (select to_json(s) from shop_settings s limit 1),
  'default_tax_class', (select code from tax_classes where is_default limit 1),
  'cart', (
    select json_build_object('id', c.id, 'customer', c.customer, 'token_hash', c.token_hash, 'status', c.status,
      'origin', c.origin, 'currency', c.currency, 'locale', c.locale, 'email', c.email,
      'shipping_address', c.shipping_address, 'billing_address', c.billing_address, 'shipping_method', c.shipping_method,
      'shipping_rate', c.shipping_rate, 'codes', coalesce(c.codes, '[]'::json), 'vat_id', c.vat_id,
      'gift_cards', c.gift_cards, 'use_store_credit', c.use_store_credit, 'note', c.note, 'abandoned_at', c.abandoned_at,
      'version', c.version, 'created_at', c.created_at, 'updated_at', c.updated_at)
    from shopper s join carts c on c.id = s.cart),
  'lines', (select coalesce(json_agg(l order by l.sort, l.id), '[]') from stored l),
  'currency', shopper.currency,
  'is_sold', shopper.currency = shopper.shop_currency or shopper.keeps_currency
    or (select min(currency) from prices where currency >= shopper.currency) = shopper.currency
    or (select min(currency) from product_variants where currency >= shopper.currency and status = 'published')
      = shopper.currency,
  'customer', (
    select json_build_object('group', u."group", 'customer_exempt', u.tax_exempt,
      'group_exempt', coalesce(g.tax_exempt, false), 'vat_id', u.vat_id, 'vat_id_status', u.vat_id_status)
    from customers u left join customer_groups g on g.id = u."group" where u.id = shopper.customer),
  'has_ordered_before',
    exists (select from found where first_order_only)
    and (exists (select from orders o where o.customer = shopper.customer and o.status <> 'cancelled'
        and o.cart is distinct from shopper.cart)
      or exists (select from orders o where lower(o.email) = shopper.email and o.status <> 'cancelled'
        and o.cart is distinct from shopper.cart)),
  'variants', (
    select coalesce(json_agg(x), '[]') from (
      select v.id as variant, v.sku, v.title as variant_title, v.option_values, v.price_minor, v.compare_at_price_minor,
        v.currency as price_currency, v.track_stock, v.allow_backorder, v.backorder_limit, v.max_per_order,
        case when v.preorder_ships_at > now() then v.preorder_ships_at end as preorder_ships_at,
        v.weight_grams, greatest(v.length_mm, v.width_mm, v.height_mm) as longest_mm,
        v.product, p.name as product_name, p.slug as product_slug, p.kind as product_kind,
        v.status = 'published' and p.status = 'published' and (p.published_at is null or p.published_at <= now())
          as is_published,
        p.brand, t.code as tax_class, coalesce(v.image, p.thumbnail, i.file) as image_file,
        coalesce(v.image_url, i.url) as image_url,
        (select coalesce(json_agg(json_build_object('price_list', r.price_list, 'list_name', k.name, 'kind', k.kind,
            'priority', coalesce(k.priority, 0), 'starts_at', k.starts_at, 'ends_at', k.ends_at,
            'customer_group', k.customer_group, 'min_quantity', r.min_quantity, 'amount_minor', r.amount_minor)), '[]')
          from prices r left join price_lists k on k.id = r.price_list
          where r.variant = v.id and r.currency = shopper.currency and (r.price_list is null or (k.status = 'active'
            and (k.ends_at is null or k.ends_at > now())
            and (k.customer_group is null or k.customer_group = shopper."group")))) as prices
      from wanted w
      join product_variants v on v.id = w.variant
      join products p on p.id = v.product
      left join tax_classes t on t.id = p.tax_class
      left join lateral (
        select f.file, f.url from products_files f where f.product = p.id order by f.sort, f.id limit 1) i on true) x),
  'parts', (
    select coalesce(json_agg(json_build_object('bundle', b.bundle, 'variant', b.part, 'sku', q.sku, 'title',
      coalesce(nullif(q.title, ''), q.sku), 'quantity', b.quantity, 'weight_grams', q.weight_grams,
      'longest_mm', greatest(q.length_mm, q.width_mm, q.height_mm), 'track_stock', q.track_stock,
      'allow_backorder', q.allow_backorder, 'backorder_limit', q.backorder_limit,
      'preorder_ships_at', case when q.preorder_ships_at > now() then q.preorder_ships_at end) order by b.sort, b.id), '[]')
    from parts b join product_variants q on q.id = b.part),
  'shelves', (select coalesce(json_agg(s), '[]') from shelves s),
  'tags', (select coalesce(json_agg(json_build_object('product', g.product, 'tag', pt.tag)), '[]')
    from goods g join products_tags pt on pt.product = g.product),
  'stock', (
    select coalesce(json_agg(x), '[]') from (
      select v.id as variant, v.track_stock, v.allow_backorder, v.backorder_limit, l.levels > 0 as has_level, l.free, l.owed
      from (select variant from wanted union select part from parts) k
      join product_variants v on v.id = k.variant
      cross join lateral (
        select count(*) filter (where o.active) as levels,
          coalesce(sum(greatest(s.on_hand - s.reserved, 0)) filter (where o.active), 0) as free,
          coalesce(sum(greatest(s.reserved - s.on_hand, 0)), 0) as owed
        from stock_levels s join stock_locations o on o.id = s.location
        where s.variant = v.id and v.track_stock) l) x),
  'promotions', (
    select coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'status', m.status, 'kind', m.kind,
        'allocation', m.allocation, 'currency', m.currency, 'value_ppm', m.value_ppm, 'amount_minor', m.amount_minor,
        'buy_quantity', m.buy_quantity, 'get_quantity', m.get_quantity, 'max_applications', m.max_applications,
        'tier_basis', m.tier_basis, 'tiers', m.tiers,
        'scopes', (select coalesce(json_agg(x order by x.sort, x.id), '[]') from scopes x where x.promotion = m.id),
        'minimum_subtotal_minor', m.minimum_subtotal_minor, 'minimum_quantity', m.minimum_quantity,
        'minimum_basis', m.minimum_basis,
        'first_order_only', m.first_order_only, 'customer_group', m.customer_group,
        'requires_code', m.requires_code or m.code is not null, 'code', m.code,
        'codes', (select coalesce(json_agg(json_build_object('id', d.id, 'code', d.code, 'usage_left', d.usage_left)), '[]')
          from given_codes d where d.promotion = m.id),
        'starts_at', m.starts_at, 'ends_at', m.ends_at, 'usage_left', m.usage_limit - m.usage_count,
        'customer_usage_left', case when m.usage_limit_per_customer is not null then m.usage_limit_per_customer - (
          select count(*) from promotion_redemptions d where d.promotion = m.id and d.released_at is null
            and (d.customer = shopper.customer or lower(d.email) = shopper.email)) end,
        'budget_left_minor', m.budget_minor - m.budget_used_minor,
        'stackable', m.stackable, 'priority', m.priority)), '[]')
    from found m),
  'tax_rates', (
    select coalesce(json_agg(json_build_object('tax_class', t.code, 'country', r.country, 'region', r.region,
        'postal_pattern', r.postal_pattern, 'name', r.name, 'rate_ppm', r.rate_ppm)), '[]')
    from rate_ids i cross join lateral (select * from tax_rates t where t.id = i.id limit 1) r
    join tax_classes t on t.id = r.tax_class),
  'zones', (
    select coalesce(json_agg(json_build_object('id', z.id, 'countries', z.countries, 'regions', z.regions,
        'postal_patterns', z.postal_patterns, 'priority', z.priority, 'methods', (
          select coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'description', m.description,
            'active', m.active, 'kind', m.kind, 'amount_minor', m.amount_minor, 'currency', m.currency,
            'per_item_minor', m.per_item_minor, 'tiers', m.tiers, 'free_above_minor', m.free_above_minor,
            'max_weight_grams', m.max_weight_grams, 'max_length_mm', m.max_length_mm,
            'min_subtotal_minor', m.min_subtotal_minor, 'max_subtotal_minor', m.max_subtotal_minor,
            'min_days', m.min_days, 'max_days', m.max_days, 'location', m.location, 'carrier', m.carrier,
            'carrier_service', m.carrier_service, 'sort', m.sort, 'tax_class', t.code, 'pickup_location', case when l.id
            is not null then json_build_object('id', l.id, 'name', l.name, 'line1', l.line1, 'city', l.city,
              'region', l.region, 'postal_code', l.postal_code, 'country', l.country) end)), '[]')
          from shipping_methods m left join tax_classes t on t.id = m.tax_class
            left join stock_locations l on l.id = m.location and m.kind = 'pickup'
          where m.zone = z.id and m.active and m.currency = shopper.currency and l.active is not false))), '[]')
    from shipping_zones z where shopper.country is not null and exists (
      select from json_array_elements_text(z.countries) k where upper(btrim(k)) in ('*', shopper.country))),
  'gift_cards', (
    select coalesce(json_agg(json_build_object('id', g.id, 'last4', g.last4, 'currency', g.currency,
      'balance_minor', g.balance_minor)), '[]')
    from (select distinct unnest(shopper.gift_cards) as id) k
    join gift_cards g on g.id = k.id and g.status = 'active' and (g.expires_at is null or g.expires_at > now())),
  'store_credit', (
    select json_build_object('id', k.id, 'balance_minor', k.balance_minor) from store_credits k
    where k.customer = shopper.customer and k.currency = shopper.currency)
) as facts
from shopper`);
