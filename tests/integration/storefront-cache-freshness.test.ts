/**
 * What changes shows, in every process, at once: prices, publication, the clock, permissions. `FRESHNESS_SECONDS` makes the run
 * long and the measure strict.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { aVariant } from '../support/factories.ts';
import { clientOf } from '../support/store-client.ts';
import {
  ask,
  counted,
  listenersOf,
  startStorefront,
  untilKeeping,
  type Storefront,
} from '../support/storefront.ts';
import { until } from '../support/until.ts';

const IS_LONG = process.env['FRESHNESS_SECONDS'] !== undefined;
const SECONDS = Number(process.env['FRESHNESS_SECONDS'] ?? 6);
const READERS = IS_LONG ? 50 : 10;
const READ_EVERY_MS = 50;
const WRITE_EVERY_MS = 150;
const SOON_MS = 250;
const LATEST_MS = 1_000;
/** How much of what is seen must be seen soon: of a busy machine that runs other suites, no more than that it comes. */
const SOON_SHARE = IS_LONG ? 0.99 : 0.8;

let storefront: Storefront;
let db: Knex;
beforeAll(async () => {
  storefront = await startStorefront({ processes: 2 });
  db = storefront.server.db;
});
afterAll(() => storefront.stop());

interface Thing {
  id: string;
  variant: string;
  slug: string;
}

async function aThing(status: 'published' | 'draft' = 'published'): Promise<Thing> {
  const variant = await aVariant(storefront.server.shop, { status });
  const [found] = await db('product_variants as v')
    .join('products as p', 'p.id', 'v.product')
    .where('v.id', variant)
    .select('p.id', 'p.slug');
  return { ...found, variant };
}

/** Something that changes, and how a reader sees its present value. */
interface Watched {
  /** Path → the value an answer shows. */
  readings: Record<string, (text: string, data: ReturnType<typeof JSON.parse>) => unknown>;
  /** Values in their order, each with when it began to be written and when its commit was known. */
  history: { value: unknown; began: number; at: number }[];
}

/** What a reader saw, and when it had asked. */
interface Sighting {
  watched: Watched;
  path: string;
  value: unknown;
  asked_at: number;
  answered_at: number;
}

test(
  `for ${SECONDS} seconds, ${READERS} readers of two processes see every change soon and never a draft`,
  async () => {
    const [priced, shown, hidden] = [await aThing(), await aThing(), await aThing('draft')];
    await db('products').where('id', hidden.id).update({ name: 'Never to be seen' });
    const price: Watched = { readings: {}, history: [] };
    const priceIn = (list: { id: string; price_from_minor: number }[]) =>
      list.find(({ id }) => id === priced.id)?.price_from_minor;
    price.readings = {
      [`/store/products/${priced.slug}`]: (_text, data) => data.price_from_minor,
      '/store/products?limit=50': (_text, data) => priceIn(data),
      '/store/products?limit=50&sort=price': (_text, data) => priceIn(data),
      [`/items/product_variants/${priced.variant}?fields=price_minor`]: (_text, data) => data.price_minor,
    };
    const presence: Watched = { readings: {}, history: [] };
    presence.readings = {
      '/store/products?limit=50': (text) => text.includes(shown.id),
      '/items/products?limit=50&fields=id,status': (text) => text.includes(shown.id),
      [`/store/products/${shown.slug}`]: (text) => text.includes(shown.id),
    };
    const sightings: Sighting[] = [];
    let is_over = false;

    async function write(watched: Watched, value: unknown, change: () => Promise<unknown>): Promise<void> {
      const began = performance.now();
      await change();
      watched.history.push({ value, began, at: performance.now() });
    }

    const call = clientOf(storefront.urls[1] ?? '');
    const admin = { token: storefront.server.admin_token };
    async function writePrices(): Promise<void> {
      for (let amount = 1_001; !is_over; amount += 1) {
        await write(price, amount, () =>
          amount % 3 === 0
            ? call('PATCH', `/items/product_variants/${priced.variant}`, { price_minor: amount }, admin)
            : db('product_variants').where('id', priced.variant).update({ price_minor: amount }),
        );
        await pause(WRITE_EVERY_MS);
      }
    }
    async function writePresence(): Promise<void> {
      for (let turn = 0; !is_over; turn += 1) {
        const is_public = turn % 2 === 1;
        const status = is_public ? 'published' : 'draft';
        await write(presence, is_public, () =>
          turn % 4 < 2
            ? call('PATCH', `/items/products/${shown.id}`, { status }, admin)
            : db('products').where('id', shown.id).update({ status }),
        );
        await pause(WRITE_EVERY_MS * 3);
      }
    }

    const readings = [price, presence].flatMap((watched) =>
      Object.entries(watched.readings).map(([path, read]) => ({ watched, path, read })),
    );
    async function read(reader: number): Promise<void> {
      const url = storefront.urls[reader % 2] ?? '';
      for (let turn = reader; !is_over; turn += 1) {
        const { watched, path, read: valueIn } = readings[turn % readings.length] ?? readings[0]!;
        const began = performance.now();
        const { text, data, status } = await ask(`${url}${path}`);
        const answered_at = performance.now();
        expect(text).not.toContain(hidden.id);
        expect([200, 403, 404], `${path} ${text}`).toContain(status);
        const value =
          data === undefined && path.startsWith('/items/product_') ? undefined : valueIn(text, data);
        sightings.push({ watched, path, value, asked_at: began, answered_at });
        await pause(Math.max(0, READ_EVERY_MS - (performance.now() - began)));
      }
    }

    const working = [
      writePrices(),
      writePresence(),
      ...Array.from({ length: READERS }, (_, each) => read(each)),
    ];
    await pause((SECONDS * 1_000) / 2);
    for (const pid of await listenersOf(db)) await db.raw('select pg_terminate_backend(?)', [pid]);
    await pause((SECONDS * 1_000) / 2);
    is_over = true;
    await Promise.all(working);

    expect(sightings.length).toBeGreaterThan(SECONDS * READERS * 4);
    expect(price.history.length).toBeGreaterThan(SECONDS * 2);
    const judged = sightings.map(({ watched, ...seen }) => ({ ...seen, age_ms: ageOf(watched, seen) }));
    expect(judged.filter(({ age_ms }) => age_ms > LATEST_MS)).toEqual([]);
    const soon = judged.filter(({ age_ms }) => age_ms <= SOON_MS).length / judged.length;
    const oldest = Math.max(...judged.map(({ age_ms }) => age_ms));
    const share = `${(soon * 100).toFixed(2)} % fresh within ${SOON_MS} ms`;
    if (IS_LONG) console.log(`${judged.length} answers, ${share}, the oldest ${oldest.toFixed(0)} ms`);
    expect(soon).toBeGreaterThanOrEqual(SOON_SHARE);
    for (const url of storefront.urls) expect((await counted(url))['hits_total']).toBeGreaterThan(20);
  },
  (SECONDS + 60) * 1_000,
);

/** How long a value had been replaced when it was asked for; 0 for the present one, or one that was just being written. */
function ageOf({ history }: Watched, { value, asked_at, answered_at }: Omit<Sighting, 'watched'>): number {
  const written = history.filter(({ began }) => began <= answered_at);
  const index = written.findLastIndex((each) => each.value === value);
  const next = history[index + 1];
  return next && next.at < asked_at ? asked_at - next.at : 0;
}

test('what begins by the clock shows when it begins, in both processes, and not before', async () => {
  const [coming, priced] = [await aThing(), await aThing()];
  const begins_at = new Date(Date.now() + 2_500);
  await db('products').where('id', coming.id).update({ published_at: begins_at });
  const [list] = await db('price_lists')
    .insert({
      id: db.raw('gen_random_uuid()'),
      name: 'Soon',
      status: 'active',
      kind: 'sale',
      priority: 1,
      starts_at: begins_at,
    })
    .returning('id');
  await db('prices').insert({
    id: db.raw('gen_random_uuid()'),
    variant: priced.variant,
    price_list: list.id,
    currency: 'USD',
    min_quantity: 1,
    amount_minor: 777,
  });
  const checks: Record<string, (text: string, data: ReturnType<typeof JSON.parse>) => boolean> = {
    '/store/products?limit=40': (text) => text.includes(coming.id),
    [`/store/products/${coming.slug}`]: (text) => text.includes(coming.id),
    '/items/products?limit=40&fields=id': (text) => text.includes(coming.id),
    [`/store/products/${priced.slug}`]: (_text, data) => data.price_from_minor === 777,
    '/items/price_lists?fields=name': (text) => text.includes('Soon'),
  };
  const seen = new Map<string, { last_without: number; first_with: number }>();
  await Promise.all(
    storefront.urls.flatMap((url) =>
      Object.entries(checks).map(async ([path, has]) => {
        let last_without = 0;
        await until(`${path} with what has begun`, async () => {
          const asked = Date.now();
          const { text, data } = await ask(`${url}${path}`);
          const answered = Date.now();
          if (!has(text, data)) last_without = asked;
          else seen.set(`${url}${path}`, { last_without, first_with: answered });
          return has(text, data);
        });
      }),
    ),
  );
  for (const [what, { last_without, first_with }] of seen) {
    expect(first_with, what).toBeGreaterThanOrEqual(begins_at.getTime());
    expect(last_without - begins_at.getTime(), what).toBeLessThan(LATEST_MS);
  }
});

test('a permission that is taken from everybody is taken in both processes, and given back in both', async () => {
  const path = '/items/vendors?fields=id,name';
  const call = clientOf(storefront.urls[0] ?? '');
  const admin = { token: storefront.server.admin_token };
  for (const url of storefront.urls) await untilKeeping(url);
  for (const url of storefront.urls)
    await until('a hit', async () => (await ask(`${url}${path}`)).cache === 'hit');
  const [rule] = await db('directus_permissions')
    .where({ collection: 'vendors', action: 'read' })
    .whereIn('policy', db('directus_access').whereNull('role').whereNull('user').select('policy'));
  const { id, ...rest } = rule;
  expect((await call('DELETE', `/permissions/${id}`, undefined, admin)).status).toBe(204);
  for (const url of storefront.urls) {
    await until('a refusal', async () => (await ask(`${url}${path}`)).status === 403, LATEST_MS * 3);
  }
  const fields = rest.fields.split(',');
  const again = { ...rest, fields, permissions: rest.permissions ?? {} };
  expect((await call('POST', '/permissions', again, admin)).status).toBe(200);
  for (const url of storefront.urls) {
    await until('an answer', async () => (await ask(`${url}${path}`)).status === 200);
    await until('a hit', async () => (await ask(`${url}${path}`)).cache === 'hit');
  }
});

test('where a policy of everybody asks for an address, nothing of Directus is kept', async () => {
  const [url = ''] = storefront.urls;
  const path = '/items/languages?fields=code';
  await until('a hit', async () => (await ask(`${url}${path}`)).cache === 'hit');
  const policies = db('directus_policies').whereIn(
    'id',
    db('directus_access').whereNull('role').whereNull('user').select('policy'),
  );
  await policies.clone().update({ ip_access: '127.0.0.1' });
  await until('an answer past the cache', async () => {
    const { cache, status } = await ask(`${url}${path}`);
    return cache === '' && status === 200;
  });
  await until(
    'the count of it',
    async () => ((await counted(url))['bypasses_total{reason="rules"}'] ?? 0) > 0,
  );
  await policies.clone().update({ ip_access: null });
  await until('a hit', async () => (await ask(`${url}${path}`)).cache === 'hit');
});

test('shoppers who mostly look at the same things, and one write in twenty, find more than 85 % in memory', async () => {
  const { shop } = storefront.server;
  const [url = ''] = storefront.urls;
  await db.raw(CATALOGUE, [SHELVES, PRODUCTS, SHELVES]);
  await drainListings(shop);
  const slugs = (await db('products')
    .where('slug', 'like', 'mix-%')
    .orderBy('slug')
    .pluck('slug')) as string[];
  const random = mulberry(20_261_129);
  const popular = () => slugs[Math.floor(slugs.length ** random()) - 1] ?? slugs[0] ?? '';
  const shelf = () => `mix-${1 + (Math.floor(SHELVES ** random()) % SHELVES)}`;

  async function shoppers(turns: number): Promise<void> {
    const shopper = async () => {
      for (let turn = 0; turn < turns / 8; turn += 1) {
        const chance = random();
        if (chance < 0.05) await rise(popular());
        else if (chance < 0.73) await ask(`${url}/store/products/${popular()}`);
        else if (chance < 0.89) await ask(`${url}/store/products?category=${shelf()}`);
        else if (chance < 0.92) await ask(`${url}/store/products?category=${shelf()}&sort=price`);
        else if (chance < 0.98) await ask(`${url}/store/products`);
        else await ask(`${url}/store/categories`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, shopper));
  }
  const rise = (slug: string) =>
    db.raw(
      'update product_variants set price_minor = price_minor + 1 where product = (select id from products where slug = ?)',
      [slug],
    );

  // Open for a while: everything has been looked at.
  for (const slug of slugs) await ask(`${url}/store/products/${slug}`);
  await shoppers(400);
  const before = await counted(url);
  await shoppers(2_000);
  const after = await counted(url);
  const more = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
  const asked = more('hits_total') + more('misses_total') + more('coalesced_total');
  expect(asked).toBeGreaterThan(1_500);
  expect(more('hits_total') / asked).toBeGreaterThan(0.85);
});

const PRODUCTS = 800;
const SHELVES = 40;
const CATALOGUE = `
  with shelves as (
    insert into categories (id, status, name, slug)
    select gen_random_uuid(), 'published', 'Mix ' || n, 'mix-' || n from generate_series(1, ?::int) n returning id, slug),
  things as (
    insert into products (id, status, name, slug, kind)
    select gen_random_uuid(), 'published', 'Mix ' || n, 'mix-' || lpad(n::text, 4, '0'), 'physical' from generate_series(1, ?::int) n
    returning id, slug),
  placed as (
    insert into products_categories (id, product, category)
    select gen_random_uuid(), things.id, shelves.id from things
    join shelves on shelves.slug = 'mix-' || (1 + substr(things.slug, 5)::int % ?::int) returning id)
  insert into product_variants (id, product, status, sku, price_minor, currency, track_stock)
  select gen_random_uuid(), id, 'published', upper(slug), 1000, 'USD', false from things`;

/** The same chances in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
