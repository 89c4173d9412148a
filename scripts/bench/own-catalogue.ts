/** The catalogue of `bench selling`: made up, the same every time. */
import type { BenchCatalogue } from './catalogue.ts';

const PRODUCTS = 2_000;
const CATEGORIES = 20;
/** Variants with so little in stock that a rush empties them; each serves one run. */
export const RUSHED = ['RUSH-1', 'RUSH-2', 'RUSH-3'];
export const RUSH_STOCK = 50;

export const skuOf = (product: number, variant: 0 | 1) => `BENCH-${product}-${variant}`;

export function ownCatalogue(): BenchCatalogue {
  const categories = Array.from({ length: CATEGORIES }, (_, n) => ({
    n,
    name: `Category ${n}`,
    slug: `bench-category-${n}`,
  }));
  const products = Array.from({ length: PRODUCTS }, (_, n) =>
    product(n, [skuOf(n, 0), skuOf(n, 1)], 1_000_000),
  );
  const rushed = RUSHED.map((sku, index) => product(PRODUCTS + index, [sku], RUSH_STOCK));
  return { categories, products: [...products, ...rushed] };
}

function product(n: number, skus: string[], stock: number): BenchCatalogue['products'][number] {
  return {
    title: `Product ${n}`,
    slug: `bench-product-${n}`,
    description: `What there is to say about product ${n}, which is not much. `.repeat(5),
    category: n % CATEGORIES,
    image: `https://img.invalid/${n}.jpg`,
    createdAt: new Date(Date.UTC(2026, 0, 1) + n * 1000),
    variants: skus.map((sku, index) => ({
      sku,
      option: index === 0 ? 'Small' : 'Large',
      price: 100 + ((n * 7919 + index * 31) % 9901),
      stock,
    })),
  };
}

/** A different variant each time, over and over. */
export function skus(): () => string {
  let n = 0;
  return () => {
    n += 1;
    return skuOf((n * 127) % PRODUCTS, n % 2 === 0 ? 0 : 1);
  };
}
