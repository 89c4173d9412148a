import { KontorError } from '../errors.ts';
import { restockLines } from '../inventory/restock-lines.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { lockReturn } from './lock-return.ts';
import { insertEvent } from './queries.ts';
import {
  addReturned,
  returnLinesOf,
  updateReturn,
  writeReceivedLines,
  type ReturnLineRow,
  type ReturnRow,
} from './return-queries.ts';
import { isActiveLocation } from './shipment-queries.ts';

export interface Receipt {
  /** What came; everything that was announced when not given. */
  lines?:
    | {
        order_line: string;
        quantity?: number | undefined;
        /** Whether it can be sold again and goes back on the shelf; it does when not given. */
        restock?: boolean | undefined;
        condition?: string | undefined;
      }[]
    | undefined;
  /** Where it is put; where it came from when not given. */
  location?: string | undefined;
}

/**
 * The goods of a return are here: less than announced may have come, and what did not come is taken off the return. Puts on the
 * shelf what can be sold again. Locks the order, then stock.
 * @throws KontorError NOT_FOUND, RETURN_NOT_CHANGEABLE with its `reason`; NOT_RETURNABLE (more_than_announced); INVALID_PAYLOAD for
 * lines that are not on the return, and for a location that is none
 */
export function receiveReturn(
  shop: Shop,
  id: string,
  receipt: Receipt,
  actor: string | null,
): Promise<{ order: string }> {
  return inTransaction(shop.db, async (trx) => {
    const { entry } = await lockReturn(trx, id, 'received');
    await bookReceipt(shop, trx, entry, receipt, actor);
    await enqueue(trx, 'announce', { action: 'update', collection: 'returns', keys: [id] });
    return { order: entry.order };
  });
}

/** The same for a return whose order is locked and whose state allows it. */
export async function bookReceipt(
  shop: Shop,
  trx: Transaction,
  { id, order }: Pick<ReturnRow, 'id' | 'order'>,
  { lines, location }: Receipt,
  actor: string | null,
): Promise<void> {
  if (location !== undefined && !(await isActiveLocation(trx, location)))
    throw new KontorError('INVALID_PAYLOAD', {
      path: 'location',
      message: 'location: is none of the shop’s',
    });
  const came = receivedLines(await returnLinesOf(trx, id), lines);
  await writeReceivedLines(trx, id, came);
  await updateReturn(trx, id, { status: 'received', received_at: shop.now() });
  await addReturned(trx, came);
  await insertEvent(trx, {
    order,
    kind: 'return_received',
    message: 'Returned goods are here',
    data: { return: id, lines: came },
    actor_kind: 'staff',
    actor,
  });
  const sellable = came.filter((line) => line.restock);
  await restockLines(trx, { order, lines: sellable, reason: 'return', location, actor });
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order] });
}

type Received = Omit<ReturnLineRow, 'reason'>;

function receivedLines(announced: ReturnLineRow[], came: Receipt['lines']): Received[] {
  if (!came) return announced.map(({ reason: _known, ...line }) => line);
  return came.map(({ order_line, ...what }, index) => {
    const line = announced.find((each) => each.order_line === order_line);
    const path = `lines.${index}`;
    if (!line || came.findIndex((each) => each.order_line === order_line) !== index) {
      const message = `${path}.order_line: ${line ? 'is named twice' : 'is not on this return'}`;
      throw new KontorError('INVALID_PAYLOAD', { path: `${path}.order_line`, message });
    }
    const { quantity = line.quantity, restock = line.restock, condition = line.condition } = what;
    if (quantity > line.quantity) {
      const details = { reason: 'more_than_announced', path: `${path}.quantity`, announced: line.quantity };
      throw new KontorError('NOT_RETURNABLE', details);
    }
    return { order_line, quantity, restock, condition };
  });
}
