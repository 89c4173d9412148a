/**
 * A made-up shop of any size, the same every time: product number `n` of a shop of `size` follows from the two numbers alone, so
 * that a million of them need not be held at once. What grows with a shop grows here: brands and categories with the products,
 * the vocabulary slower, while a few departments, brands and tags are a part of all of it whatever its size.
 */
import { capitalised, chance, skewed, textOf, vocabularyOf, wordAt } from './store-words.ts';

export interface StoreCategory {
  n: number;
  name: string;
  slug: string;
  parent: number | null;
}

export interface StoreShape {
  size: number;
  categories: StoreCategory[];
  /** Numbers of the categories that products of the ordinary kind are in. */
  leaves: number[];
  /** Numbers of those across the shop, with the part of the products that is in them. */
  large: { n: number; part: number }[];
  brands: { n: number; name: string; slug: string }[];
  tags: { n: number; name: string; slug: string }[];
}

export interface StoreVariant {
  n: number;
  sku: string;
  title: string;
  option_values: Record<string, string>;
  price_minor: number;
  compare_at_price_minor: number | null;
  on_hand: number;
  eur_minor: number | null;
  sale_minor: number | null;
  /** In the list that has not begun. */
  later_minor: number | null;
}

export interface StoreProduct {
  n: number;
  name: string;
  slug: string;
  subtitle: string | null;
  description: string;
  status: 'draft' | 'published';
  published_at: Date;
  featured: boolean;
  brand: number;
  categories: number[];
  tags: number[];
  options: { name: string; values: string[] }[];
  variants: StoreVariant[];
  images: string[];
  rating: { average: number; count: number } | null;
  popularity: number | null;
  translation: { name: string; description: string } | null;
}

const PRODUCTS_PER_LEAF = 200;
const LEAVES_PER_PARENT = 10;
const PRODUCTS_PER_BRAND = 100;
const TAGS = 40;
/** Parts of all products. */
const LARGE_CATEGORIES = [0.08, 0.04, 0.02];
const LARGE_BRANDS = [0.05, 0.03, 0.02];
const ADJECTIVES = { from: 100, count: 600 };
const MATERIALS = { from: 800, count: 60 };
const NOUNS = { from: 1_000, per_leaf: 3 };
const MODELS = { from: 60_000 };
const DESCRIPTION_WORDS = 45;
const COLOURS = ['Black', 'White', 'Red', 'Blue', 'Green', 'Grey', 'Beige', 'Yellow', 'Brown', 'Pink'];
const SIZES = ['XS', 'S', 'M', 'L', 'XL'];
const FIRST_DAY = Date.UTC(2023, 0, 1);
const DAYS = 1_000;
const DAY_MS = 86_400_000;

export function shapeOf(size: number): StoreShape {
  const leafCount = Math.max(4, Math.round(size / PRODUCTS_PER_LEAF));
  const parentCount = Math.ceil(leafCount / LEAVES_PER_PARENT);
  const rootCount = Math.ceil(parentCount / LEAVES_PER_PARENT);
  const categories: StoreCategory[] = [];
  const add = (
    count: number,
    kind: string,
    word: (i: number) => number,
    parent: (i: number) => number | null,
  ) =>
    Array.from({ length: count }, (_, i) => {
      const n = categories.length;
      const name = capitalised(wordAt(word(i)));
      categories.push({ n, name, slug: `${kind}-${i}-${name.toLowerCase()}`, parent: parent(i) });
      return n;
    });
  const roots = add(
    rootCount,
    'department',
    (i) => 40_000 + i,
    () => null,
  );
  const parents = add(
    parentCount,
    'range',
    (i) => 42_000 + i,
    (i) => roots[i % rootCount]!,
  );
  const leaves = add(leafCount, 'kind', nounOf, (i) => parents[i % parentCount]!);
  const across = add(
    LARGE_CATEGORIES.length,
    'across',
    (i) => 44_000 + i,
    () => null,
  );
  return {
    size,
    categories,
    leaves,
    large: across.map((n, i) => ({ n, part: LARGE_CATEGORIES[i]! })),
    brands: named(LARGE_BRANDS.length + Math.max(4, Math.round(size / PRODUCTS_PER_BRAND)), 'brand', 46_000),
    tags: named(TAGS + Math.round(size / 20_000), 'tag', 58_000),
  };
}

function named(count: number, kind: string, from: number): { n: number; name: string; slug: string }[] {
  return Array.from({ length: count }, (_, n) => {
    const name = capitalised(wordAt(from + n));
    return { n, name, slug: `${kind}-${n}-${name.toLowerCase()}` };
  });
}

const nounOf = (leaf: number, which = 0) => NOUNS.from + leaf * NOUNS.per_leaf + which;

/** Product `n`, from 0. */
export function productAt(shape: StoreShape, n: number): StoreProduct {
  const random = chance(Math.imul(n + 1, 0x9e3779b1));
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const leaf = between(0, shape.leaves.length - 1);
  const noun = wordAt(nounOf(leaf, between(0, NOUNS.per_leaf - 1)));
  const adjective = wordAt(ADJECTIVES.from + skewed(random, ADJECTIVES.count));
  const material = wordAt(MATERIALS.from + between(1, MATERIALS.count));
  const model = wordAt(MODELS.from + Math.floor(n / 3));
  const name = `${capitalised(adjective)} ${material} ${noun} ${capitalised(model)}`;
  const vocabulary = vocabularyOf(n);
  const options = optionsOf(random);
  return {
    n,
    name,
    slug: `${adjective}-${noun}-${n}`,
    subtitle: random() < 0.3 ? textOf(random, 6, vocabulary) : null,
    description: `<p>${capitalised(textOf(random, between(30, 2 * DESCRIPTION_WORDS - 30), vocabulary))}.</p>`,
    status: random() < 0.03 ? 'draft' : 'published',
    published_at: new Date(FIRST_DAY + Math.floor(random() * DAYS * DAY_MS)),
    featured: random() < 0.01,
    brand: largeOr(random, LARGE_BRANDS, () => between(LARGE_BRANDS.length, shape.brands.length - 1)),
    categories: [
      shape.leaves[leaf]!,
      ...shape.large.flatMap((each) => (random() < each.part ? [each.n] : [])),
    ],
    tags: [...new Set(Array.from({ length: between(0, 3) }, () => skewed(random, shape.tags.length) - 1))],
    options,
    variants: variantsOf(random, n, options),
    images: Array.from({ length: between(1, 2) }, (_, i) => `https://img.invalid/${n}-${i}.jpg`),
    rating: random() < 0.6 ? { average: between(20, 50) / 10, count: skewed(random, 2_000) } : null,
    popularity: random() < 0.5 ? skewed(random, 100_000) / 100 : null,
    translation:
      random() < 0.05 ? { name: `${name} (deutsch)`, description: textOf(random, 40, vocabulary) } : null,
  };
}

/** The first `parts.length` numbers are drawn with their parts, any other by `ordinary`. */
function largeOr(random: () => number, parts: number[], ordinary: () => number): number {
  let drawn = random();
  for (const [n, part] of parts.entries()) {
    if (drawn < part) return n;
    drawn -= part;
  }
  return ordinary();
}

/** One in four comes in a single shape, the others in one to four of colours and sizes. */
function optionsOf(random: () => number): { name: string; values: string[] }[] {
  const some = (values: string[], count: number) => {
    const start = Math.floor(random() * values.length);
    return Array.from({ length: count }, (_, i) => values[(start + i) % values.length]!);
  };
  const kind = random();
  if (kind < 0.25) return [];
  if (kind < 0.5) return [{ name: 'Colour', values: some(COLOURS, 2) }];
  if (kind < 0.75) return [{ name: 'Size', values: some(SIZES, 3) }];
  return [
    { name: 'Colour', values: some(COLOURS, 2) },
    { name: 'Size', values: some(SIZES, 2) },
  ];
}

function variantsOf(
  random: () => number,
  product: number,
  options: { name: string; values: string[] }[],
): StoreVariant[] {
  const base = Math.round(500 * Math.exp(random() * 4)) - 1;
  const isReduced = random() < 0.15;
  const isInEuro = random() < 0.4;
  const [isOnSale, isOnSaleLater] = [random() < 0.05, random() < 0.01];
  const isOut = random() < 0.04;
  return combinations(options).map((option_values, index) => {
    const price_minor = base + index * 100;
    return {
      n: product * 4 + index,
      sku: `S${product}-${index}`,
      title: Object.values(option_values).join(' / ') || 'Standard',
      option_values,
      price_minor,
      compare_at_price_minor: isReduced ? Math.round(price_minor * 1.2) : null,
      on_hand: isOut || random() < 0.08 ? 0 : 1 + Math.floor(random() * 500),
      eur_minor: isInEuro ? Math.round(price_minor * 0.9) : null,
      sale_minor: isOnSale ? Math.round(price_minor * 0.8) : null,
      later_minor: isOnSaleLater ? Math.round(price_minor * 0.7) : null,
    };
  });
}

function combinations(options: { name: string; values: string[] }[]): Record<string, string>[] {
  return options.reduce<Record<string, string>[]>(
    (all, { name, values }) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
