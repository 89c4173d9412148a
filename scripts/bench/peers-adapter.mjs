// Kontor for the harness in ../shared/peers-bench: `run.sh scripts/bench/peers-adapter.mjs W1 W4 …`, after seed-peers.ts.
// KONTOR_BENCH_CACHE=off measures what its storefront cache otherwise answers.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { YOUNG_SPACE } from '../directus.ts';
import { givenDatabase } from '../environment.ts';
import { benchEnvironment, DIRECTUS, NOTES, startMailSink } from './bench-server.ts';
import { METHOD, variantId } from './catalogue.ts';
import { PEERS, PEERS_DATABASE } from './seed-peers.ts';

const catalog = await import(join(PEERS, 'lib', 'catalog.mjs'));
const PORT = Number(process.env.KONTOR_BENCH_PORT ?? 9400);
const SMTP = PORT + 1;
const CACHE = process.env.KONTOR_BENCH_CACHE ?? 'on';
const URL = `${process.env.BENCH_PG_URL}/${PEERS_DATABASE}`;

export const name = 'kontor';
export const db = PEERS_DATABASE;
export const origin = `http://127.0.0.1:${PORT}`;
export const notes = [
  ...NOTES,
  `The storefront cache is ${CACHE}. W1 is GET /store/products?category=…, W2 GET /store/products/:slug, W3 GET /store/products?q=….`,
  'W4 is POST /store/carts/:cart/lines. W5 and W6 are two calls: POST /store/carts with lines, e-mail, address and shipping method, then POST …/complete with the manual provider.',
];

export async function prepare() {
  await startMailSink(SMTP);
}

export function server() {
  const env = benchEnvironment(givenDatabase({ DATABASE_URL: URL }), { http: PORT, smtp: SMTP });
  const profile = process.env.KONTOR_CPU_PROF
    ? ['--cpu-prof', `--cpu-prof-dir=${process.env.KONTOR_CPU_PROF}`]
    : [];
  const args = [YOUNG_SPACE, ...profile, DIRECTUS, 'start'];
  return { cwd: join(import.meta.dirname, '..', '..'), args, env: { ...env, STOREFRONT_CACHE: CACHE } };
}

export const ready = () => ({ method: 'GET', path: '/store/products?limit=1' });

const oneOf = (r, list) => list[Math.floor(r() * list.length)];
const priced = (product) =>
  product.variants.length === 2 && product.variants.every((each) => each.price_minor > 0);

export const W1 = (r) => ({
  method: 'GET',
  path: `/store/products?category=${oneOf(r, catalog.categories).slug}&sort=newest&limit=20`,
  check: ({ data }) => data.length === 20 && data.every(priced),
});
export const W2 = (r) => ({
  method: 'GET',
  path: `/store/products/${oneOf(r, catalog.products).slug}`,
  check: ({ data }) => priced(data) && data.variants.every((each) => each.in_stock !== undefined),
});

export const W3 = (r) => ({
  method: 'GET',
  path: `/store/products?q=${oneOf(r, catalog.WORDS)}&limit=20`,
  // A few of the words are in no product.
  check: ({ data, meta }) => data.every(priced) && data.length === Math.min(20, meta.total),
});

const JSON_BODY = { 'content-type': 'application/json' };
const a = catalog.address;
const shipping_address = {
  full_name: `${a.first} ${a.last}`,
  line1: a.street,
  city: a.city,
  region: a.province,
  postal_code: a.zip,
  country: a.country.toUpperCase(),
  phone: a.phone,
};

/** @throws Error with the step and the code of the answer, when it is not the one that was hoped for */
async function post(client, path, body, headers, step) {
  const answer = await client({
    method: 'POST',
    path,
    headers: { ...JSON_BODY, ...headers },
    body: JSON.stringify(body),
  });
  if (answer.status === 201) return answer.json.data;
  throw new Error(
    `${step}: ${answer.status} ${answer.json?.errors?.[0]?.extensions?.code ?? answer.text.slice(0, 120)}`,
  );
}

export async function newCart(client) {
  const { id, token } = await post(client, '/store/carts', {}, {}, 'create cart');
  return { id, token };
}

export async function addLine(client, { id, token }, sku) {
  const line = { variant: variantId(sku), quantity: 1 };
  const cart = await post(client, `/store/carts/${id}/lines`, line, { 'x-cart-token': token }, 'add line');
  if (!(cart.total_minor > 0)) throw new Error('add line: no total');
}

export async function checkout(client, skus, n) {
  const lines = skus.map((sku) => ({ variant: variantId(sku), quantity: 1 }));
  const cart = await post(
    client,
    '/store/carts',
    { lines, email: `guest${n}@example.com`, shipping_address, shipping_method: METHOD },
    {},
    'cart',
  );
  const { order } = await post(
    client,
    `/store/carts/${cart.id}/complete`,
    { expected_total_minor: cart.total_minor, payment: { provider: 'manual' } },
    { 'x-cart-token': cart.token, 'idempotency-key': randomUUID() },
    'complete',
  );
  if (order.total_minor !== cart.total_minor || !order.number)
    throw new Error('complete: not the order of the cart');
}

export async function stockOf(sku) {
  const client = new pg.Client({ connectionString: URL });
  await client.connect();
  const { rows } = await client.query(
    `select l.on_hand::int, l.reserved::int,
       (select count(distinct o.id)::int from order_lines x join orders o on o.id = x."order"
         where x.variant = l.variant and o.number not like 'OLD-%' and o.status <> 'cancelled') as orders,
       (select coalesce(sum(x.quantity), 0)::int from order_lines x join orders o on o.id = x."order"
         where x.variant = l.variant and o.number not like 'OLD-%' and o.status <> 'cancelled') as sold
     from stock_levels l where l.variant = $1`,
    [variantId(sku)],
  );
  await client.end();
  const [level] = rows;
  return { onHand: level.on_hand, reserved: level.reserved, orders: level.orders, sold: level.sold };
}
