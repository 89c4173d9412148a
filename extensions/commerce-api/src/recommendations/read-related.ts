import { productCards, localesFor } from '../catalog/product-cards.ts';
import { earliest } from '../core/earliest.ts';
import { KontorError } from '../errors.ts';
import type { Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { relatedCandidates } from './related-queries.ts';
import type { RelatedCard, RelatedInput } from './shapes.ts';

export interface RelatedAnswer {
  cards: RelatedCard[];
  shown: Shown;
}

/** More than asked for: some may not be sold in the currency, or not begun yet. Lists hold twenty-four. */
const SPARE = 24;

/**
 * What goes with a product, best first, with why. Two statements.
 * @throws KontorError NOT_FOUND for a product that shoppers cannot see, UNAVAILABLE while the shop has no settings
 */
export async function readRelated(shop: Shop, slug: string, input: RelatedInput): Promise<RelatedAnswer> {
  const { limit, kind } = input;
  const wanted = { slug, kind, currency: input.currency, limit: limit + SPARE };
  const candidates = await relatedCandidates(shop.db, wanted);
  const { product, currency } = candidates[0] ?? {};
  if (!currency) throw new KontorError('UNAVAILABLE');
  if (!product) throw new KontorError('NOT_FOUND');
  const reasonOf = new Map(
    candidates.flatMap((each) => (each.related === null ? [] : [[each.related, each]])),
  );
  const view = { currency, locales: localesFor(input.locale) };
  const known = await productCards(shop, [product, ...reasonOf.keys()], view);
  const seen = known.flatMap(({ product: id, card }) => (card ? [{ id, card, of: reasonOf.get(id) }] : []));
  if (!seen.some(({ id }) => id === product)) throw new KontorError('NOT_FOUND');
  const shown = seen.flatMap(({ card, of }) => (of ? [{ card, of }] : [])).slice(0, limit);
  const shelves = shown.flatMap(({ of }) => (of.shelf === null ? [] : [of.shelf]));
  return {
    cards: shown.map(({ card, of }) => ({ ...card, reason: of.reason })),
    shown: {
      // What was passed over may be seen one day.
      products: known.map(({ product: id }) => id),
      // The list of what goes with a product is a shelf that is called by it.
      shelves: [...new Set([product, ...shelves])],
      aspects: shelves.length > 0 ? ['membership', 'popularity'] : ['membership'],
      until: earliest(known.map(({ due_at }) => due_at)),
    },
  };
}
