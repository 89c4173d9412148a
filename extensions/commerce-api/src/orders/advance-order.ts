import { fulfilmentTransition } from '../core/fulfilment-state.ts';
import { progressOf } from '../core/fulfilment.ts';
import { orderTransition } from '../core/order-state.ts';
import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { updateOrder, type OrderRow } from './queries.ts';
import { cancelPendingShipments, fulfilmentLines, shipmentsOf } from './shipment-queries.ts';

/**
 * Lets an order follow its lines and parcels: partly or wholly fulfilled, shipped, delivered. Call it in the transaction that
 * handed something on, or took back what was still to leave (a refund of open units, an edit). When nothing is left to leave, what
 * was being packed is unpacked: its money went back. May run twice.
 * @param order locked, as it is now
 */
export async function advanceOrder(
  trx: Transaction,
  order: Pick<OrderRow, 'id' | 'status' | 'fulfilment_status'>,
): Promise<void> {
  const lines = await fulfilmentLines(trx, order.id);
  const parcels = await shipmentsOf(trx, order.id);
  const progress = progressOf(
    lines,
    parcels.map((parcel) => parcel.status),
  );
  if (progress) {
    const fulfilment_status =
      fulfilmentTransition(order.fulfilment_status, progress.fulfilment) ?? order.fulfilment_status;
    const status = progress.order.reduce((at, event) => orderTransition(at, event) ?? at, order.status);
    if (status !== order.status || fulfilment_status !== order.fulfilment_status)
      await updateOrder(trx, order.id, { status, fulfilment_status });
    if (progress.fulfilment === 'rest_fulfilled') await cancelPendingShipments(trx, order.id);
  }
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
}
