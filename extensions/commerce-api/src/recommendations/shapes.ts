/** What the routes of recommendations take and answer. */
import { z } from 'zod';
import { ProductCard, ReadProductQuery } from '../catalog/shapes.ts';

export const RelatedQuery = z.strictObject({
  ...ReadProductQuery.shape,
  kind: z
    .enum(['all', 'bought_together', 'similar'])
    .default('all')
    .describe(
      '`bought_together`: from orders. `similar`: what the merchant linked as similar, then what is alike. `all`: both, what the merchant chose first, and what sells in the category where that is too little.',
    ),
  limit: z.coerce.number().int().min(1).max(24).default(10),
});
export type RelatedInput = z.output<typeof RelatedQuery>;

export const RelatedCard = ProductCard.extend({
  reason: z
    .enum(['accessory', 'upsell', 'alternative', 'bought_together', 'similar', 'popular'])
    .describe(
      'Why it is here: `accessory`, `upsell` and `alternative` were chosen by the merchant, the others were found.',
    ),
}).meta({ id: 'RelatedCard' });
export type RelatedCard = z.output<typeof RelatedCard>;
