/** What is asked of the shop: requests of each kind, drawn from its own catalogue, each with how to tell a right answer. */
import type pg from 'pg';
import { ask, prepared, type Prepared } from './raw-client.ts';
import { productAt, type StoreProduct, type StoreShape } from './store-catalogue.ts';
import {
  countInStock,
  differenceOf,
  newestProducts,
  productsBySlug,
  publicProducts,
  type Known,
} from './store-truth.ts';
import { chance } from './store-words.ts';

/** How many different requests stand for their kind. */
const POOL = 300;
/** Of them so many are held against the database whole. */
const PROVEN = 12;
const PAGE = 20;
const BEST = 10;

export interface Pool {
  requests: Prepared[];
  /** Those with a check that knows the whole answer. */
  proven: Prepared[];
}

export const LIST = '/store/products?limit=20';
export const ITEMS_LIST = '/items/products?limit=20&fields=*';
/** What a card of the storefront shows, asked of Directus. */
export const ITEMS_CARDS = `/items/products?limit=20&sort=-published_at&fields=${[
  ...['id', 'slug', 'name', 'subtitle', 'kind', 'options', 'rating_average', 'rating_count'],
  ...['brand.slug', 'brand.name', 'images.url', 'images.alt'],
  ...['id', 'sku', 'title', 'option_values', 'price_minor', 'compare_at_price_minor', 'currency'].map(
    (field) => `variants.${field}`,
  ),
].join(',')}`;

/** Whether an answer came out of the cache. */
export function isHit(head: string): boolean {
  return /\bhit\b/.test(cacheStatusOf(head));
}

/** What the head of an answer tells of the cache (RFC 9211). */
export function cacheStatusOf(head: string): string {
  return /\r\ncache-status: *([^\r]*)/i.exec(head)?.[1] ?? 'none';
}

/** The same request to query-server.ts. */
export function referenceOf({ path, check }: Prepared): Prepared {
  const { pathname, searchParams } = new URL(path, 'http://shop.example');
  const slug = pathname.split('/')[3];
  if (slug !== undefined) return prepared(`/detail/${slug}`, { check });
  const category = searchParams.get('category');
  if (category !== null) return prepared(`/category/${category}`, { check });
  return prepared(`/list/${(Number(searchParams.get('page') ?? 1) - 1) * PAGE}`, { check });
}

interface Body {
  data?: unknown;
  meta?: { total?: number; facets?: { brand?: { value: string; count: number }[] } };
}

/** Wraps a look at the parsed answer. */
function seen(look: (body: Body) => string | null): (text: string) => string | null {
  return (text) => {
    try {
      return look(JSON.parse(text) as Body);
    } catch (error) {
      return `${String(error)}: ${text.slice(0, 200)}`;
    }
  };
}

const isList = seen(({ data }) => (Array.isArray(data) && data.length > 0 ? null : 'an empty list'));
const lists = (known: readonly Known[]) => seen(({ data }) => differenceOf(data, known));
const shows = (known: Known) => seen(({ data }) => differenceOf([data], [known]));

/** Products shoppers can see, drawn at random, the same for the same shop. */
export function someProducts(shape: StoreShape, count: number, seed: number): StoreProduct[] {
  const random = chance(seed);
  const drawn: StoreProduct[] = [];
  while (drawn.length < count) {
    const product = productAt(shape, Math.floor(random() * shape.size));
    if (product.status === 'published') drawn.push(product);
  }
  return drawn;
}

/** Slugs of categories, large and small alike. */
function someCategories({ categories }: StoreShape, count: number, seed: number): string[] {
  const random = chance(seed);
  return Array.from({ length: count }, () => categories[Math.floor(random() * categories.length)]!.slug);
}

/**
 * Directus' own list, which must show as many of the published products as it was asked for; out of a cache the same each time.
 */
export async function directusRequest(
  db: pg.Client,
  url: string,
  path: string,
  { is_kept = false } = {},
): Promise<Pool> {
  const first = (await ask(url, prepared(path))).body.toString();
  const { data = [] } = JSON.parse(first) as { data?: { id: string }[] };
  const visible = await publicProducts(
    db,
    data.map(({ id }) => id),
  );
  const request = prepared(path, {
    check: (answer) => {
      if (visible.length !== PAGE) return `shows ${visible.length} published products, not ${PAGE}`;
      return is_kept && answer !== first ? 'differs from the first answer' : null;
    },
  });
  return { requests: [request], proven: [request] };
}

/** The whole shop's newest products. */
export async function listRequest(db: pg.Client): Promise<Pool> {
  const proven = [prepared(LIST, { check: lists(await newestProducts(db)) })];
  return { requests: proven, proven };
}

/** Newest products: of the whole shop, its first pages, and of categories. */
export async function listRequests(db: pg.Client, shape: StoreShape): Promise<Pool> {
  const proven = [...(await listRequest(db)).proven];
  for (const page of [2, 5])
    proven.push(
      prepared(`${LIST}&page=${page}`, {
        check: lists(await newestProducts(db, { offset: (page - 1) * PAGE })),
      }),
    );
  for (const category of someCategories(shape, PROVEN, 1))
    proven.push(
      prepared(`${LIST}&category=${category}`, { check: lists(await newestProducts(db, { category })) }),
    );
  const more = someCategories(shape, POOL, 2).map((category) =>
    prepared(`${LIST}&category=${category}`, { check: isList }),
  );
  return { requests: [...proven, ...more], proven };
}

/** What can be bought of a category, with every facet counted: categories of all sizes. */
export async function filterRequests(
  db: pg.Client,
  shape: StoreShape,
  { only }: { only?: 'large' } = {},
): Promise<Pool> {
  const large = shape.large.map(({ n }) => shape.categories[n]!.slug);
  const path = (category: string) => `${LIST}&category=${category}&in_stock=true&facets=all`;
  const proven: Prepared[] = [];
  for (const category of [...large, ...(only ? [] : someCategories(shape, PROVEN, 3))]) {
    const { total, brands } = await countInStock(db, category);
    proven.push(
      prepared(path(category), {
        check: seen(({ meta }) => {
          if (meta?.total !== total) return `counts ${meta?.total}, not ${total}`;
          const wrong = (meta.facets?.brand ?? []).find(({ value, count }) => brands[value] !== count);
          return wrong ? `counts ${wrong.count} of ${wrong.value}, not ${brands[wrong.value]}` : null;
        }),
      }),
    );
  }
  const more = only
    ? []
    : someCategories(shape, POOL, 4).map((category) => prepared(path(category), { check: isList }));
  return { requests: only ? proven : [...proven.slice(large.length), ...more], proven };
}

export async function detailRequests(db: pg.Client, shape: StoreShape): Promise<Pool> {
  const products = someProducts(shape, POOL, 5);
  const known = new Map(
    (
      await productsBySlug(
        db,
        products.map(({ slug }) => slug),
      )
    ).map((each) => [each.slug, each]),
  );
  const requests = products.flatMap(({ slug }) => {
    const truth = known.get(slug);
    return truth ? [prepared(`/store/products/${slug}`, { check: shows(truth) })] : [];
  });
  return { requests, proven: requests };
}

export const wordsOf = ({ name }: StoreProduct) => name.toLowerCase().split(' ');

/** Words of names, as shoppers type them: some are of hardly any product, some of a kind of products, some of very many. */
export function searchRequests(shape: StoreShape, words: 1 | 2): Pool {
  const random = chance(6 + words);
  const requests = someProducts(shape, POOL, 7 + words).map((product) => {
    const own = wordsOf(product);
    const at = Math.floor(random() * own.length);
    const asked = words === 1 ? [own[at]!] : [own[at]!, own[(at + 1) % own.length]!];
    return prepared(`${LIST}&q=${asked.join('+')}`, { check: finds(asked) });
  });
  const wholeNames = someProducts(shape, PROVEN, 9).map((product) =>
    prepared(`${LIST}&q=${wordsOf(product).join('+')}`, {
      check: seen(({ data }) =>
        (data as { slug: string }[]).some(({ slug }) => slug === product.slug)
          ? null
          : 'does not find the product of this name',
      ),
    }),
  );
  return { requests, proven: [...requests.slice(0, PROVEN), ...wholeNames] };
}

/** The words are those of a name, so what has them all in its own must be among the best. */
function finds(words: string[]): (text: string) => string | null {
  return seen(({ data }) => {
    const names = (data as { name: string }[]).slice(0, BEST).map(({ name }) => name.toLowerCase());
    return names.some((name) => words.every((word) => name.includes(word)))
      ? null
      : `the best answers to ${words.join(' ')} are ${names.join(', ') || 'none'}`;
  });
}

/** What somebody has typed so far. */
export function suggestRequests(shape: StoreShape): Pool {
  const requests = someProducts(shape, POOL, 11).map((product, index) => {
    const typed = wordsOf(product)[index % 4]!.slice(0, 3 + (index % 3));
    return prepared(`/store/search/suggest?q=${typed}`, {
      check: (text) => (text.toLowerCase().includes(typed) ? null : `nothing begins with ${typed}`),
    });
  });
  return { requests, proven: requests.slice(0, PROVEN) };
}
