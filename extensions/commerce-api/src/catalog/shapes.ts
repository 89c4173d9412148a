/** What the catalogue routes take and answer, for parsing and for the OpenAPI document. */
import { z } from 'zod';
import { PRODUCT_KINDS } from '../core/product-kind.ts';

/** Readable text of a URL: anything but control characters, which PostgreSQL could not even store. */
const Slug = z
  .string()
  .max(255)
  .regex(/^[^\x00-\x1f\x7f]+$/);
const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const Count = z.int().nonnegative();
const Amount = z.int().nonnegative();

const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe('ISO 4217 code. Left out: the currency of the shop. Only what has a price in it is shown.');
const Locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
  .describe('BCP 47 tag such as `de` or `de-AT`: translated texts where there are any, else the original.');

const SORTS = ['newest', 'name', '-name', 'price', '-price', 'featured'] as const;
export type Sort = (typeof SORTS)[number];

export const ListProductsQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  sort: z.enum(SORTS).default('newest'),
  category: Slug.optional().describe('Slug of a category: products in it or anywhere below it.'),
  brand: Slug.optional().describe('Slug of a brand.'),
  tag: Slug.optional().describe('Slug of a tag.'),
  featured: Flag.optional(),
  in_stock: Flag.optional().describe('Whether at least one variant can be bought now.'),
  currency: Currency.optional(),
  locale: Locale.optional(),
});
export type ListProductsInput = z.output<typeof ListProductsQuery>;

export const SlugParams = z.strictObject({ slug: Slug });
export const ReadProductQuery = z.strictObject({ currency: Currency.optional(), locale: Locale.optional() });
export type ReadProductInput = z.output<typeof ReadProductQuery>;

export const CategoriesQuery = z.strictObject({
  locale: Locale.optional(),
  product_count: Flag.optional().describe(
    'Whether to count the products of each category and what is below it.',
  ),
  currency: Currency.optional(),
});
export type CategoriesInput = z.output<typeof CategoriesQuery>;

export const Image = z.object({ url: z.string(), alt: z.string().nullable() }).meta({
  id: 'Image',
  description: 'Images kept by the shop can be resized: append `?width=400&format=webp`.',
});
export type Image = z.output<typeof Image>;

const Named = z.object({ slug: z.string(), name: z.string() }).meta({ id: 'NamedLink' });
export type Named = z.output<typeof Named>;

const Option = z.object({ name: z.string(), values: z.array(z.string()) }).meta({ id: 'ProductOption' });

const variantFields = {
  id: z.uuid(),
  sku: z.string(),
  title: z.string(),
  option_values: z.record(z.string(), z.string()),
  price_minor: Amount.describe('What one unit costs now, in minor units: what a cart will charge.'),
  compare_at_price_minor: Amount.nullable().describe('The higher price to strike through, if there is one.'),
  currency: z.string(),
  in_stock: z.boolean(),
};
export const VariantCard = z.object(variantFields).meta({ id: 'VariantCard' });
export type VariantCard = z.output<typeof VariantCard>;

export const Variant = z
  .object({
    ...variantFields,
    price_tiers: z
      .array(z.object({ min_quantity: z.int().min(2), price_minor: Amount }))
      .describe('Unit prices from higher quantities on, ascending by quantity.'),
    barcode: z.string().nullable(),
    image: Image.nullable(),
    weight_grams: z.int().nullable(),
    length_mm: z.int().nullable(),
    width_mm: z.int().nullable(),
    height_mm: z.int().nullable(),
    max_per_order: z.int().nullable(),
  })
  .meta({ id: 'Variant' });
export type Variant = z.output<typeof Variant>;

const summaryFields = {
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  subtitle: z.string().nullable(),
  kind: z.enum(PRODUCT_KINDS),
  brand: Named.nullable(),
  image: Image.nullable(),
  price_from_minor: Amount,
  price_to_minor: Amount,
  compare_at_from_minor: Amount.nullable().describe('The struck-through price of the cheapest variant.'),
  currency: z.string(),
  rating_average: z.number().nullable(),
  rating_count: Count,
  in_stock: z.boolean(),
};
export const ProductSummary = z.object(summaryFields).meta({ id: 'ProductSummary' });
export type ProductSummary = z.output<typeof ProductSummary>;

export const ProductCard = z
  .object({ ...summaryFields, options: z.array(Option), variants: z.array(VariantCard) })
  .meta({ id: 'ProductCard' });
export type ProductCard = z.output<typeof ProductCard>;

const RelatedProduct = z
  .object({ ...summaryFields, relation: z.enum(['similar', 'accessory', 'upsell']) })
  .meta({ id: 'RelatedProduct' });

export const Product = z
  .object({
    ...summaryFields,
    description: z.string().nullable().describe('HTML, as the merchant wrote it.'),
    featured: z.boolean(),
    published_at: z.iso.datetime().nullable(),
    images: z.array(Image),
    categories: z.array(Named),
    tags: z.array(Named),
    options: z.array(Option),
    variants: z.array(Variant),
    related: z.array(RelatedProduct),
    seo: z.object({ title: z.string(), description: z.string().nullable() }),
    breadcrumbs: z.array(Named).describe('From the root to the first category of the product.'),
  })
  .meta({ id: 'Product' });
export type Product = z.output<typeof Product>;

export const ListMeta = z.object({ page: z.int(), limit: z.int(), total: Count }).meta({ id: 'ListMeta' });

const categoryFields = {
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  image: Image.nullable(),
  product_count: Count.optional().describe('Only when asked for.'),
};
export interface CategoryNode {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  image: Image | null;
  product_count?: number | undefined;
  children: CategoryNode[];
}
export const CategoryNode: z.ZodType<CategoryNode> = z
  .object({ ...categoryFields, children: z.array(z.lazy(() => CategoryNode)) })
  .meta({ id: 'CategoryNode' });

export const Category = z
  .object({ ...categoryFields, children: z.array(CategoryNode), breadcrumbs: z.array(Named) })
  .meta({ id: 'Category' });
export type Category = z.output<typeof Category>;
