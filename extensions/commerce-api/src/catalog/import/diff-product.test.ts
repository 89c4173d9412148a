import { expect, test } from 'vitest';
import { diffProduct, isUnchanged } from './diff-product.ts';
import type { ProductPlan, VariantPlan } from './plan-product.ts';
import type { KnownProduct } from './queries.ts';

const KEEP_STOCK = { stock: false };

function aVariant(change: Partial<VariantPlan> = {}): VariantPlan {
  return {
    line: 2,
    sku: 'A1',
    title: 'S',
    option_values: { Size: 'S' },
    price_minor: 1000,
    compare_at_price_minor: null,
    currency: 'USD',
    track_stock: true,
    allow_backorder: false,
    sort: 1,
    cost_minor: null,
    barcode: null,
    weight_grams: null,
    image_url: null,
    quantity: 5,
    ...change,
  };
}

function aPlan(change: Partial<ProductPlan> = {}): ProductPlan {
  return {
    line: 2,
    handle: 'cap',
    slug: 'cap',
    name: 'Cap',
    status: 'published',
    kind: 'physical',
    untaxed: false,
    description: '<p>Warm</p>',
    seo_title: null,
    seo_description: null,
    brand: { slug: 'north', name: 'North' },
    category: { slug: 'hats', name: 'Hats' },
    tags: [{ slug: 'new', name: 'New' }],
    options: [{ name: 'Size', values: ['S'] }],
    images: [{ url: 'https://example.com/a.jpg', alt: null, sort: 1 }],
    variants: [aVariant()],
    ...change,
  };
}

/** The product as the shop has it after importing `aPlan()`. */
function aKnownProduct(change: Partial<KnownProduct> = {}): KnownProduct {
  const { line: _line, quantity: on_hand, ...variant } = aVariant();
  return {
    id: 'p1',
    slug: 'cap',
    name: 'Cap',
    status: 'published',
    kind: 'physical',
    description: '<p>Warm</p>',
    seo_title: null,
    seo_description: null,
    options: [{ name: 'Size', values: ['S'] }],
    brand: 'north',
    categories: ['hats'],
    tags: ['new'],
    images: [{ id: 'i1', url: 'https://example.com/a.jpg', alt: null, sort: 1 }],
    variants: [{ id: 'v1', ...variant, on_hand }],
    ...change,
  };
}

test('a product the shop lacks is new with everything in it', () => {
  const diff = diffProduct(aPlan(), null, KEEP_STOCK);
  expect(isUnchanged(diff)).toBe(false);
  expect(diff).toMatchObject({
    id: null,
    new_variants: [{ sku: 'A1' }],
    counts: [{ sku: 'A1', quantity: 5 }],
  });
});

test('the same product again is unchanged', () => {
  expect(isUnchanged(diffProduct(aPlan(), aKnownProduct(), KEEP_STOCK))).toBe(true);
});

test('what the file does not mention stays', () => {
  const known = aKnownProduct({
    tags: ['new', 'own'],
    categories: ['hats', 'sale'],
    seo_title: 'Our title',
    options: [
      { name: 'Size', values: ['L', 'S'] },
      { name: 'Fit', values: ['Slim'] },
    ],
    images: [...aKnownProduct().images, { id: 'i2', url: 'https://example.com/own.jpg', alt: null, sort: 2 }],
  });
  expect(isUnchanged(diffProduct(aPlan({ description: null }), known, KEEP_STOCK))).toBe(true);
});

test('each field that differs is changed, and no other', () => {
  const plan = aPlan({
    name: 'Wool Cap',
    status: 'draft',
    kind: 'digital',
    description: '<p>Warmer</p>',
    seo_title: 'Cap',
    seo_description: 'A cap',
    options: [{ name: 'Size', values: ['S', 'M'] }],
    brand: { slug: 'south', name: 'South' },
    images: [{ url: 'https://example.com/a.jpg', alt: 'A cap', sort: 1 }],
  });
  const diff = diffProduct(plan, aKnownProduct(), KEEP_STOCK);
  const { name, status, kind, description, seo_title, seo_description, options } = plan;
  expect(diff.product).toEqual({ name, status, kind, description, seo_title, seo_description, options });
  expect(diff).toMatchObject({
    brand: { slug: 'south' },
    category: null,
    tags: [],
    changed_images: [{ id: 'i1', alt: 'A cap' }],
  });
});

test('a variant takes new prices and details, and loses a price to compare with that the file lacks', () => {
  const known = aKnownProduct();
  known.variants[0]!.compare_at_price_minor = 1500;
  const changes = {
    title: 'Small',
    price_minor: 1100,
    currency: 'EUR',
    track_stock: false,
    allow_backorder: true,
    cost_minor: 400,
    barcode: '4006381333931',
    weight_grams: 90,
    image_url: 'https://example.com/s.jpg',
  };
  const diff = diffProduct(aPlan({ variants: [aVariant(changes)] }), known, KEEP_STOCK);
  expect(diff.changed_variants).toEqual([
    { id: 'v1', sku: 'A1', changes: { ...changes, compare_at_price_minor: null } },
  ]);
});

test('a variant is found by its SKU first, then by its options', () => {
  const renamed = diffProduct(aPlan({ variants: [aVariant({ sku: 'B1' })] }), aKnownProduct(), KEEP_STOCK);
  expect(renamed.changed_variants).toEqual([{ id: 'v1', sku: 'B1', changes: { sku: 'B1' } }]);
  const regrouped = diffProduct(
    aPlan({ variants: [aVariant({ sku: 'B1' }), aVariant({ option_values: { Size: 'M' }, title: 'M' })] }),
    aKnownProduct(),
    KEEP_STOCK,
  );
  expect(regrouped.new_variants.map(({ sku }) => sku)).toEqual(['B1']);
  expect(regrouped.changed_variants[0]?.changes).toEqual({ option_values: { Size: 'M' }, title: 'M' });
});

test('stock is counted at the first level only, unless the file is to set it', () => {
  const plan = aPlan({ variants: [aVariant({ quantity: 9 })] });
  const withoutLevel = aKnownProduct();
  withoutLevel.variants[0]!.on_hand = null;
  expect(diffProduct(plan, aKnownProduct(), KEEP_STOCK).counts).toEqual([]);
  expect(diffProduct(plan, withoutLevel, KEEP_STOCK).counts).toEqual([{ sku: 'A1', line: 2, quantity: 9 }]);
  expect(diffProduct(plan, aKnownProduct(), { stock: true }).counts).toEqual([
    { sku: 'A1', line: 2, quantity: 9 },
  ]);
  expect(diffProduct(aPlan(), aKnownProduct(), { stock: true }).counts).toEqual([]);
  expect(
    diffProduct(aPlan({ variants: [aVariant({ quantity: null })] }), withoutLevel, { stock: true }).counts,
  ).toEqual([]);
});
