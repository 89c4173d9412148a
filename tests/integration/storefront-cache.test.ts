/** The storefront cache as one process shows it: what is kept, for whom, in which form, and what never is. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Knex } from 'knex';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionOf } from '../../scripts/setup.ts';
import {
  ask,
  counted,
  listenersOf,
  startStorefront,
  untilHit,
  untilKeeping,
  type Seen,
  type Storefront,
} from '../support/storefront.ts';
import { aCustomer, clientOf, withoutRequestId } from '../support/store-client.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { until } from '../support/until.ts';

let storefront: Storefront;
let url: string;
let db: Knex;
beforeAll(async () => {
  storefront = await startStorefront({ demo: true });
  url = storefront.server.url;
  db = storefront.server.db;
});
afterAll(() => storefront.stop());

const ITEMS = '/items/products?limit=20&fields=*';
const STORE = '/store/products?limit=20';
const SUGGEST = '/store/search/suggest?q=b';

describe('an answer', () => {
  test.each([ITEMS, STORE, SUGGEST, '/items/shop_settings', '/store/categories?locale=de'])(
    'to %s is made once and then kept',
    async (path) => {
      const one = await untilHit(`${url}${path}`);
      const other = await untilHit(`${url}${path}`);
      expect(one.status).toBe(200);
      expect(other.text).toBe(one.text);
      expect(one.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(one.bytes.length),
        'cache-control': 'public, max-age=0, s-maxage=0, must-revalidate',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        vary: 'Origin, Accept-Encoding',
        'access-control-allow-credentials': 'true',
      });
      expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
    },
  );

  test('is found whatever the order of parameters and whatever else a link carries', async () => {
    await untilHit(`${url}/items/brands?fields=id,name&limit=3`);
    expect((await ask(`${url}/items/brands?limit=3&fields=id,name&utm_source=mail`)).cache).toBe('hit');
    await untilHit(`${url}/store/products?limit=3&sort=name`);
    expect((await ask(`${url}/store/products?sort=name&limit=03`)).cache).toBe('hit');
  });

  test('has one tag, whoever sends it, and who knows it is sent nothing else', async () => {
    for (const path of [`${ITEMS}&page=2`, `${STORE}&page=2`]) {
      const first = await ask(`${url}${path}`);
      const { etag = '' } = (await untilHit(`${url}${path}`)).headers;
      expect(first.headers.etag).toBe(etag);
      for (const known of [etag, etag.slice(2), `"x", ${etag}`, '*']) {
        const seen = await ask(`${url}${path}`, { headers: { 'if-none-match': known } });
        expect(seen, known).toMatchObject({ status: 304, text: '' });
        expect(seen.headers).toMatchObject({ etag, vary: 'Origin, Accept-Encoding' });
        expect(seen.headers).not.toHaveProperty('content-length');
      }
      expect((await ask(`${url}${path}`, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    }
  });

  test('that is not kept yet is told apart by its tag too, and kept', async () => {
    for (const path of [`${ITEMS}&page=3`, `${STORE}&page=1&sort=name`]) {
      const { etag } = (await ask(`${url}${path}`)).headers;
      await changeEverything(db);
      const seen = await until('a miss that says not modified', async () => {
        const answer = await ask(`${url}${path}`, { headers: { 'if-none-match': etag } });
        return answer.cache.startsWith('fwd=miss') && answer;
      });
      expect(seen).toMatchObject({ status: 304, text: '' });
      expect((await untilHit(`${url}${path}`)).status).toBe(200);
    }
  });

  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip;q=0.5, br;q=0.4', 'gzip', gunzipSync],
    ['*', 'br', brotliDecompressSync],
  ])('is packed for who takes %s', async (accepted, encoding, unpack) => {
    const plain = await ask(`${url}${STORE}`);
    const packed = await until(`the form ${encoding}`, async () => {
      const seen = await ask(`${url}${STORE}`, { headers: { 'accept-encoding': accepted } });
      return seen.headers['content-encoding'] === encoding && seen;
    });
    expect(unpack(packed.bytes).toString()).toBe(plain.text);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    expect(packed.headers).toMatchObject({ etag: plain.headers.etag, vary: 'Origin, Accept-Encoding' });
    const unpacked = await ask(`${url}${STORE}`, { headers: { 'accept-encoding': 'identity' } });
    expect(unpacked.headers).not.toHaveProperty('content-encoding');
  });

  test('of suggestions goes with what it shows, and with what has come to show there', async () => {
    const [product] = await db('products').select('id', 'name').where({ status: 'published' }).limit(1);
    const suggest = `${url}/store/search/suggest?q=`;
    const rename = (name: string) => db('products').where({ id: product.id }).update({ name });
    await rename('Zyzzyva one');
    const names = (seen: Seen) => seen.data.products.map(({ name }: { name: string }) => name);
    await until('the first name', async () => names(await ask(`${suggest}zyzzyva`))[0] === 'Zyzzyva one');
    expect(names(await untilHit(`${suggest}zyzzyva`))).toEqual(['Zyzzyva one']);
    expect(names(await untilHit(`${suggest}qaqortoq`))).toEqual([]);
    await rename('Qaqortoq');
    await until('no old name', async () => names(await ask(`${suggest}zyzzyva`)).length === 0);
    await until('the new name', async () => names(await ask(`${suggest}qaqortoq`))[0] === 'Qaqortoq');
    await rename(product.name);
  });

  test('that is short is sent as it is', async () => {
    const path = '/items/languages?fields=code&limit=1';
    for (let each = 0; each < 3; each += 1) {
      const seen = await ask(`${url}${path}`, { headers: { 'accept-encoding': 'gzip, br' } });
      expect(seen.headers).not.toHaveProperty('content-encoding');
    }
  });

  test('names the origin that asked, each its own', async () => {
    for (const origin of ['https://one.example', 'https://two.example']) {
      const { headers } = await untilHit(`${url}${ITEMS}`, { headers: { origin } });
      expect(headers['access-control-allow-origin']).toBe(origin);
    }
    expect((await untilHit(`${url}${ITEMS}`)).headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('the cache answers nobody', () => {
  test.each(['HEAD', 'OPTIONS', 'SEARCH', 'POST'])('who sends %s', async (method) => {
    for (const path of [ITEMS, STORE]) {
      await ask(`${url}${path}`);
      expect((await ask(`${url}${path}`, { method })).cache).toBe('');
    }
  });

  test('who sends a body: Directus reads keys from it', async () => {
    const [first] = (await ask(`${url}/items/brands?fields=id`)).data as { id: string }[];
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ keys: [first?.id] });
    const seen = await ask(`${url}/items/brands?fields=id`, { headers, body });
    expect(seen).toMatchObject({ cache: '', data: [{ id: first?.id }] });
    expect((await ask(`${url}/items/brands?fields=id`)).data.length).toBeGreaterThan(1);
  });

  test('who is signed in, by header, cookie or query, and keeps nothing of theirs', async () => {
    const [draft] = await db('products').select('id').limit(1);
    await db('products').where(draft).update({ status: 'draft' });
    const call = clientOf(url);
    const { token } = await aCustomer(call);
    const session = await call('POST', '/auth/login', {
      email: TEST_SETTINGS['ADMIN_EMAIL'],
      password: TEST_SETTINGS['ADMIN_PASSWORD'],
      mode: 'session',
    });
    expect(session.status).toBe(200);
    const cookie = await signInCookie(url);
    const admin = storefront.server.admin_token;
    const path = `/items/products/${draft.id}?fields=id,status`;
    for (const [headers, query] of [
      [{ authorization: `Bearer ${admin}` }, ''],
      [{ cookie }, ''],
      [{}, `&access_token=${admin}`],
    ] as const) {
      const seen = await ask(`${url}${path}${query}`, { headers });
      expect(seen).toMatchObject({ status: 200, cache: '', data: { status: 'draft' } });
      expect(await ask(`${url}${path}`), JSON.stringify(headers)).toMatchObject({ status: 403 });
    }
    await ask(`${url}${STORE}`);
    const asked = { headers: { authorization: `Bearer ${token}` } };
    expect(await ask(`${url}${STORE}`, asked)).toMatchObject({ status: 200, cache: '' });
    expect((await ask(`${url}${STORE}`, { headers: { authorization: 'Bearer nonsense' } })).status).toBe(401);
    expect((await counted(url))['bypasses_total{reason="signed_in"}']).toBeGreaterThanOrEqual(4);
    await db('products').where(draft).update({ status: 'published' });
  });

  test('what is wrong, missing or hidden, twice', async () => {
    for (const path of [
      '/store/products?junk=1',
      '/store/products/no-such-thing',
      '/items/products/no-such-thing',
      '/items/products?filter[nothing][_eq]=1',
      '/items/products?deep[variants][_filter]=x',
      '/items/orders',
    ]) {
      const [one, other] = [await ask(`${url}${path}`), await ask(`${url}${path}`)];
      expect(one.status, path).toBeGreaterThanOrEqual(400);
      expect(other.status, path).toBe(one.status);
      expect(withoutRequestId(other.text), path).toBe(withoutRequestId(one.text));
      expect(other.cache, path).not.toBe('hit');
    }
  });

  test('what hangs on more than is heard of', async () => {
    const before = await counted(url);
    for (const path of [
      '/items/products?filter[published_at][_lt]=$NOW&limit=1',
      '/items/products?export=csv&limit=1',
    ]) {
      for (let each = 0; each < 2; each += 1)
        expect(await ask(`${url}${path}`)).toMatchObject({ status: 200, cache: '' });
    }
    expect((await counted(url))['entries']).toBeLessThanOrEqual(before['entries'] ?? 0);
  });
});

describe('a miss', () => {
  test.each(['/store/categories?locale=fr', '/items/categories?fields=id,name&limit=7'])(
    'of %s runs once, however many wait for it',
    async (path) => {
      const before = await counted(url);
      const seen = await whileCategoriesWait(async () => {
        const asking = Array.from({ length: 100 }, () => ask(`${url}${path}`));
        await untilOneWaits();
        return asking;
      });
      expect(new Set(seen.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(seen[0]?.status).toBe(200);
      const after = await counted(url);
      const more = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
      expect(more('misses_total')).toBe(1);
      expect(more('coalesced_total') + more('hits_total')).toBe(99);
    },
  );

  test.each(['/store/categories?locale=it', '/items/categories?fields=id,name&limit=8'])(
    'of %s that a change overtakes is answered, and the next asks anew',
    async (path) => {
      await untilHit(`${url}/items/categories?fields=slug`);
      const before = await counted(url);
      const [seen] = await whileCategoriesWait(async () => {
        const asking = ask(`${url}${path}`);
        await untilOneWaits();
        await tellOfCategories(before);
        return [asking];
      });
      expect(seen).toMatchObject({ status: 200, cache: 'fwd=miss' });
      expect((await ask(`${url}${path}`)).cache).toBe('fwd=miss');
      expect((await counted(url))['overtaken_total']).toBe((before['overtaken_total'] ?? 0) + 1);
    },
  );

  test.each(['/store/categories?locale=es', '/items/categories?fields=id,name&limit=9'])(
    'of %s that a change overtakes goes to none of those who wait for it',
    async (path) => {
      await untilHit(`${url}/items/categories?fields=slug`);
      const before = await counted(url);
      const seen = await whileCategoriesWait(async () => {
        const asking = Array.from({ length: 20 }, () => ask(`${url}${path}`));
        await untilOneWaits();
        await tellOfCategories(before);
        return asking;
      });
      expect(seen.every(({ status }) => status === 200)).toBe(true);
      const after = await counted(url);
      expect((after['misses_total'] ?? 0) - (before['misses_total'] ?? 0)).toBeGreaterThanOrEqual(2);
    },
  );
});

describe('while changes are not heard', () => {
  test('a connection that is cut is made again, and until then everything is answered anew', async () => {
    const database = storefront.server.env['DB_DATABASE'];
    const [pid] = await listenersOf(db);
    await fromOutside(`alter database "${database}" allow_connections false`);
    try {
      await fromOutside(`select pg_terminate_backend(${pid})`);
      await until(
        'answers past the cache',
        async () => (await ask(`${url}/store/categories`)).cache === 'fwd=bypass',
      );
      expect((await ask(`${url}${ITEMS}`)).cache).toBe('');
      expect(await counted(url)).toMatchObject({ listening: 0, entries: 0 });
      const name = `Unheard ${Date.now()}`;
      const [first] = await db('brands').select('id').limit(1);
      await db('brands').where(first).update({ name });
      expect((await ask(`${url}/items/brands?fields=name`)).text).toContain(name);
    } finally {
      await fromOutside(`alter database "${database}" allow_connections true`);
    }
    await untilKeeping(url);
    expect(await counted(url)).toMatchObject({ listening: 1 });
  });

  test('a connection that falls silent is given up', async () => {
    const [pid = 0] = await listenersOf(db);
    process.kill(pid, 'SIGSTOP');
    try {
      await until(
        'answers past the cache',
        async () => (await ask(`${url}/store/categories`)).cache === 'fwd=bypass',
      );
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await untilKeeping(url);
  });
});

test('junk in links takes no memory that grows', async () => {
  await untilHit(`${url}/items/tags?fields=id`);
  const before = await counted(url);
  for (let each = 0; each < 100; each += 1) {
    expect((await ask(`${url}/items/tags?fields=id&junk=${each}`)).status).toBe(200);
    expect((await ask(`${url}/store/products?junk=${each}`)).status).toBe(400);
    expect((await ask(`${url}/store/products/junk-${each}`)).status).toBe(404);
  }
  const after = await counted(url);
  expect(after['entries']).toBeLessThanOrEqual(before['entries'] ?? 0);
  expect((after['bytes'] ?? 0) - (before['bytes'] ?? 0)).toBeLessThan(5_000);
  expect(after['refused_total']).toBeGreaterThanOrEqual(200);
});

test('what it counts stands among Directus’ metrics, and is for those who may see them', async () => {
  const before = await counted(url);
  await untilHit(`${url}${ITEMS}`);
  const after = await counted(url);
  expect(after['hits_total']).toBeGreaterThan(before['hits_total'] ?? 0);
  for (const name of ['misses_total', 'invalidations_total', 'entries', 'bytes'])
    expect(after[name], name).toBeGreaterThan(0);
  expect(after).toHaveProperty('evictions_total');
  expect((await ask(`${url}/metrics`)).status).toBe(403);
});

/** The session cookie of the administrator, as a browser would send it. */
async function signInCookie(base: string): Promise<string> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = TEST_SETTINGS;
  const { headers } = await ask(`${base}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, mode: 'session' }),
  });
  return (headers['set-cookie'] ?? []).map((each) => each.split(';')[0]).join('; ');
}

/** Says that everything changed, while nothing did. */
async function changeEverything(shop: Knex): Promise<void> {
  await shop.raw(`select pg_notify('kontor_catalog', 'everything')`);
}

/** Requests made while nobody can read the categories, and their answers once everybody can. */
async function whileCategoriesWait(asked: () => Promise<Promise<Seen>[]>): Promise<Seen[]> {
  const trx = await db.transaction();
  try {
    await trx.raw('lock table categories in access exclusive mode');
    const asking = await asked();
    await trx.rollback();
    return await Promise.all(asking);
  } finally {
    await trx.rollback();
  }
}

async function untilOneWaits(): Promise<void> {
  await until('a statement that waits for the categories', async () => {
    const { rows } = await db.raw<{ rows: { waiting: number }[] }>(
      `select count(*)::int as waiting from pg_locks where not granted and relation = 'categories'::regclass`,
    );
    return rows[0]?.waiting === 1;
  });
}

/** Tells of a change of categories where there is none, and waits until it is heard. */
async function tellOfCategories(before: Record<string, number>): Promise<void> {
  const notice = { collection: 'categories', action: 'update', items: null, products: [] };
  await db.raw('select pg_notify(?, ?)', ['kontor_catalog', JSON.stringify(notice)]);
  await until('a change that is heard', async () => {
    const { invalidations_total = 0 } = await counted(url);
    return invalidations_total > (before['invalidations_total'] ?? 0);
  });
}

/** A statement about the database, from another one. */
async function fromOutside(sql: string): Promise<void> {
  const client = new pg.Client(connectionOf({ ...storefront.server.env, DB_DATABASE: 'postgres' }));
  await client.connect();
  await client.query(sql);
  await client.end();
}
