/** Whether what callers were told is still true at the end, or something that happened since explains why it is not. */
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import type { Confirmed, ReturnStatus } from './kill-protocol.ts';

type Of<Kind extends Confirmed['kind']> = Extract<Confirmed, { kind: Kind }>;

interface OrderFacts {
  id: string;
  cart: string | null;
  status: string;
  total_minor: number;
  events: { kind: string; message: string; data: { total_minor?: { from: number; to: number } } | null }[];
}

/** @returns a sentence for each confirmed answer that was lost */
export async function lostAnswers(shop: Shop, confirmed: readonly Confirmed[]): Promise<string[]> {
  const books = await readBooks(shop);
  const orders = new Map<string, string>();
  return confirmed.flatMap((each) => {
    const problem = problemOf(each, books) ?? problemOfRepeat(each, orders);
    return problem === null ? [] : [`${problem}: ${JSON.stringify(each)}`];
  });
}

/** A request that was repeated is answered with the order it had made. */
function problemOfRepeat(each: Confirmed, orders: Map<string, string>): string | null {
  if (each.kind !== 'placed') return null;
  const known = orders.get(each.ask.key) ?? each.order;
  orders.set(each.ask.key, known);
  return known === each.order ? null : 'one request made two orders';
}

type Books = Awaited<ReturnType<typeof readBooks>>;

async function readBooks({ db }: Shop) {
  const orders = await rows<OrderFacts>(
    db,
    `select o.id, o.cart, o.status, o.total_minor, (
       select json_agg(json_build_object('kind', e.kind, 'message', e.message, 'data', e.data) order by e.id)
       from order_events e where e."order" = o.id) as events
     from orders o`,
  );
  const payments = await rows<{ id: string; order: string; amount_minor: number; captured_minor: number }>(
    db,
    'select id, "order", amount_minor, captured_minor from payments',
  );
  const refunds = await rows<{ id: string; order: string; amount_minor: number; status: string }>(
    db,
    'select id, "order", amount_minor, status from refunds',
  );
  const shipments = await rows<{ id: string; order: string; status: string }>(
    db,
    'select id, "order", status from shipments',
  );
  const returns = await rows<{
    id: string;
    order: string;
    status: ReturnStatus;
    refund_minor: number | null;
  }>(db, 'select id, "order", status, refund_minor from returns');
  const movements = await rows<{ variant: string; location: string; delta_on_hand: number; note: string }>(
    db,
    `select variant, location, delta_on_hand, note from stock_movements where note is not null`,
  );
  const transfers = await rows<{ transfer: string; variant: string; moved: number; places: number }>(
    db,
    `select transfer, variant, max(delta_on_hand) as moved, count(*)::int as places from stock_movements
     where transfer is not null group by transfer, variant`,
  );
  const carts = await rows<{ id: string; version: number }>(db, 'select id, version from carts');
  const cards = await rows<{ gift_card: string; delta_minor: number }>(
    db,
    `select gift_card, delta_minor from gift_card_movements where reason = 'issued'`,
  );
  const credits = await rows<{ note: string; delta_minor: number }>(
    db,
    `select note, delta_minor from store_credit_movements where reason = 'granted'`,
  );
  const byId = <Row extends { id: string }>(found: Row[]) => new Map(found.map((each) => [each.id, each]));
  return {
    orders: byId(orders),
    payments: byId(payments),
    refunds: byId(refunds),
    shipments: byId(shipments),
    returns: byId(returns),
    carts: byId(carts),
    movements,
    transfers,
    cards,
    credits,
  };
}

/** @returns null when the answer is true, or explained */
function problemOf(each: Confirmed, books: Books): string | null {
  switch (each.kind) {
    case 'cart':
      return (books.carts.get(each.cart)?.version ?? -1) >= each.version
        ? null
        : 'a change of a cart was lost';
    case 'placed':
      return problemOfPlaced(each, books);
    case 'paid': {
      const payment = books.payments.get(each.payment);
      if (payment?.order !== each.order) return 'a payment has vanished';
      return payment.captured_minor === payment.amount_minor ? null : 'money that had come is not booked';
    }
    case 'to be paid': {
      const payment = books.payments.get(each.payment);
      return payment?.order === each.order && payment.amount_minor === each.amount_minor
        ? null
        : 'a payment has vanished or costs something else';
    }
    case 'cancelled': {
      const order = books.orders.get(each.order);
      const wasCancelled = order?.events.some(({ kind }) => kind === 'cancelled' || kind === 'expired');
      const isExplained = order?.status === 'cancelled' || happened(order, 'revived');
      return wasCancelled && isExplained ? null : 'a cancelled order is not cancelled';
    }
    case 'refund': {
      const refund = books.refunds.get(each.refund);
      if (refund?.order !== each.order || refund.amount_minor !== each.amount_minor)
        return 'a refund has vanished';
      return refund.status === 'succeeded' ? null : `a refund ended as ${refund.status}`;
    }
    case 'shipped':
      return happenedTo(books.shipments.get(each.shipment), ['shipped', 'delivered'])
        ? null
        : 'a parcel did not leave';
    case 'delivered':
      return happenedTo(books.shipments.get(each.shipment), ['delivered']) ? null : 'a parcel did not arrive';
    case 'return':
      return problemOfReturn(each, books);
    case 'edited': {
      const order = books.orders.get(each.order);
      const edit = order?.events.find(({ kind, message }) => kind === 'edited' && message === each.reason);
      return edit?.data?.total_minor?.to === each.total_minor ? null : 'an edit was lost';
    }
    case 'stock adjusted': {
      const found = books.movements.filter(({ note }) => note === each.note);
      return found.length === 1 && found[0]!.delta_on_hand === each.delta ? null : 'an adjustment was lost';
    }
    case 'stock transferred': {
      const found = books.transfers.filter(({ transfer }) => transfer === each.transfer);
      return found.length === 1 && found[0]!.moved === each.quantity && found[0]!.places === 2
        ? null
        : 'a transfer was lost';
    }
    case 'gift card issued':
      return books.cards.some(
        (card) => card.gift_card === each.card && card.delta_minor === each.initial_minor,
      )
        ? null
        : 'a gift card was lost';
    case 'credit granted':
      return books.credits.some(
        ({ note, delta_minor }) => note === each.note && delta_minor === each.delta_minor,
      )
        ? null
        : 'store credit was lost';
  }
}

/** The total is the one agreed to, or was until the first edit. */
function problemOfPlaced({ ask, order: id, total_minor }: Of<'placed'>, { orders }: Books): string | null {
  const order = orders.get(id);
  if (order?.cart !== ask.cart || !happened(order, 'placed')) return 'an order has vanished';
  const edit = order.events.find(({ kind }) => kind === 'edited');
  const placed_minor = edit?.data?.total_minor?.from ?? order.total_minor;
  return placed_minor === total_minor ? null : `an order was placed at ${placed_minor}`;
}

/** A return moves on, and never back. */
const STEPS: readonly ReturnStatus[] = ['requested', 'approved', 'received', 'refunded'];

function problemOfReturn(each: Of<'return'>, { returns }: Books): string | null {
  const now = returns.get(each.return);
  if (now?.order !== each.order) return 'a return has vanished';
  if (each.refund_minor !== null && now.refund_minor !== each.refund_minor)
    return 'a return is refunded differently';
  const isFurther = STEPS.indexOf(now.status) >= STEPS.indexOf(each.status);
  const isRejected = now.status === 'rejected' && (each.status === 'requested' || each.status === 'rejected');
  return isRejected || (isFurther && now.status !== 'rejected') ? null : `a return is back at ${now.status}`;
}

function happened(order: OrderFacts | undefined, kind: string): boolean {
  return order?.events.some((event) => event.kind === kind) ?? false;
}

function happenedTo(parcel: { status: string } | undefined, statuses: readonly string[]): boolean {
  return parcel !== undefined && statuses.includes(parcel.status);
}
