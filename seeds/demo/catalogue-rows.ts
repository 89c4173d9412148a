/** Turns the demo catalogue into rows. Pure: the same catalogue always gives the same rows and ids. */
import { createHash } from 'node:crypto';
import { fixedId } from '../fixed-id.ts';
import type { SeedRow } from '../insert-missing.ts';
import { CATEGORIES } from './categories.ts';
import type { DemoProduct } from './catalogue-types.ts';
import type { Colour } from './colours.ts';
import { CLOTHING_PRODUCTS } from './products-clothing.ts';
import { CAMP_PRODUCTS } from './products-camp.ts';
import { HOME_PRODUCTS } from './products-home.ts';
import { SPECIAL_PRODUCTS } from './products-special.ts';
import { TRAIL_PRODUCTS } from './products-trail.ts';
import { productPicture } from './pictures.ts';
import { REVIEWS } from './reviews.ts';
import { AUTUMN_SALE, quantityPriceRows } from './selling.ts';
import { euroPrice, LOCATIONS } from './shop.ts';

export const PRODUCTS: readonly DemoProduct[] = [
  ...CAMP_PRODUCTS,
  ...CLOTHING_PRODUCTS,
  ...HOME_PRODUCTS,
  ...TRAIL_PRODUCTS,
  ...SPECIAL_PRODUCTS,
];

const GERMAN = 'de-DE';
const FIRST_PUBLISHED = Date.UTC(2025, 8, 1);
const DAY_MS = 86_400_000;
const LOW_STOCK_AT = 5;
/** From planting until what is sold in advance is there. */
const PREORDER_MS = 60 * DAY_MS;
/** Stock up to this lies at one place; more is shared between two. */
const SHARED_ABOVE = 50;

export interface DemoVariant {
  id: string;
  sku: string;
  product: DemoProduct;
  colour: Colour;
  /** Chosen values by option, in the order of the options. */
  option_values: Record<string, string>;
  price_minor: number;
  /** Units at all locations together. */
  stock: number;
  /** How many may be sold before they are there; null for what is not sold in advance. */
  preorder: number | null;
}

/** The variants of a product: every colour with every size. */
export function variantsOf(product: DemoProduct): DemoVariant[] {
  const sizes = product.sizes?.values ?? [null];
  return product.colours.flatMap((colour) =>
    sizes.map((size) => {
      const option_values: Record<string, string> = {};
      if (product.colours.length > 1) option_values['Color'] = colour;
      if (product.sizes && size !== null) option_values[product.sizes.option] = size;
      const chosen = Object.values(option_values);
      const sku = [product.slug, ...chosen].map(codeOf).join('-');
      const { price_minor: price } = product;
      const price_minor = typeof price === 'number' ? price : price[size ?? ''];
      if (price_minor === undefined) throw new Error(`${product.slug} has no price for ${size}`);
      const stock =
        typeof product.stock === 'number'
          ? product.stock
          : (product.stock?.[chosen.join('/')] ?? usualStock(sku));
      const preorder = product.preorder?.[chosen[0] ?? ''] ?? null;
      return {
        id: fixedId('variant', sku),
        sku,
        product,
        colour,
        option_values,
        price_minor,
        stock,
        preorder,
      };
    }),
  );
}

function codeOf(words: string): string {
  const letters = words.split('-').map((word) =>
    word
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .slice(0, 4),
  );
  return letters.filter(Boolean).join('-');
}

/** Between 24 and 143 units, always the same for a SKU; 50 is kept for the one variant that says so. */
function usualStock(sku: string): number {
  const units = 24 + (createHash('sha1').update(sku).digest().readUInt16BE(0) % 120);
  return units === 50 ? 51 : units;
}

export function productRows(): SeedRow[] {
  return PRODUCTS.map((product, index) => {
    const ratings = REVIEWS.filter((review) => review.product === product.slug).map(
      (review) => review.rating as number,
    );
    const total = ratings.reduce((sum, rating) => sum + rating, 0);
    const status = product.status ?? 'published';
    return {
      id: fixedId('product', product.slug),
      status,
      sort: index + 1,
      name: product.name,
      slug: product.slug,
      subtitle: product.subtitle,
      description: html(product.text, product.facts),
      kind: product.kind ?? 'physical',
      brand: fixedId('brand', product.brand),
      tax_class: fixedId('tax_class', product.tax_class ?? 'standard'),
      featured: product.featured ?? false,
      thumbnail: productPicture(product, product.colours[0]!).id,
      options: JSON.stringify(optionsOf(product)),
      seo_title: `${product.name} | Fernwick`,
      seo_description: `${product.subtitle}. ${product.text[0]}`.slice(0, 160),
      rating_average: ratings.length > 0 ? (total / ratings.length).toFixed(2) : null,
      rating_count: ratings.length,
      published_at: status === 'draft' ? null : new Date(FIRST_PUBLISHED - index * DAY_MS).toISOString(),
    };
  });
}

function optionsOf(product: DemoProduct): { name: string; values: readonly string[] }[] {
  const colour = product.colours.length > 1 ? [{ name: 'Color', values: product.colours }] : [];
  const size = product.sizes ? [{ name: product.sizes.option, values: product.sizes.values }] : [];
  return [...colour, ...size];
}

/** `planted` is when the demo is: preorders are there some time after. */
export function variantRows(variants: readonly DemoVariant[], planted: Date): SeedRow[] {
  const preorder_ships_at = new Date(planted.getTime() + PREORDER_MS).toISOString();
  return variants.map((variant, index) => {
    const { product, preorder } = variant;
    return {
      id: variant.id,
      product: fixedId('product', product.slug),
      status: 'published',
      sku: variant.sku,
      title: Object.values(variant.option_values).join(' / '),
      option_values: JSON.stringify(variant.option_values),
      price_minor: variant.price_minor,
      compare_at_price_minor: product.compare_at_price_minor ?? null,
      currency: 'USD',
      weight_grams: product.weight_grams,
      track_stock: hasStock(product),
      allow_backorder: preorder !== null || (product.allow_backorder ?? false),
      backorder_limit: preorder ?? product.backorder_limit ?? null,
      preorder_ships_at: preorder === null ? null : preorder_ships_at,
      image: productPicture(product, variant.colour).id,
      sort: index + 1,
    };
  });
}

/** What lies on a shelf of its own: neither files nor gift cards, and a bundle's parts rather than the bundle. */
function hasStock({ kind }: DemoProduct): boolean {
  return kind === undefined;
}

/** What bundles are made of. */
export function bundleItemRows(variants: readonly DemoVariant[]): SeedRow[] {
  return variants.flatMap(({ id, sku, product }) =>
    Object.entries(product.parts ?? {}).map(([part, quantity], index) => ({
      id: fixedId('bundle_item', `${sku}/${part}`),
      bundle: id,
      part: fixedId('variant', part),
      quantity,
      sort: index + 1,
    })),
  );
}

/** Base prices in euros, the autumn sale in both currencies, and prices that depend on the quantity. */
export function priceRows(variants: readonly DemoVariant[]): SeedRow[] {
  const singly = variants.flatMap(({ sku, id, product, option_values, price_minor }) => {
    const price = (price_list: string | null, currency: string, amount_minor: number) => ({
      id: fixedId('price', [sku, price_list ?? '', currency].join('/')),
      variant: id,
      currency,
      price_list,
      min_quantity: 1,
      amount_minor,
    });
    const chosen = product.euro_price_minor?.[option_values[product.sizes?.option ?? ''] ?? ''];
    const base = price(null, 'EUR', chosen ?? euroPrice(price_minor));
    const { sale_price_minor: sale } = product;
    if (sale === undefined) return [base];
    return [base, price(AUTUMN_SALE, 'USD', sale), price(AUTUMN_SALE, 'EUR', euroPrice(sale))];
  });
  return [...singly, ...quantityPriceRows(variants)];
}

export function stockLevelRows(variants: readonly DemoVariant[]): SeedRow[] {
  return variants
    .filter(({ product }) => hasStock(product))
    .flatMap(({ id, sku, stock }) => {
      const first = stock > SHARED_ABOVE ? Math.ceil(stock * 0.6) : stock;
      const level = (location: string, on_hand: number) => ({
        id: fixedId('stock_level', `${sku}/${location}`),
        variant: id,
        location,
        on_hand,
        reserved: 0,
        low_stock_at: LOW_STOCK_AT,
      });
      return [level(LOCATIONS[0], first), ...(stock > first ? [level(LOCATIONS[1], stock - first)] : [])];
    });
}

/** Pictures of each product, one per colour. */
export function galleryRows(): SeedRow[] {
  return PRODUCTS.flatMap((product) =>
    product.colours.map((colour, index) => ({
      id: fixedId('product_file', `${product.slug}/${colour}`),
      product: fixedId('product', product.slug),
      file: productPicture(product, colour).id,
      alt: productPicture(product, colour).title,
      sort: index + 1,
    })),
  );
}

/** A product is in its own category and in the one above. */
export function productCategoryRows(): SeedRow[] {
  return PRODUCTS.flatMap((product, index) => {
    const parent = CATEGORIES.find(({ slug }) => slug === product.category)?.parent;
    return [product.category, ...(parent ? [parent] : [])].map((category) => ({
      id: fixedId('product_category', `${product.slug}/${category}`),
      product: fixedId('product', product.slug),
      category: fixedId('category', category),
      sort: index + 1,
    }));
  });
}

export function productTagRows(): SeedRow[] {
  return PRODUCTS.flatMap(({ slug, tags }) =>
    tags.map((tag) => ({
      id: fixedId('product_tag', `${slug}/${tag}`),
      product: fixedId('product', slug),
      tag: fixedId('tag', tag),
    })),
  );
}

export function productTranslationRows(): SeedRow[] {
  return PRODUCTS.flatMap(({ slug, german }) =>
    german
      ? [
          {
            id: fixedId('product_translation', `${slug}/${GERMAN}`),
            product: fixedId('product', slug),
            language: GERMAN,
            name: german.name,
            subtitle: german.subtitle,
            description: html(german.text, []),
            seo_title: `${german.name} | Fernwick`,
            seo_description: german.subtitle,
          },
        ]
      : [],
  );
}

/** Another thing of the same category is similar; a thing of another one goes with it. */
export function relatedRows(): SeedRow[] {
  const categoryOf = new Map(PRODUCTS.map(({ slug, category }) => [slug, category]));
  return PRODUCTS.flatMap(({ slug, category, related = [] }) =>
    related.map((other, index) => ({
      id: fixedId('related_product', `${slug}/${other}`),
      product: fixedId('product', slug),
      related: fixedId('product', other),
      kind: categoryOf.get(other) === category ? 'similar' : 'accessory',
      sort: index + 1,
    })),
  );
}

export function reviewRows(): SeedRow[] {
  return REVIEWS.map(({ product, ...review }) => ({
    id: fixedId('review', `${product}/${review.author_name}`),
    product: fixedId('product', product),
    status: 'approved',
    verified_purchase: false,
    ...review,
  }));
}

function html(paragraphs: readonly string[], points: readonly string[]): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const list =
    points.length > 0 ? `<ul>${points.map((point) => `<li>${escaped(point)}</li>`).join('')}</ul>` : '';
  return paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('') + list;
}
