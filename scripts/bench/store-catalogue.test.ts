import { describe, expect, it } from 'vitest';
import { rowId } from './seed-store.ts';
import { productAt, shapeOf } from './store-catalogue.ts';
import { chance, skewed, vocabularyOf, wordAt } from './store-words.ts';

const shape = shapeOf(10_000);
const products = Array.from({ length: 2_000 }, (_, n) => productAt(shape, n * 5));

describe('the made-up shop', () => {
  it('is the same each time', () => {
    expect(shapeOf(10_000)).toEqual(shape);
    expect(productAt(shapeOf(10_000), 4_321)).toEqual(productAt(shape, 4_321));
    expect(rowId('product', 7)).toBe('7da796d2-e2c0-46d7-8038-5bc0a1f40c94');
  });

  it('has more categories and brands the larger it is, all with names of their own in the path', () => {
    const large = shapeOf(1_000_000);
    expect(shape.leaves).toHaveLength(50);
    expect(large.leaves).toHaveLength(5_000);
    expect(large.brands.length).toBeGreaterThan(90 * shape.brands.length);
    for (const all of [large.categories, large.brands, large.tags])
      expect(new Set(all.map(({ slug }) => slug)).size).toBe(all.length);
  });

  it('puts each category below one that comes before it', () => {
    for (const { n, parent } of shape.categories) expect(parent ?? -1).toBeLessThan(n);
  });

  it('keeps a few categories and brands that are a part of everything', () => {
    for (const { n, part } of shape.large) {
      const members = products.filter(({ categories }) => categories.includes(n)).length / products.length;
      expect(members).toBeGreaterThan(part * 0.6);
      expect(members).toBeLessThan(part * 1.5);
    }
    expect(products.filter(({ brand }) => brand === 0).length / products.length).toBeGreaterThan(0.03);
  });

  it('gives every product a slug, a brand, a category and one to four variants of its options', () => {
    expect(new Set(products.map(({ slug }) => slug)).size).toBe(products.length);
    for (const { brand, categories, variants, options, tags } of products) {
      expect(shape.brands[brand]).toBeDefined();
      expect(categories.every((category) => shape.categories[category])).toBe(true);
      expect(tags.every((tag) => shape.tags[tag])).toBe(true);
      expect(variants.length).toBeGreaterThanOrEqual(1);
      expect(variants.length).toBeLessThanOrEqual(4);
      for (const { option_values, price_minor } of variants) {
        expect(Object.keys(option_values)).toEqual(options.map(({ name }) => name));
        expect(price_minor).toBeGreaterThan(0);
      }
    }
  });

  it('has drafts, sales, sold out variants, a second currency and translations, each for a part', () => {
    const part = (has: (product: (typeof products)[number]) => boolean) =>
      products.filter(has).length / products.length;
    for (const [value, wanted] of [
      [part(({ status }) => status === 'draft'), 0.03],
      [part(({ variants }) => variants[0]!.sale_minor !== null), 0.05],
      [part(({ variants }) => variants[0]!.eur_minor !== null), 0.4],
      [part(({ variants }) => variants[0]!.on_hand === 0), 0.12],
      [part(({ translation }) => translation !== null), 0.05],
    ] as const) {
      expect(value).toBeGreaterThan(wanted * 0.6);
      expect(value).toBeLessThan(wanted * 1.5);
    }
  });

  it('gives rows ids that are unlike each other, whatever their number and kind', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => rowId('variant', n));
    expect(new Set([...ids, ...ids.map((_, n) => rowId('product', n))]).size).toBe(40_000);
    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
  });
});

describe('its words', () => {
  it('are spread as words of a language are', () => {
    const random = chance(1);
    const counts = new Map<number, number>();
    for (let drawn = 0; drawn < 100_000; drawn += 1) {
      const rank = skewed(random, 9_000);
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    const tenth = [...counts].filter(([rank]) => rank <= 10).reduce((sum, [, count]) => sum + count, 0);
    expect(tenth / 100_000).toBeGreaterThan(0.2);
    expect(tenth / 100_000).toBeLessThan(0.35);
    expect(Math.max(...counts.keys())).toBeLessThanOrEqual(9_000);
    expect(Math.min(...counts.keys())).toBe(1);
  });

  it('are stop words first, and hardly ever the same twice', () => {
    expect(wordAt(1)).toBe('the');
    const words = Array.from({ length: 60_000 }, (_, n) => wordAt(n + 1));
    expect(new Set(words).size).toBeGreaterThan(59_000);
  });

  it('grow slower than the texts', () => {
    expect(vocabularyOf(1_000_000) / vocabularyOf(10_000)).toBeLessThan(10);
  });
});
