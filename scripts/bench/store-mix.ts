/**
 * Shoppers who look around while the catalogue changes under them: what they look at is spread as visits are (Zipf), and so is what
 * is changed, which is the harder way round for a cache. One in twenty things done is a write, by SQL, by Directus' API or by a sale.
 */
import { ask, Line, paceOf, prepared, type Prepared } from './raw-client.ts';
import { MAIN_LOCATION } from '../../seeds/reference/apply-reference.ts';
import { ADMIN } from './bench-server.ts';
import { rateFrom, rounded } from './rates.ts';
import { CONNECTIONS, type StoreBench } from './store-bench.ts';
import { productAt, type StoreProduct, type StoreShape } from './store-catalogue.ts';
import { atLeast, atMost } from './store-report.ts';
import { cacheStatusOf, isHit, LIST, wordsOf } from './store-requests.ts';
import { differenceOf, productsBySlug } from './store-truth.ts';
import { rowId } from './seed-store.ts';
import type { StoreServer } from './store-shop.ts';
import { chance, skewed } from './store-words.ts';

const WRITES = 0.05;
const HIT_PART = 0.85;
/** Milliseconds between two things done on a connection: 400 a second on all of them, of which 20 change something. */
const EVERY_MS = 50;
/** A shop that has been open for a while: so many visits a product before anything is counted, as far as there is time. */
const WARM_VISITS = 8;
const WARM_SECONDS = 60;
const SEARCHES = 300;
const FRESH_MS = 1_000;
const CHECKED = 100;

const KINDS = ['product', 'list', 'category', 'filter', 'search'] as const;
type Kind = (typeof KINDS)[number];

interface Visit {
  kind: Kind;
  request: Prepared;
}

interface Tally {
  reads: number;
  hits: number;
  kinds: Record<Kind, { reads: number; hits: number }>;
  /** How often the cache said what of an answer. */
  said: Record<string, number>;
  hit_ms: number[];
  miss_ms: number[];
  writes: number;
  /** Products whose prices were changed. */
  changed: Set<number>;
}

export async function measureMix(bench: StoreBench, server: StoreServer): Promise<object> {
  const { store, options, log, wrong, verdicts } = bench;
  const write = writerOf(bench, server.url, await signIn(server.url));
  const next = visitsOf(store.shape);
  log(`mix: warming …`);
  await visit(server.url, next, write, {
    seconds: Math.min(WARM_SECONDS, 6 * options.seconds),
    reads: WARM_VISITS * store.shape.size,
    writes: 0,
    every_ms: 0,
  });
  log('mix …');
  const tally = await visit(server.url, next, write, {
    seconds: options.seconds * options.repeats,
    reads: Number.POSITIVE_INFINITY,
    writes: WRITES,
    every_ms: EVERY_MS,
  });
  wrong.push(...(await stale(bench, server.url, tally)));
  const hits = rounded(tally.hits / tally.reads, 3);
  const p99 = rateFrom(tally.hit_ms, 1).p99_ms;
  verdicts.push(
    atLeast('mix, hits of reads', hits, HIT_PART, ''),
    atMost('mix, p99 of hits', p99, null, 'ms'),
    atMost('mix, p99 of misses', rateFrom(tally.miss_ms, 1).p99_ms, null, 'ms'),
  );
  const { reads, writes, kinds, said } = tally;
  const parts = KINDS.map((kind) => `${kind} ${rounded(kinds[kind].hits / kinds[kind].reads, 2)}`);
  log(`${reads} reads and ${writes} writes; hits of ${parts.join(', ')}; ${JSON.stringify(said)}`);
  return { reads, writes, hits, kinds, said, hit_p99_ms: p99 };
}

async function signIn(url: string): Promise<string> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = ADMIN;
  const { body } = await ask(
    url,
    prepared('/auth/login', { method: 'POST', body: JSON.stringify({ email, password }) }),
  );
  return (JSON.parse(body.toString()) as { data: { access_token: string } }).data.access_token;
}

interface Course {
  seconds: number;
  reads: number;
  /** What part of what is done changes something. */
  writes: number;
  every_ms: number;
}

/** All connections at it, one thing after another each, for so long or until so much has been read. */
async function visit(
  url: string,
  next: () => Visit,
  write: () => Promise<number | null>,
  { seconds, reads, writes, every_ms }: Course,
): Promise<Tally> {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, { reads: 0, hits: 0 }])) as Tally['kinds'];
  const tally: Tally = {
    reads: 0,
    hits: 0,
    kinds,
    said: {},
    hit_ms: [],
    miss_ms: [],
    writes: 0,
    changed: new Set(),
  };
  const pace = paceOf(every_ms, CONNECTIONS);
  const until = performance.now() + seconds * 1000;
  const work = async (_: unknown, worker: number) => {
    const random = chance(1_000 + worker);
    const line = new Line(url);
    try {
      const turn = pace(worker);
      while (performance.now() < until && tally.reads < reads) {
        if (every_ms > 0) await turn();
        if (random() < writes) {
          tally.writes += 1;
          const changed = await write();
          if (changed !== null) tally.changed.add(changed);
          continue;
        }
        const { kind, request } = next();
        const began = performance.now();
        const { status, head } = await line.send(request.bytes, false);
        const took = performance.now() - began;
        if (status !== 200) throw new Error(`${request.path} was answered ${status}`);
        const hits = isHit(head) ? 1 : 0;
        for (const counted of [tally, kinds[kind]]) {
          counted.reads += 1;
          counted.hits += hits;
        }
        const said = cacheStatusOf(head);
        tally.said[said] = (tally.said[said] ?? 0) + 1;
        (hits ? tally.hit_ms : tally.miss_ms).push(took);
      }
    } finally {
      line.close();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return tally;
}

/** The product of a rank of popularity: far from the next one in every other order. */
const ranked = ({ size }: StoreShape, rank: number) => (rank * 7_919) % size;

/** Two thirds look at products, the others at lists of every kind, some narrowed, and at what a search finds. */
function visitsOf(shape: StoreShape): () => Visit {
  const random = chance(42);
  const made = new Map<string, Prepared>();
  const get = (kind: Kind, path: string): Visit => {
    const request = made.get(path) ?? prepared(path);
    made.set(path, request);
    return { kind, request };
  };
  const product = (): StoreProduct => {
    for (;;) {
      const drawn = productAt(shape, ranked(shape, skewed(random, shape.size)));
      if (drawn.status === 'published') return drawn;
    }
  };
  const category = () => shape.categories[skewed(random, shape.categories.length) - 1]!.slug;
  return () => {
    const kind = random();
    if (kind < 0.68) return get('product', `/store/products/${product().slug}`);
    if (kind < 0.75) return get('list', LIST);
    if (kind < 0.94) return get('category', `${LIST}&category=${category()}&page=${skewed(random, 3)}`);
    if (kind < 0.97) return get('filter', `${LIST}&category=${category()}&in_stock=true&facets=all`);
    const asked = productAt(shape, ranked(shape, skewed(random, SEARCHES)));
    return get('search', `${LIST}&q=${wordsOf(asked)[2]}`);
  };
}

/** @returns what changes something each time it is called, and the number of the product whose price it was */
function writerOf(
  { store: { db, shape } }: StoreBench,
  url: string,
  token: string,
): () => Promise<number | null> {
  const random = chance(77);
  return async () => {
    const n = ranked(shape, skewed(random, shape.size));
    const { variants } = productAt(shape, n);
    const id = rowId('variant', variants[0]!.n);
    const price = 500 + Math.floor(random() * 20_000);
    const way = random();
    if (way < 0.4) {
      await db.query('update product_variants set price_minor = $2 where id = $1', [id, price]);
      return n;
    }
    if (way < 0.8) {
      const { status, body } = await ask(
        url,
        prepared(`/items/product_variants/${id}`, {
          method: 'PATCH',
          headers: { authorization: `Bearer ${token}` },
          body: JSON.stringify({ price_minor: price }),
        }),
      );
      if (status !== 200) throw new Error(`Directus would not write: ${body.toString().slice(0, 200)}`);
      return n;
    }
    await db.query(
      `insert into stock_movements (variant, location, delta_on_hand, delta_reserved, reason)
       values ($1, $2, $3, 0, 'adjustment')`,
      [id, MAIN_LOCATION, 1],
    );
    return null;
  };
}

/** Of what was written, what is not shown a second later. */
async function stale(
  { store: { db, shape } }: StoreBench,
  url: string,
  { changed }: Tally,
): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, FRESH_MS));
  const slugs = [...changed].slice(-CHECKED).map((n) => productAt(shape, n).slug);
  const wrong: string[] = [];
  for (const known of await productsBySlug(db, slugs)) {
    const { body } = await ask(url, prepared(`/store/products/${known.slug}`));
    const problem = differenceOf([(JSON.parse(body.toString()) as { data: unknown }).data], [known]);
    if (problem) wrong.push(`after the mix: ${problem}`);
  }
  return wrong;
}
