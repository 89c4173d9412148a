/**
 * What misses are compared with: a bare node:http server that runs the one best query over the tables as merchants write them,
 * prepared, and sends the JSON PostgreSQL made. It knows one currency, one language and the price rules this catalogue needs, and
 * says how many products there are in all of a list not at all. node query-server.ts PORT DATABASE_URL
 */
import { createServer } from 'node:http';
import pg from 'pg';

const VISIBLE = `p.status = 'published' and (p.published_at is null or p.published_at <= now())`;

/** What one costs: the price of an active sale when it is lower. */
const PRICE = `least(v.price_minor, (
  select a.amount_minor from prices a join price_lists l on l.id = a.price_list
  where a.variant = v.id and a.currency = 'USD' and a.min_quantity = 1 and l.status = 'active' and l.customer_group is null
    and (l.starts_at is null or l.starts_at <= now()) and (l.ends_at is null or l.ends_at > now())
  order by l.priority desc, a.amount_minor limit 1))`;

const VARIANTS = `(select json_agg(x) from (
  select v.id, v.sku, v.title, v.option_values, ${PRICE} as price_minor, v.compare_at_price_minor, v.currency,
    (not v.track_stock or exists (select from stock_levels s where s.variant = v.id and s.on_hand > s.reserved)) as in_stock
  from product_variants v where v.product = p.id and v.status = 'published' and v.currency = 'USD'
  order by v.sort nulls last, v.sku) x)`;

const CARD = `p.id, p.slug, p.name, p.subtitle, p.kind,
  (select json_build_object('slug', b.slug, 'name', b.name) from brands b where b.id = p.brand) as brand,
  (select json_build_object('url', f.url, 'alt', coalesce(f.alt, p.name)) from products_files f
   where f.product = p.id order by f.sort nulls last, f.id limit 1) as image,
  p.rating_average, p.rating_count, p.options, ${VARIANTS} as variants`;

const NEWEST = 'coalesce(p.published_at, p.created_at) desc, p.id';

const QUERIES: Record<string, string> = {
  list: `select json_build_object('data', coalesce(json_agg(x), '[]')) as body from (
    select ${CARD} from products p where ${VISIBLE} order by ${NEWEST} limit 20 offset $1) x`,
  category: `select json_build_object('data', coalesce(json_agg(x), '[]')) as body from (
    select ${CARD} from products p
    where ${VISIBLE} and p.id in (
      with recursive subtree as (
        select c.id from categories c where c.slug = $1
        union select c.id from categories c join subtree s on c.parent = s.id)
      select pc.product from products_categories pc join subtree s on s.id = pc.category)
    order by ${NEWEST} limit 20) x`,
  detail: `select json_build_object('data', row_to_json(x)) as body from (
    select ${CARD}, p.description, p.featured, p.published_at, p.seo_title, p.seo_description,
      (select json_agg(json_build_object('url', f.url, 'alt', f.alt) order by f.sort nulls last, f.id)
       from products_files f where f.product = p.id) as images,
      (select json_agg(json_build_object('slug', c.slug, 'name', c.name) order by pc.sort nulls last, c.name)
       from products_categories pc join categories c on c.id = pc.category where pc.product = p.id) as categories,
      (select json_agg(json_build_object('slug', t.slug, 'name', t.name) order by t.name)
       from products_tags pt join tags t on t.id = pt.tag where pt.product = p.id) as tags
    from products p where p.slug = $1 and ${VISIBLE}) x`,
};

if (import.meta.main) {
  const pool = new pg.Pool({ connectionString: process.argv[3], max: 10 });
  const asText = { getTypeParser: () => (text: string) => text };
  const server = createServer((request, response) => {
    const [name = '', value = ''] = (request.url ?? '').slice(1).split('/');
    pool
      .query<{
        body: string;
      }>({ name, text: QUERIES[name] ?? '', values: [value], types: asText } as pg.QueryConfig)
      .then(
        ({ rows }) => {
          const body = rows[0]?.body ?? '{"data":null}';
          response.writeHead(200, {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          });
          response.end(body);
        },
        (error: unknown) => {
          const body = String(error);
          response.writeHead(500, { 'content-length': Buffer.byteLength(body) }).end(body);
        },
      );
  });
  process.on('disconnect', () => process.exit(0));
  server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
}
