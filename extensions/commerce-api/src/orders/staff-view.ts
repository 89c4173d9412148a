import type { Shop } from '../platform/shop.ts';
import { staffOrderView, type StaffOrderView } from './order-view.ts';
import { requireAnyOrder } from './read-order.ts';

/** An order as it is now, as every action of staff answers it. @throws KontorError NOT_FOUND */
export async function staffView(shop: Shop, order: string): Promise<StaffOrderView> {
  return staffOrderView(shop.db, await requireAnyOrder(shop, order));
}
