import { randomUUID } from 'node:crypto';
import type { Catalogue } from './catalogue.ts';
import type { Files } from './files.ts';
import type { Planter } from './planter.ts';

/** A row of each collection that has none by now. */
export async function plantRules(
  { add }: Planter,
  { product, location }: Catalogue,
  order: string,
  files: Files,
): Promise<void> {
  // prettier-ignore
  const promotion = await add('promotions', { name: 'Ten', kind: 'percentage', value_ppm: 100_000 });
  await add('promotion_scopes', { promotion, product });
  const promotion_code = await add('promotion_codes', { promotion, code: `SECRET-${randomUUID()}` });
  await add('promotion_redemptions', { promotion, promotion_code, order, email: 'SECRET@example.com', amount_minor: 1 }); // prettier-ignore
  await add('search_synonyms', { words: JSON.stringify(['chai', 'tea']) });
  await add('search_stop_words', { word: 'the' });
  const zone = await add('shipping_zones', { name: 'US', countries: JSON.stringify(['US']) });
  await add('shipping_methods', { name: 'Post', zone, amount_minor: 1, currency: 'EUR', location });
  const tax_class = await add('tax_classes', { name: 'Odd', code: `odd-${randomUUID()}` });
  await add('tax_rates', { tax_class, country: 'US', name: 'Odd', rate_ppm: 1 });
  await add('webhook_events', { provider: 'stripe', event_id: randomUUID(), type: 'x', payload: '{}' });
  await add('orders_files', { order, file: files.attachment });
}
