/**
 * Returns: goods that left and come back, from the wish to the money. Staff answer a wish, note what came and in what condition,
 * put it back on the shelf if it can be sold, and give its money back. This domain alone writes `returns`, `return_lines` and the
 * returned quantities, under the lock of the order, so that no unit is in two returns.
 */
import { returnableUnits, returnRequestRefusal } from '../core/fulfilment.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { once } from './once.ts';
import { insertEvent, lockOrder } from './queries.ts';
import { bookReceipt } from './receive-return.ts';
import { insertReturn, returnableLines } from './return-queries.ts';

export interface ReturnWish {
  lines: { order_line: string; quantity: number; reason?: string | undefined }[];
  note?: string | undefined;
}

export interface StaffReturn extends ReturnWish {
  lines: (ReturnWish['lines'][number] & { restock?: boolean | undefined; condition?: string | undefined })[];
  /** The goods are here already, as at the counter. */
  received?: boolean | undefined;
  /** Where what is put back on the shelf goes; where it came from when not given. */
  location?: string | undefined;
}

/**
 * A shopper asks to send units back. Only what was sent to them, within the shop's days, and is in no other return. Locks the order.
 * @param actor the user who asks; null for a guest
 * @throws KontorError NOT_RETURNABLE with its `reason` (not_shipped, too_late, more_than_left), the line's `path` and what is
 * `returnable`; INVALID_PAYLOAD for lines that are not the order's
 */
export function requestReturn(
  shop: Shop,
  { id }: { id: string },
  wish: ReturnWish,
  actor: string | null,
  key?: string,
): Promise<{ return: string }> {
  return once(shop, { scope: `return ${id}`, key, request: wish }, async (trx) => {
    const entry = await writeReturn(shop, trx, id, wish, 'customer');
    await tell(trx, id, entry, 'requested', wish, { actor_kind: 'customer', actor });
    await enqueue(trx, 'send-order-mail', { order: id, template: 'return-requested', return: entry });
    return { return: entry };
  });
}

/**
 * Staff take units back: they are expected (approved, and the shopper is written), or here already. No days count. Locks the order.
 * @throws KontorError as `requestReturn`, without too_late
 */
export function takeBack(
  shop: Shop,
  id: string,
  { received = false, location, ...wish }: StaffReturn,
  actor: string | null,
  key?: string,
): Promise<{ return: string }> {
  const request = { ...wish, received, location };
  return once(shop, { scope: `return ${actor} ${id}`, key, request }, async (trx) => {
    const entry = await writeReturn(shop, trx, id, wish, 'staff');
    if (received) {
      await bookReceipt(shop, trx, { id: entry, order: id }, { lines: wish.lines, location }, actor);
      return { return: entry };
    }
    await tell(trx, id, entry, 'approved', wish, { actor_kind: 'staff', actor });
    await enqueue(trx, 'send-order-mail', { order: id, template: 'return-approved', return: entry });
    return { return: entry };
  });
}

async function writeReturn(
  shop: Shop,
  trx: Transaction,
  order: string,
  { lines, note }: ReturnWish,
  by: 'customer' | 'staff',
): Promise<string> {
  if (!(await lockOrder(trx, order))) throw new KontorError('NOT_FOUND');
  const known = await returnableLines(trx, order);
  for (const [index, { order_line, quantity }] of lines.entries()) {
    const path = `lines.${index}`;
    const line = known.find((each) => each.id === order_line);
    if (!line || lines.findIndex((each) => each.order_line === order_line) !== index) {
      const message = `${path}.order_line: ${line ? 'is named twice' : 'is no line of this order'}`;
      throw new KontorError('INVALID_PAYLOAD', { path: `${path}.order_line`, message });
    }
    const reason = returnRequestRefusal(line, quantity, by);
    if (reason) {
      const returnable = returnableUnits(line, by);
      const details = { reason, path: `${path}.quantity`, order_line, sku: line.sku, returnable };
      throw new KontorError('NOT_RETURNABLE', details);
    }
  }
  const id = shop.newId();
  const status = by === 'staff' ? 'approved' : 'requested';
  await insertReturn(
    trx,
    { id, order, status, requested_by: by, note: note ?? null },
    lines.map(({ order_line, quantity, reason = null }) => ({ order_line, quantity, reason })),
  );
  await enqueue(trx, 'announce', { action: 'create', collection: 'returns', keys: [id] });
  return id;
}

function tell(
  trx: Transaction,
  order: string,
  entry: string,
  step: 'requested' | 'approved',
  { lines }: ReturnWish,
  by: { actor_kind: 'customer' | 'staff'; actor: string | null },
): Promise<void> {
  const data = { return: entry, lines };
  const message = step === 'requested' ? 'A return was asked for' : 'A return was arranged';
  return insertEvent(trx, { order, kind: `return_${step}`, message, data, ...by });
}
