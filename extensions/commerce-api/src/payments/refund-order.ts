/**
 * Giving money back. A refund is asked for in a transaction that holds the lock of its order, so that several together never exceed
 * what was captured; what goes to gift cards and store credit is booked there at once, the rest by the job in `settle-refund.ts`,
 * from the provider's truth.
 */
import { splitRefund } from '../core/refund.ts';
import { KontorError } from '../errors.ts';
import { emptyWithdrawn, withdrawSoldCards } from '../gift-cards/sold-gift-cards.ts';
import { accountFor } from '../gift-cards/store-credit.ts';
import { giveBackToTenders } from '../gift-cards/tenders.ts';
import { restockLines } from '../inventory/restock-lines.ts';
import { advanceOrder } from '../orders/advance-order.ts';
import { insertEvent, linesOf, lockOrder, type OrderLineRow, type OrderRow } from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { bookGivenBack } from './book-refund.ts';
import { eventActor, type BookedBy } from './flag-order.ts';
import { planRefund, type RefundInput, type RefundPlan } from './plan-refund.ts';
import * as queries from './refund-queries.ts';
import type { RefundablePaymentRow, RefundRow } from './refund-queries.ts';

export type RequestedRefund = Pick<RefundRow, 'id' | 'payment' | 'amount_minor' | 'status'>;

/**
 * Gives money of an order back: an amount, or what units (and the shipping) cost, or all that is left; an amount that is all that is
 * left is the same. It goes the way it came, first to providers, then to store credit, then to gift cards; or all of it to the
 * customer's store credit. Not idempotent: each call is a refund. Locks the order, its payments, accounts and cards, stock.
 * @returns one refund for each payment it comes from
 * @throws KontorError NOT_FOUND, ORDER_NOT_PAID, REFUND_TOO_MUCH, STORE_CREDIT_NEEDS_CUSTOMER, GIFT_CARD_SPENT. Nothing is changed then.
 */
export function refundOrder(
  shop: Shop,
  order: string,
  input: RefundInput,
  by: BookedBy,
): Promise<RequestedRefund[]> {
  return inTransaction(shop.db, async (trx) => {
    const locked = await lockOrder(trx, order);
    // What a promise or a first part has brought is taken in full first, or goes back with the whole order.
    if (locked && locked.status !== 'cancelled' && locked.paid_at === null)
      throw new KontorError('ORDER_NOT_PAID', { status: locked.status });
    return requestRefunds(shop, trx, order, { ...input, takes_units: true }, by);
  });
}

/** The same in the caller's transaction, after whatever it does to the order and before it locks stock. */
export async function requestRefunds(
  shop: Shop,
  trx: Transaction,
  id: string,
  input: RefundInput,
  by: BookedBy,
): Promise<RequestedRefund[]> {
  const order = await lockOrder(trx, id);
  if (!order) throw new KontorError('NOT_FOUND');
  const captured = await queries.lockCapturedPayments(trx, id);
  const payments = captured.filter((payment) => payment.currency === order.currency);
  const lines = await linesOf(trx, id);
  const taken = payments.map((payment) => ({
    ...payment,
    refunded_minor: payment.refunded_minor + payment.pending_minor,
  }));
  const plan = planRefund(
    {
      order,
      lines,
      is_shipping_refunded: await queries.isShippingRefunded(trx, id),
      refundable_minor: taken.reduce((sum, each) => sum + each.captured_minor - each.refunded_minor, 0),
    },
    input,
  );
  const account = input.to === 'store_credit' ? await accountOf(trx, order) : null;
  const { parts } = splitRefund(plan.amount_minor, taken);
  const refunds = parts.map((part, index) =>
    refundRow(shop, order, input, by, {
      payment: payments.find((payment) => payment.id === part.payment)!,
      amount_minor: part.amount_minor,
      account,
      units: index === 0 ? plan.units : [],
    }),
  );
  await writeRefunds(trx, order, payments, refunds, by);
  await writeUnits(trx, order, lines, plan, refunds, input, by);
  if (refunds.length > 0) await announceRefunds(trx, order, plan, refunds, input, by);
  return refunds.map(({ id: refund, payment, amount_minor, status }) => ({
    id: refund,
    payment,
    amount_minor,
    status,
  }));
}

async function accountOf(trx: Transaction, order: OrderRow): Promise<string> {
  if (order.customer === null) throw new KontorError('STORE_CREDIT_NEEDS_CUSTOMER', { path: 'to' });
  return accountFor(trx, order.customer, order.currency);
}

interface RefundPart {
  payment: RefundablePaymentRow;
  amount_minor: number;
  account: string | null;
  units: queries.RefundedUnits[];
}

function refundRow(
  shop: Shop,
  order: OrderRow,
  input: RefundInput,
  by: BookedBy,
  { payment, amount_minor, account, units }: RefundPart,
): RefundRow {
  const isOurs = account !== null || payment.gift_card !== null || payment.store_credit !== null;
  return {
    id: shop.newId(),
    order: order.id,
    payment: payment.id,
    amount_minor,
    currency: payment.currency,
    status: isOurs ? 'succeeded' : 'pending',
    provider_refund: null,
    reason: input.reason ?? null,
    actor: by.actor ?? null,
    return: input.return ?? null,
    lines: units.length > 0 ? units : null,
    store_credit: account,
    is_unclear: false,
  };
}

/** Refunds of our own are done by this; those of providers wait for their job. */
async function writeRefunds(
  trx: Transaction,
  order: OrderRow,
  payments: readonly RefundablePaymentRow[],
  refunds: readonly RefundRow[],
  by: BookedBy,
): Promise<void> {
  if (refunds.length === 0) return;
  await queries.insertRefunds(trx, refunds);
  const done = refunds
    .filter((refund) => refund.status === 'succeeded')
    .map((refund) => ({ refund, payment: payments.find(({ id }) => id === refund.payment)! }));
  await giveBackToTenders(
    trx,
    done.map(({ refund, payment }) => ({
      payment: payment.id,
      order: order.id,
      gift_card: refund.store_credit === null ? payment.gift_card : null,
      store_credit: refund.store_credit ?? payment.store_credit,
      amount_minor: refund.amount_minor,
    })),
    { actor: by.actor ?? null, note: refunds[0]?.reason ?? null },
  );
  const booked = done.map(({ refund, payment }) => ({ payment, amount_minor: refund.amount_minor }));
  if (booked.length > 0) await bookGivenBack(trx, order, booked, by);
  for (const refund of refunds)
    if (refund.status === 'pending') await enqueue(trx, 'refund-payment', { refund: refund.id });
}

/** Counts the units as refunded, takes gift cards among them back, and lets the order follow. */
async function writeUnits(
  trx: Transaction,
  order: OrderRow,
  lines: readonly OrderLineRow[],
  plan: RefundPlan,
  refunds: readonly RefundRow[],
  input: RefundInput,
  by: BookedBy,
): Promise<void> {
  const units = plan.units.flatMap(({ order_line, quantity }) =>
    order_line === null ? [] : [{ order_line, quantity }],
  );
  if (units.length === 0) return;
  await withdrawCards(trx, lines, plan, refunds[0], by);
  await queries.addRefundedUnits(trx, units);
  if (order.status !== 'cancelled' && order.status !== 'pending') {
    const now = await lockOrder(trx, order.id);
    if (now) await advanceOrder(trx, now);
  }
  if (input.restock) {
    await restockLines(trx, { order: order.id, lines: units, reason: 'restock', actor: by.actor ?? null });
  }
}

/** The refund that names the units names the cards among them, too: they are emptied when it is done, or good again when it fails. */
async function withdrawCards(
  trx: Transaction,
  lines: readonly OrderLineRow[],
  plan: RefundPlan,
  refund: RefundRow | undefined,
  by: BookedBy,
): Promise<void> {
  const named: queries.RefundedUnits[] = [];
  for (const unit of plan.units) {
    const line = lines.find(({ id }) => id === unit.order_line);
    const isCard = line?.product_kind === 'gift_card';
    named.push(isCard ? { ...unit, gift_cards: await withdrawSoldCards(trx, line, unit.quantity) } : unit);
  }
  if (!named.some((unit) => unit.gift_cards)) return;
  const withdrawn = named.flatMap((unit) => unit.gift_cards ?? []);
  if (refund) await queries.updateRefund(trx, refund.id, { lines: named });
  if (refund?.status !== 'pending') await emptyWithdrawn(trx, withdrawn, by.actor ?? null);
}

async function announceRefunds(
  trx: Transaction,
  order: OrderRow,
  plan: RefundPlan,
  refunds: readonly RefundRow[],
  input: RefundInput,
  by: BookedBy,
): Promise<void> {
  const ids = refunds.map(({ id }) => id);
  await insertEvent(trx, {
    order: order.id,
    kind: 'refund_requested',
    message: input.reason ?? 'A refund was asked for',
    data: { refunds: ids, amount_minor: plan.amount_minor, currency: order.currency },
    ...eventActor(by),
  });
  // A return writes a mail of its own.
  if (!input.return) await enqueue(trx, 'send-refund-mail', { order: order.id, refunds: ids });
  await enqueue(trx, 'announce', { action: 'create', collection: 'refunds', keys: ids });
}
