import { z } from 'zod';
import { ADJUSTMENT_REASONS, adjustStock } from '../inventory/adjust-stock.ts';
import { mainLocation } from '../inventory/main-location.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Books goods that came or went, for each selected variant: the form of a sale made elsewhere, a delivery, a loss. */
export default flowOperation({
  id: 'kontor-adjust-stock',
  access: 'staff',
  options: z.object({
    variants: Keys,
    /** Units that came (positive) or went (negative). */
    delta: z.coerce.number().int(),
    /** Whether the number of the form went: people write 3 for three sold, not -3. */
    direction: z.enum(['in', 'out']).default('in'),
    reason: z.enum(ADJUSTMENT_REASONS).default('adjustment'),
    location: z.uuid().optional(),
    note: z.string().trim().max(500).optional(),
  }),
  async run(shop, { variants, delta, direction, location, ...why }, actor) {
    const place = location ?? (await mainLocation(shop));
    const levels = [];
    for (const variant of variants) {
      const signed = direction === 'out' ? -Math.abs(delta) : delta;
      const level = await adjustStock(shop, { variant, location: place, delta: signed, ...why }, actor);
      levels.push({ variant, ...level });
    }
    return levels;
  },
});
