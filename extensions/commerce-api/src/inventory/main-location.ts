import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { firstLocation } from './queries.ts';

/** Where goods come and go when nobody says where: the active location that sells first. @throws KontorError NOT_FOUND */
export async function mainLocation(shop: Shop): Promise<string> {
  const location = await firstLocation(shop.db);
  if (location === undefined) throw new KontorError('NOT_FOUND', { collection: 'stock_locations' });
  return location;
}
