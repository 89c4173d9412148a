/** What the routes of search take and answer. */
import { z } from 'zod';
import { ProductSummary, ReadProductQuery } from '../catalog/shapes.ts';

export const SuggestQuery = z.strictObject({
  q: z.string().trim().min(1).max(200).describe('What is typed so far.'),
  limit: z.coerce.number().int().min(1).max(20).default(6).describe('How many of each kind, at most.'),
  ...ReadProductQuery.shape,
});
export type SuggestInput = z.output<typeof SuggestQuery>;

const Place = z.object({ slug: z.string(), name: z.string() });
const { id, slug, name, image, price_from_minor, currency } = ProductSummary.shape;

export const SuggestionsFound = z
  .object({
    queries: z.array(z.string()).describe('What is typed, completed by words of the products it finds.'),
    products: z.array(
      z.object({
        id,
        slug,
        name,
        name_html: z.string().describe('The name as HTML, with what was typed in `<mark>`.'),
        image,
        price_from_minor,
        currency,
      }),
    ),
    categories: z.array(Place),
    brands: z.array(Place),
    did_you_mean: z.string().nullable(),
  })
  .meta({ id: 'Suggestions' });
export type SuggestionsFound = z.output<typeof SuggestionsFound>;
