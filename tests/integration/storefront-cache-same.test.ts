/**
 * Whoever asks cannot tell whether the cache answers: generated URLs, asked of a process that keeps answers and of one that does
 * not. `CACHE_URLS` says how many; another `CACHE_SEED` generates others.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { aCustomer, clientOf, withoutRequestId } from '../support/store-client.ts';
import { generatedUrls, type Named } from '../support/storefront-urls.ts';
import { ask, counted, startStorefront, type Seen, type Storefront } from '../support/storefront.ts';

const MANY = Number(process.env['CACHE_URLS'] ?? 300);
const SEED = Number(process.env['CACHE_SEED'] ?? 4_596);
const AT_ONCE = 6;

let storefront: Storefront;
let keeping: string;
let plain: string;
let token: string;
let named: Named;
beforeAll(async () => {
  storefront = await startStorefront({ demo: true, env: { JOBS: 'off' } });
  await drainListings(storefront.server.shop);
  keeping = storefront.server.url;
  plain = await storefront.join({ STOREFRONT_CACHE: 'off' });
  token = (await aCustomer(clientOf(keeping))).token;
  const { db } = storefront.server;
  named = {
    products: await db('products').select('id', 'slug', 'name').orderBy('slug'),
    categories: await db('categories').select('id', 'slug').orderBy('slug'),
    brands: await db('brands').select('id', 'slug').orderBy('slug'),
    tags: await db('tags').select('id', 'slug').orderBy('slug'),
  };
});
afterAll(() => storefront.stop());

const HEADERS = [
  'content-type',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'retry-after',
];

function essence({ status, headers, text }: Seen): object {
  const some = Object.fromEntries(HEADERS.map((name) => [name, headers[name]]));
  return { status, text: withoutRequestId(text), ...some, etag: status === 200 ? headers.etag : null };
}

/** The same where Directus' own check of parameters may have come first: it finds other words for a wrong one. */
function essenceOfExpress(seen: Seen): object {
  return seen.status === 400 ? { status: 400, code: codeOf(seen) } : essence(seen);
}

function codeOf({ text }: Seen): unknown {
  const { errors } = JSON.parse(text) as { errors: { extensions: { code: string } }[] };
  return errors[0]?.extensions.code;
}

test(
  `${MANY} generated URLs (CACHE_SEED=${SEED}) are answered alike, byte for byte, with and without the cache`,
  async () => {
    const urls = generatedUrls(MANY, SEED, named);
    const before = await counted(keeping);
    const origin = { origin: 'https://shop.example' };
    const differences: object[] = [];
    const statuses = new Map<number, number>();
    /** Of the shop's own routes, what was asked a second time: from where it came. */
    const repeated: { path: string; from: unknown }[] = [];

    async function compare(path: string): Promise<void> {
      const reference = await ask(`${plain}${path}`, { headers: origin });
      statuses.set(reference.status, (statuses.get(reference.status) ?? 0) + 1);
      const note = (one: object, two: object) => {
        if (JSON.stringify(one) !== JSON.stringify(two)) differences.push({ path, one, two });
      };
      const first = await ask(`${keeping}${path}`, { headers: origin });
      const second = await ask(`${keeping}${path}`, { headers: origin });
      for (const seen of [first, second]) note(essence(reference), essence(seen));
      if (path.startsWith('/store/') && first.status === 200 && first.headers['cache-status'] !== undefined)
        repeated.push({ path, from: second.headers['cache-status'] });
      // A signed-in customer is answered by Express, and the shop's own routes tell everybody the same.
      if (path.startsWith('/store/') && !path.includes('access_token')) {
        const headers = { ...origin, authorization: `Bearer ${token}` };
        note(essenceOfExpress(reference), essenceOfExpress(await ask(`${plain}${path}`, { headers })));
      }
    }
    const waiting = [...urls];
    const work = async () => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await compare(path);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    expect(differences).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(MANY / 3);
    expect(statuses.get(400)).toBeGreaterThan(0);
    // Nothing changes meanwhile: whatever may be kept is there, or just being put there, the second time.
    const from_memory = ['kontor; hit', 'kontor; fwd=miss; collapsed'];
    expect(repeated.filter(({ from }) => !from_memory.includes(String(from)))).toEqual([]);
    const after = await counted(keeping);
    expect((after['hits_total'] ?? 0) - (before['hits_total'] ?? 0)).toBeGreaterThan(MANY / 4);
  },
  60_000 + MANY * 300,
);
