/** What the catalogue routes take and answer, for parsing and for the OpenAPI document. */
import { z } from 'zod';
import { PRODUCT_KINDS } from '../core/product-kind.ts';
import { FACET_NAMES, SORTS, type FacetName } from '../listings/listing-filter.ts';

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

/** Several slugs, separated by commas: any of them. */
const Slugs = z
  .string()
  .max(2_000)
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(Slug).min(1).max(50));

const OptionValue = z.string().min(1).max(255);
/** `a,b` as a storefront writes it, or a list, whose values may hold commas. */
const OptionValues = z
  .union([z.string().max(2_000), z.array(OptionValue)])
  .transform((given) => [...new Set(typeof given === 'string' ? given.split(',') : given)])
  .pipe(z.array(OptionValue).min(1).max(50));

const FacetList = z
  .string()
  .max(200)
  .transform((text) => (text === 'all' ? [...FACET_NAMES] : [...new Set(text.split(','))]))
  .pipe(z.array(z.enum(FACET_NAMES)));

/** How far pages are counted; what lies beyond is reached from page to page. */
const MOST_PAGED = 10_000;

export const ListProductsQuery = z
  .strictObject({
    page: z.coerce.number().int().min(1).max(MOST_PAGED).default(1),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z
      .string()
      .max(1_000)
      .optional()
      .describe(
        '`meta.next_cursor` of the page before, instead of `page`: nothing is shown twice or left out, whatever changes meanwhile.',
      ),
    sort: z
      .enum(SORTS)
      .optional()
      .describe('Left out: `relevance` with `q`, else `newest`. `price` is that of the cheapest variant.'),
    q: z.string().trim().min(1).max(200).optional().describe('What to search for.'),
    category: Slug.optional().describe('Slug of a category: products in it or anywhere below it.'),
    brand: Slugs.optional().describe('Slugs of brands, separated by commas: any of them.'),
    tag: Slugs.optional().describe('Slugs of tags, separated by commas: any of them.'),
    min_price: z.coerce
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Of the cheapest variant, in minor units.'),
    max_price: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    min_rating: z.coerce.number().min(0).max(5).optional().describe('Rated so or better on average.'),
    featured: Flag.optional(),
    in_stock: Flag.optional().describe('Whether at least one variant can be bought now.'),
    option: z
      .record(OptionValue, OptionValues)
      .refine((options) => Object.keys(options).length <= 10, 'takes ten names at most')
      .optional()
      .describe(
        '`option[Colour]=Red,Blue`: products with a variant of one of these values. Repeat the parameter for values with commas.',
      ),
    currency: Currency.optional(),
    locale: Locale.optional(),
    facets: FacetList.optional().describe(
      `What to count beside the list: some of ${FACET_NAMES.join(', ')}, separated by commas, or \`all\`.`,
    ),
  })
  .refine(({ page, limit, cursor }) => cursor !== undefined || page * limit <= MOST_PAGED, {
    path: ['page'],
    message: `pages end at ${MOST_PAGED} products: go on with cursor, by meta.next_cursor of the page before`,
  })
  .refine(({ sort, q }) => sort !== 'relevance' || q !== undefined, {
    path: ['sort'],
    message: 'relevance takes a q to be relevant to',
  });
export type ListProductsInput = z.output<typeof ListProductsQuery>;

export const SlugParams = z.strictObject({ slug: Slug });
export const ReadProductQuery = z.strictObject({ currency: Currency.optional(), locale: Locale.optional() });

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

const FacetValue = z.object({ value: z.string(), label: z.string(), count: Count }).meta({
  id: 'FacetValue',
  description: 'What the parameter of the same name takes, and how many products it would list.',
});

export const Facets = z
  .object({
    category: z.array(FacetValue).optional(),
    brand: z.array(FacetValue).optional(),
    tag: z.array(FacetValue).optional(),
    price: z
      .object({
        min_minor: Amount.nullable(),
        max_minor: Amount.nullable(),
        ranges: z.array(z.object({ from_minor: Amount, to_minor: Amount.nullable(), count: Count })),
      })
      .optional()
      .describe('Of the cheapest variants, in minor units.'),
    rating: z
      .array(z.object({ from: z.int(), count: Count }))
      .optional()
      .describe('How many are rated so much or better.'),
    in_stock: z.array(z.object({ value: z.boolean(), count: Count })).optional(),
    option: z.array(z.object({ name: z.string(), values: z.array(FacetValue) })).optional(),
  } satisfies Record<FacetName, z.ZodType>)
  .meta({
    id: 'Facets',
    description:
      'Counts of what each value would list together with every other condition, except those of its own facet.',
  });

export const ListMeta = z
  .object({
    page: z.int().nullable().describe('Null where the list was reached by cursor.'),
    limit: z.int(),
    total: Count,
    total_is_exact: z
      .boolean()
      .describe(
        'False where not all was counted, mostly because there is more, or changes that wait may make it another.',
      ),
    next_cursor: z.string().nullable().describe('For the page after this one; null at the end.'),
    facets: Facets.optional(),
    facets_are_exact: z
      .boolean()
      .optional()
      .describe('False where only the first ten thousand products were counted, or changes wait.'),
    did_you_mean: z.string().nullable().optional().describe('With `q`: how it may be spelled.'),
    highlights: z
      .record(z.string(), z.object({ name: z.string().optional(), description: z.string().optional() }))
      .optional()
      .describe('With `q`: by product, its texts with what was found in `<mark>`.'),
  })
  .meta({ id: 'ListMeta' });
export type ListMeta = z.output<typeof ListMeta>;

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
