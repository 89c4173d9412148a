/** What becomes of a parcel once it is packed. Each locks its order and answers which order it was. */
import { shipmentRefusal, type ShipmentEvent } from '../core/fulfilment-state.ts';
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { advanceOrder } from './advance-order.ts';
import { lockShipment } from './lock-shipment.ts';
import { insertEvent } from './queries.ts';
import type { Tracking } from './ship-order.ts';
import { updateShipment, type ShipmentRow } from './shipment-queries.ts';

/**
 * A parcel has arrived; the order is delivered with the last of them.
 * @param options.notify whether the shopper is written; they are not when not given, since carriers do that
 * @throws KontorError NOT_FOUND, SHIPMENT_NOT_CHANGEABLE with its `reason`
 */
export function deliverShipment(
  shop: Shop,
  id: string,
  actor: string | null,
  { notify = false }: { notify?: boolean | undefined } = {},
): Promise<{ order: string }> {
  return inTransaction(shop.db, async (trx) => {
    const { shipment, order } = await lockShipment(trx, id);
    requireAllowed(shipment, 'delivered');
    await updateShipment(trx, id, { status: 'delivered', delivered_at: shop.now() });
    await insertEvent(trx, {
      order: order.id,
      kind: 'delivered',
      message: 'Delivered',
      data: { shipment: id },
      actor_kind: 'staff',
      actor,
    });
    if (notify)
      await enqueue(trx, 'send-order-mail', { order: order.id, template: 'order-delivered', shipment: id });
    await enqueue(trx, 'announce', { action: 'update', collection: 'shipments', keys: [id] });
    await advanceOrder(trx, order);
    return { order: order.id };
  });
}

/**
 * A parcel is unpacked: its units may go into another. What has left does not come back like this, but as a return.
 * @throws KontorError NOT_FOUND, SHIPMENT_NOT_CHANGEABLE with its `reason`
 */
export function cancelShipment(shop: Shop, id: string, actor: string | null): Promise<{ order: string }> {
  return inTransaction(shop.db, async (trx) => {
    const { shipment, order } = await lockShipment(trx, id);
    requireAllowed(shipment, 'cancelled');
    await updateShipment(trx, id, { status: 'cancelled' });
    await insertEvent(trx, {
      order: order.id,
      kind: 'unpacked',
      message: 'A parcel was unpacked',
      data: { shipment: id },
      actor_kind: 'staff',
      actor,
    });
    await enqueue(trx, 'announce', { action: 'update', collection: 'shipments', keys: [id] });
    return { order: order.id };
  });
}

/**
 * Corrects who carries a parcel and how it is followed; what is not given stays, null empties. The shopper is not written again:
 * their order and every later mail show it.
 * @throws KontorError NOT_FOUND, SHIPMENT_NOT_CHANGEABLE when it was cancelled
 */
export function changeTracking(
  shop: Shop,
  id: string,
  tracking: Tracking,
  actor: string | null,
): Promise<{ order: string }> {
  return inTransaction(shop.db, async (trx) => {
    const { shipment, order } = await lockShipment(trx, id);
    if (shipment.status === 'cancelled')
      throw new KontorError('SHIPMENT_NOT_CHANGEABLE', { reason: 'already_cancelled' });
    const {
      carrier = shipment.carrier,
      tracking_number = shipment.tracking_number,
      tracking_url = shipment.tracking_url,
    } = tracking;
    const change = { carrier, tracking_number, tracking_url };
    await updateShipment(trx, id, change);
    await insertEvent(trx, {
      order: order.id,
      kind: 'tracking_changed',
      message: 'The tracking was corrected',
      data: { shipment: id, ...change },
      actor_kind: 'staff',
      actor,
    });
    await enqueue(trx, 'announce', { action: 'update', collection: 'shipments', keys: [id] });
    return { order: order.id };
  });
}

function requireAllowed({ status }: ShipmentRow, event: ShipmentEvent): void {
  const reason = shipmentRefusal(status, event);
  if (reason) throw new KontorError('SHIPMENT_NOT_CHANGEABLE', { reason });
}
