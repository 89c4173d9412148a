/** URLs of the storefront as people, programs and attackers write them; the same for the same seed. */

export interface Named {
  products: { id: string; slug: string; name: string }[];
  categories: { id: string; slug: string }[];
  brands: { id: string; slug: string }[];
  tags: { id: string; slug: string }[];
}

type Random = <Each>(of: readonly Each[]) => Each;

const COLLECTIONS: Record<string, string[]> = {
  products: ['id', 'name', 'slug', 'status', 'kind', 'brand', 'variants', 'published_at', 'rating_average'],
  product_variants: ['id', 'sku', 'title', 'price_minor', 'product', 'option_values'],
  categories: ['id', 'name', 'slug', 'parent', 'children'],
  brands: ['id', 'name', 'slug', 'products'],
  tags: ['id', 'name', 'slug'],
  reviews: ['id', 'rating', 'title', 'product', 'created_at'],
  prices: ['id', 'currency', 'amount_minor', 'variant', 'price_list'],
  languages: ['code', 'name'],
  shop_settings: ['shop_name', 'currency'],
};
const NESTED: Record<string, string[]> = {
  products: [
    '*.*',
    'variants.*',
    'brand.name',
    'variants.prices.amount_minor',
    'categories.category.slug',
    'thumbnail.*',
    'reviews.rating',
  ],
  product_variants: ['product.name', 'product.brand.name', 'prices.*'],
  categories: ['parent.name', 'children.*', 'products.product.name'],
  reviews: ['product.name'],
};
const SORTS = ['newest', 'oldest', 'name', '-name', 'price', '-price', 'featured', 'rating', 'nothing'];
const ODD = [
  '',
  'a',
  '-1',
  '0',
  '1e3',
  '007',
  '%00',
  '%E4',
  '%zz',
  '100000',
  '%F0%9F%92%B0',
  'null',
  '[]',
  '{',
  "'--",
  '%5B%5D',
];
const JUNK = [
  'utm_source=mail',
  'x',
  'x=',
  '=x',
  '&',
  'constructor=1',
  '__proto__[a]=1',
  'a[b][c]=1',
  'fbclid=1+2',
  'limit',
  'access_token=',
];

export function generatedUrls(count: number, seed: number, named: Named): string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () =>
    random([true, true, false]) ? itemsUrl(random, named) : storeUrl(random, named),
  );
}

/** mulberry32 */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (of) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const part = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    const each = of[Math.floor(part * of.length)];
    if (each === undefined) throw new Error('Nothing to choose from');
    return each;
  };
}

function itemsUrl(random: Random, named: Named): string {
  const collection = random(Object.keys(COLLECTIONS));
  const fields = COLLECTIONS[collection] ?? [];
  const nested = NESTED[collection] ?? ['*.*'];
  const ids = collection === 'products' ? named.products : named.brands;
  const parameters: (() => string)[] = [
    () => `limit=${random(['1', '2', '5', '20', '-1', '0', ...ODD])}`,
    () => `limit=${random(['1', '3'])}&limit=2`,
    () => `fields=${random(fields)},${random(fields)}`,
    () => `fields[]=${random(fields)}&fields[]=${random(nested)}`,
    () => `fields=${random(['*', random(nested), encodeURIComponent(random(nested)), ...ODD])}`,
    () => `sort=${random(['', '-'])}${random(fields)}`,
    () => `sort=${random(fields)},${random(['-', ''])}${random(fields)}`,
    () =>
      `filter[${random(fields)}][${random(['_eq', '_neq', '_null', '_contains', '_in', '_gt'])}]=${random(['true', '1', 'published', ...ODD])}`,
    () => `filter%5Bslug%5D%5B_eq%5D=${random(named.products).slug}`,
    () =>
      `filter=${encodeURIComponent(JSON.stringify({ _or: [{ name: { _contains: 'a' } }, { slug: { _eq: random(named.tags).slug } }] }))}`,
    () => `filter[_and][0][name][_contains]=e&filter[_and][1][name][_ncontains]=x`,
    () =>
      `search=${random(['a', 'tent', 'ULTRA', random(named.products).name, ...ODD].map((each) => (each.includes('%') ? each : encodeURIComponent(each))))}`,
    () => `page=${random(['1', '2', ...ODD])}`,
    () => `offset=${random(['0', '2', ...ODD])}`,
    () => `meta=${random(['*', 'filter_count', 'total_count,filter_count', 'nothing'])}`,
    () => `aggregate[${random(['count', 'min', 'countDistinct'])}]=${random(['*', 'id', random(fields)])}`,
    () => `aggregate[count]=*&groupBy[]=${random(fields)}`,
    () => `alias[other]=${random(fields)}&fields=other`,
    () =>
      `deep[${random(['variants', 'products', 'children', 'nothing'])}][${random(['_limit', '_sort', '_filter'])}]=${random(['1', 'id', '{"id":{"_null":false}}', 'x'])}`,
    () => random(JUNK),
  ];
  const path = random([
    `/items/${collection}`,
    `/items/${collection}`,
    `/items/${collection}`,
    `/items/${collection}/${random(ids).id}`,
    `/items/${collection}/${random(ODD)}`,
    `/items/${collection}/`,
    `/items/%${collection.charCodeAt(0).toString(16)}${collection.slice(1)}`,
    `/ITEMS/${collection}`,
  ]);
  return `${path}${queryOf(random, parameters)}`;
}

function storeUrl(random: Random, named: Named): string {
  const parameters: (() => string)[] = [
    () => `limit=${random(['1', '5', '05', '20', '100', ...ODD])}`,
    () => `page=${random(['1', '2', '3', ...ODD])}`,
    () => `sort=${random(SORTS)}`,
    () => `category=${random(named.categories).slug}`,
    () => `brand=${random(named.brands).slug},${random(named.brands).slug}`,
    () => `tag=${random([random(named.tags).slug, ...ODD])}`,
    () => `in_stock=${random(['true', 'false', 'yes'])}`,
    () => `featured=${random(['true', 'false', ''])}`,
    () => `min_price=${random(['0', '1000', ...ODD])}&max_price=${random(['5000', '100000'])}`,
    () => `currency=${random(['USD', 'EUR', 'usd', 'XXX'])}`,
    () => `locale=${random(['en', 'de', 'de-AT', 'xx', '-'])}`,
    () => `facets=${random(['all', 'brand', 'brand,price', 'nothing'])}`,
    () => `limit=5&limit=6`,
    () => random(JUNK),
  ];
  const few = parameters.slice(9, 11);
  const [path, its] = random<[string, (() => string)[]]>([
    ['/store/products', parameters],
    ['/store/products', parameters],
    ['/store/products', parameters],
    [`/store/products/${random(named.products).slug}`, few],
    [`/store/products/${random(named.products).slug}`, parameters],
    [`/store/products/${random(ODD)}`, few],
    [`/store/categories/${random(named.categories).slug}`, few],
    ['/store/categories', [...few, () => 'product_count=true']],
    ['/store/products/', few],
    ['/store/%70roducts', few],
    ['/Store/products', few],
  ]);
  return `${path}${queryOf(random, its)}`;
}

function queryOf(random: Random, parameters: (() => string)[]): string {
  const count = random([0, 1, 1, 2, 2, 3, 4]);
  if (count === 0) return random(['', '?', '?&', '?x']);
  return `?${Array.from({ length: count }, () => random(parameters)()).join('&')}`;
}
