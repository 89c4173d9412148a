/**
 * Parcels: what leaves the shop, when and with whom. Stock left the ledger when the order was paid, so a parcel moves none. An order
 * may leave in several parcels; lines that need none (services, and downloads that were added later) are handed over by the same
 * action. This domain alone writes `shipments`, `shipment_lines` and the fulfilled quantities, under the lock of the order.
 */
import { openUnits, unsentUnits } from '../core/fulfilment.ts';
import { shipmentRefusal } from '../core/fulfilment-state.ts';
import { orderRefusal } from '../core/order-state.ts';
import { KontorError } from '../errors.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { advanceOrder } from './advance-order.ts';
import { once } from './once.ts';
import { insertEvent, lockOrder, type OrderRow } from './queries.ts';
import { lockShipment } from './lock-shipment.ts';
import {
  addFulfilled,
  fulfilmentLines,
  insertShipment,
  isActiveLocation,
  shipmentLinesOf,
  updateShipment,
  type FulfilmentLine,
  type ShipmentRow,
} from './shipment-queries.ts';

export interface Tracking {
  carrier?: string | null | undefined;
  tracking_number?: string | null | undefined;
  tracking_url?: string | null | undefined;
}

export interface ShipInput extends Tracking {
  /** Everything that is still open when not given. */
  lines?: { order_line: string; quantity: number }[] | undefined;
  /** Where it leaves from. */
  location?: string | undefined;
  /** Only being packed: its units are taken, and nobody is told yet. */
  pending?: boolean | undefined;
  /** Whether the shopper is written; they are when not given. */
  notify?: boolean | undefined;
}

export interface Shipped {
  /** Null when nothing of it needed a parcel. */
  shipment: string | null;
}

/**
 * Sends units of an order on their way, or packs them. Locks the order.
 * @param actor the member of staff, null where nobody is named
 * @throws KontorError ORDER_NOT_SHIPPABLE with its `reason`: the order is not paid, has left, or was cancelled or refunded;
 * `nothing_open`, `more_than_open` with what is `open`. INVALID_PAYLOAD for lines and locations that are not there
 */
export function shipOrder(
  shop: Shop,
  id: string,
  input: ShipInput,
  actor: string | null,
  key?: string,
): Promise<Shipped> {
  return once(shop, { scope: `ship ${actor} ${id}`, key, request: input }, async (trx) => {
    const order = await lockOrder(trx, id);
    if (!order) throw new KontorError('NOT_FOUND');
    requireShippable(order);
    const location = input.location ?? null;
    if (location !== null && !(await isActiveLocation(trx, location)))
      throw new KontorError('INVALID_PAYLOAD', {
        path: 'location',
        message: 'location: is none of the shop’s',
      });
    const chosen = chosenUnits(await fulfilmentLines(trx, id), input, order.paid_at !== null);
    const packed = unitsOf(chosen.filter(({ line }) => line.requires_shipping));
    const handed = unitsOf(chosen.filter(({ line }) => !line.requires_shipping));
    if (handed.length > 0) await handOver(trx, id, handed, actor);
    const shipment = packed.length > 0 ? shop.newId() : null;
    if (shipment !== null) {
      const { carrier = null, tracking_number = null, tracking_url = null, pending = false } = input;
      const parcel: ShipmentRow = {
        id: shipment,
        order: id,
        status: 'pending',
        carrier,
        tracking_number,
        tracking_url,
      };
      const now = { status: 'shipped' as const, shipped_at: shop.now() };
      await insertShipment(trx, { ...parcel, location, ...(pending ? { shipped_at: null } : now) }, packed);
      await enqueue(trx, 'announce', { action: 'create', collection: 'shipments', keys: [shipment] });
      if (pending) await tell(trx, parcel, 'packed', 'A parcel is being packed', packed, actor);
      else await markLeft(trx, parcel, packed, { actor, notify: input.notify });
    }
    await advanceOrder(trx, order);
    return { shipment };
  });
}

/**
 * A packed parcel leaves. Locks its order.
 * @throws KontorError SHIPMENT_NOT_CHANGEABLE with its `reason` when it is not being packed; ORDER_NOT_SHIPPABLE, as when
 * units of it were refunded since
 */
export async function dispatchShipment(
  shop: Shop,
  id: string,
  input: Tracking & Pick<ShipInput, 'notify'>,
  actor: string | null,
): Promise<{ order: string }> {
  return inTransaction(shop.db, async (trx) => {
    const { shipment, order } = await lockShipment(trx, id);
    const reason = shipmentRefusal(shipment.status, 'shipped');
    if (reason) throw new KontorError('SHIPMENT_NOT_CHANGEABLE', { reason });
    requireShippable(order);
    const {
      carrier = shipment.carrier,
      tracking_number = shipment.tracking_number,
      tracking_url = shipment.tracking_url,
    } = input;
    const tracking = { carrier, tracking_number, tracking_url };
    const lines = await shipmentLinesOf(trx, id);
    requireUnsent(await fulfilmentLines(trx, order.id), lines);
    await updateShipment(trx, id, { ...tracking, status: 'shipped', shipped_at: shop.now() });
    await markLeft(trx, { ...shipment, ...tracking }, lines, { actor, notify: input.notify });
    await enqueue(trx, 'announce', { action: 'update', collection: 'shipments', keys: [id] });
    await advanceOrder(trx, order);
    return { order: order.id };
  });
}

/** Unpaid, or with a rest to pay after an edit, an order stays here; so does one whose money went back. */
function requireShippable(order: OrderRow): void {
  const isOwed = order.payment_status === 'partly_paid';
  const isReturned = order.payment_status === 'refunded';
  const reason =
    orderRefusal(order.status, 'shipped') ?? (isOwed ? 'not_paid' : isReturned ? 'refunded' : null);
  if (reason) throw new KontorError('ORDER_NOT_SHIPPABLE', { reason });
}

/** What was refunded, or edited away, after it was packed stays here: the parcel has to be unpacked. */
function requireUnsent(lines: FulfilmentLine[], packed: Units[]): void {
  for (const { order_line, quantity } of packed) {
    const line = lines.find((each) => each.id === order_line);
    const open = line ? unsentUnits(line) : 0;
    if (quantity > open)
      throw new KontorError('ORDER_NOT_SHIPPABLE', {
        reason: 'more_than_open',
        order_line,
        sku: line?.sku,
        open,
      });
  }
}

interface Chosen {
  line: FulfilmentLine;
  quantity: number;
}

/** @param isPaid downloads and gift cards are had at once, and only for money that is there */
function chosenUnits(
  all: FulfilmentLine[],
  { lines: wanted, pending = false }: ShipInput,
  isPaid: boolean,
): Chosen[] {
  const isHeld = ({ requires_shipping, product_kind }: FulfilmentLine) =>
    !isPaid && !requires_shipping && product_kind !== 'service';
  const held = all.filter(isHeld).map(({ id }) => id);
  if (wanted?.some(({ order_line }) => held.includes(order_line)))
    throw new KontorError('ORDER_NOT_SHIPPABLE', { reason: 'not_paid' });
  const lines = all.filter(({ id }) => !held.includes(id));
  const chosen = wanted
    ? wanted.map((wish, index) => wishedUnits(lines, wanted, wish, index))
    : lines.map((line) => ({ line, quantity: openUnits(line) })).filter(({ quantity }) => quantity > 0);
  // What needs no parcel is not packed: it is handed over with the next parcel that leaves.
  const taken = pending ? chosen.filter(({ line }) => line.requires_shipping) : chosen;
  if (taken.length === 0) throw new KontorError('ORDER_NOT_SHIPPABLE', { reason: 'nothing_open' });
  return taken;
}

function wishedUnits(
  lines: FulfilmentLine[],
  wanted: { order_line: string }[],
  { order_line, quantity }: { order_line: string; quantity: number },
  index: number,
): Chosen {
  const path = `lines.${index}`;
  const line = lines.find((each) => each.id === order_line);
  if (!line || wanted.findIndex((each) => each.order_line === order_line) !== index) {
    const message = `${path}.order_line: ${line ? 'is named twice' : 'is no line of this order'}`;
    throw new KontorError('INVALID_PAYLOAD', { path: `${path}.order_line`, message });
  }
  const open = openUnits(line);
  if (quantity > open) {
    const details = { reason: 'more_than_open', path: `${path}.quantity`, order_line, sku: line.sku, open };
    throw new KontorError('ORDER_NOT_SHIPPABLE', details);
  }
  return { line, quantity };
}

interface Units {
  order_line: string;
  quantity: number;
}

function unitsOf(chosen: Chosen[]): Units[] {
  return chosen.map(({ line, quantity }) => ({ order_line: line.id, quantity }));
}

async function markLeft(
  trx: Transaction,
  parcel: ShipmentRow,
  lines: Units[],
  { actor, notify = true }: { actor: string | null; notify?: boolean | undefined },
): Promise<void> {
  await addFulfilled(trx, lines);
  const means = [parcel.carrier && `with ${parcel.carrier}`, parcel.tracking_number].filter(Boolean);
  await tell(trx, parcel, 'shipped', ['Shipped', means.join(', ')].join(' ').trim(), lines, actor);
  if (notify) {
    const mail = { order: parcel.order, template: 'order-shipped' as const, shipment: parcel.id };
    await enqueue(trx, 'send-order-mail', mail);
  }
}

function tell(
  trx: Transaction,
  parcel: ShipmentRow,
  kind: 'packed' | 'shipped',
  message: string,
  lines: Units[],
  actor: string | null,
): Promise<void> {
  const data = { shipment: parcel.id, lines };
  return insertEvent(trx, { order: parcel.order, kind, message, data, actor_kind: 'staff', actor });
}

async function handOver(
  trx: Transaction,
  order: string,
  lines: Units[],
  actor: string | null,
): Promise<void> {
  await addFulfilled(trx, lines);
  await insertEvent(trx, {
    order,
    kind: 'handed_over',
    message: 'Handed over',
    data: { lines },
    actor_kind: 'staff',
    actor,
  });
}
