import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import { lockOrder, type OrderRow } from './queries.ts';
import { shipmentById, type ShipmentRow } from './shipment-queries.ts';

/** Locks a parcel by its order, whose lock guards all of them. @throws KontorError NOT_FOUND */
export async function lockShipment(
  trx: Transaction,
  id: string,
): Promise<{ shipment: ShipmentRow; order: OrderRow }> {
  const found = await shipmentById(trx, id);
  const order = found && (await lockOrder(trx, found.order));
  const shipment = await shipmentById(trx, id);
  if (!order || !shipment) throw new KontorError('NOT_FOUND');
  return { shipment, order };
}
