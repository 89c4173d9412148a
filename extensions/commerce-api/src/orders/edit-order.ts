/**
 * Edits after placement: staff change what is ordered, or where it goes, while the order is unpaid or being processed. What that
 * does to the amounts is decided by `core/edit-order.ts`; stock and money follow in the same transaction.
 */
import { lockCartOfOrder } from '../cart/queries.ts';
import type { LineRow } from '../cart/quote-cart.ts';
import type { PricingRows } from '../cart/pricing-queries.ts';
import { lineRows } from '../checkout/order-rows.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { editOrder as edited, type EditOutcome } from '../core/edit-order.ts';
import type { Quote } from '../core/price-cart.ts';
import { orderRefusal } from '../core/order-state.ts';
import type { Address } from '../customers/address.ts';
import { KontorError } from '../errors.ts';
import { setOrderMoney } from '../payments/book-refund.ts';
import type { PaymentRow } from '../payments/queries.ts';
import { startPayment } from '../payments/start-payment.ts';
import { brokenConstraint, inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { advanceOrder } from './advance-order.ts';
import { editingRows, priceAdditions, requireSameTaxes, type EditedOrderFacts } from './edit-pricing.ts';
import {
  deleteOrderLines,
  editableLines,
  moveRedemptions,
  shippingMethodOf,
  writeEditedLines,
  writeEditedOrder,
} from './edit-queries.ts';
import { bookFree, endAtProvider, settleEdit } from './edit-settlement.ts';
import { growingVariants, moveStock, type StockMoves } from './edit-stock.ts';
import type { EditWish, Settlement } from './edit-wish.ts';
import { staffOrderView, type StaffOrderView } from './order-view.ts';
import { insertEvent, insertOrderLines, lockOrder, orderById, type OrderRow } from './queries.ts';

export interface EditAnswer {
  dry_run: boolean;
  difference_minor: number;
  settlement: Settlement;
  order: StaffOrderView;
}

/**
 * Edits an order, or with `dry_run` answers what the edit would do. All of it happens, or nothing. A payment that changes is ended
 * at its provider first, after the edit was rehearsed in a transaction that is rolled back: what can be refused is refused
 * before the provider hears of it. Locks cart, order, payment, then as settlement and stock do.
 * @throws KontorError ORDER_CHANGED when the order is no longer what the caller saw; ORDER_NOT_EDITABLE in its present state, or
 * while its payment is under way; EDIT_REFUSED; NOT_FOR_SALE; INSUFFICIENT_STOCK; PROVIDER_FAILED
 */
export async function editOrder(
  shop: Shop,
  id: string,
  wish: EditWish,
  actor: string | null,
): Promise<EditAnswer> {
  const rehearsed = await rehearse(shop, id, wish, actor);
  if (wish.dry_run) return rehearsed.answer;
  if (rehearsed.open_payment) await endAtProvider(shop, rehearsed.open_payment);
  const { answer, payment } = await inTransaction(shop.db, (trx) =>
    perform(shop, trx, id, wish, actor, rehearsed),
  );
  if (!payment) return answer;
  await startPayment(shop, payment);
  const order = await orderById(shop.db, id);
  return order ? { ...answer, order: await staffOrderView(shop.db, order) } : answer;
}

interface Performed {
  answer: EditAnswer;
  /** What was edited, as it was: the edit may still be made as long as this is the same. */
  basis: string;
  /** The payment the edit replaces, which its provider must be asked about first. */
  open_payment: PaymentRow | null;
  /** One that is to be started. */
  payment: string | null;
}

/** Carries what came of a rehearsal out of the transaction it undoes. */
class Rehearsed extends Error {
  readonly performed: Performed;
  constructor(performed: Performed) {
    super('rehearsed');
    this.performed = performed;
  }
}

async function rehearse(shop: Shop, id: string, wish: EditWish, actor: string | null): Promise<Performed> {
  try {
    return await inTransaction(shop.db, async (trx) => {
      throw new Rehearsed(await perform(shop, trx, id, wish, actor, null));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.performed;
    throw error;
  }
}

async function perform(
  shop: Shop,
  trx: Transaction,
  id: string,
  wish: EditWish,
  actor: string | null,
  rehearsed: Performed | null,
): Promise<Performed> {
  await lockCartOfOrder(trx, id);
  const order = await requireLocked(trx, id);
  const facts: EditedOrderFacts = {
    order,
    shipping_method: await shippingMethodOf(trx, id),
    lines: await editableLines(trx, id),
  };
  const basis = basisOf(facts);
  requireEditable(order);
  // What the caller saw counts when the edit begins; later only what the edit is about, since ending its payment moves the order.
  const isChanged = rehearsed ? rehearsed.basis !== basis : order.version !== wish.version;
  if (isChanged) throw new KontorError('ORDER_CHANGED', { version: order.version });

  const plan = await planOf(shop, trx, facts, wish);
  const terms = {
    provider: wish.provider,
    reason: wish.reason,
    actor,
    ended: rehearsed ? rehearsed.open_payment : undefined,
  };
  const { totals } = plan.outcome;
  const { settlement, open_payment, payment } = await settleEdit(shop, trx, order, totals, terms);
  await writePlan(shop, trx, facts, plan, wish, actor);
  if (order.status !== 'pending') await setOrderMoney(trx, await requireLocked(trx, id));
  else if (payment?.amount_minor === 0) await bookFree(shop, trx, payment, terms);
  await advanceOrder(trx, await requireLocked(trx, id));
  await enqueue(trx, 'send-order-mail', { order: id, template: 'order-edited' });
  const answer = {
    dry_run: wish.dry_run,
    difference_minor: plan.outcome.difference_minor,
    settlement,
    order: await staffOrderView(trx, await requireLocked(trx, id)),
  };
  return { answer, basis, open_payment, payment: payment?.id ?? null };
}

async function requireLocked(trx: Transaction, id: string): Promise<OrderRow> {
  const order = await lockOrder(trx, id);
  if (!order) throw new Error(`order ${id} has vanished under its lock`);
  return order;
}

/** What an edit depends on; the state of a payment that is being ended for it is not part of that. */
function basisOf({ order, lines }: EditedOrderFacts): string {
  const { status, total_minor, paid_minor, refunded_minor, tax_summary, shipping_address } = order;
  return canonicalJson({
    status,
    total_minor,
    paid_minor,
    refunded_minor,
    tax_summary,
    shipping_address,
    lines,
  });
}

/** @throws KontorError ORDER_NOT_EDITABLE */
function requireEditable({ status, fulfilment_status, payment_status, paid_at }: OrderRow): void {
  const reason = orderRefusal(status, 'edited', fulfilment_status);
  if (reason) throw new KontorError('ORDER_NOT_EDITABLE', { reason, status });
  // Accepted on a promise: what is to be paid is fixed until the money is there.
  if (status !== 'pending' && paid_at === null)
    throw new KontorError('ORDER_NOT_EDITABLE', { reason: 'money_promised', status });
  if (payment_status === 'refunded')
    throw new KontorError('ORDER_NOT_EDITABLE', { reason: 'refunded', status });
}

interface Plan {
  outcome: EditOutcome & { ok: true };
  stock: StockMoves;
  additions: { quote: Quote; lines: LineRow[] };
  rows: PricingRows;
  address: Address | null;
}

async function planOf(shop: Shop, trx: Transaction, facts: EditedOrderFacts, wish: EditWish): Promise<Plan> {
  const { order, lines } = facts;
  const wanted = new Map(wish.lines.map(({ line, quantity }) => [line, quantity]));
  const changes = lines.flatMap((line) => {
    const delta = (wanted.get(line.id) ?? line.quantity) - line.quantity;
    return delta === 0 ? [] : [{ line, delta }];
  });
  const added = wish.add.map((each) => ({ id: shop.newId(), ...each }));
  const address = wish.shipping_address ?? order.shipping_address;
  const variants = [...added.map((each) => each.variant), ...growingVariants(changes)];
  const rows = await editingRows(trx, facts, variants, address);
  if (wish.shipping_address) {
    const before = {
      rows: await editingRows(trx, facts, [], order.shipping_address),
      address: order.shipping_address,
    };
    requireSameTaxes(facts, before, { rows, address: wish.shipping_address });
  }
  const additions = priceAdditions(facts, added, rows, address);
  const kinds = new Map(additions.lines.map((line) => [line.id, line.product_kind]));
  const outcome = edited(
    { ...order, lines },
    {
      quantities: wish.lines,
      added: additions.quote.lines.map((line) => ({ ...line, product_kind: kinds.get(line.id)! })),
    },
  );
  if (!outcome.ok) {
    const { ok: _refused, ...refusal } = outcome;
    throw new KontorError('EDIT_REFUSED', refusal);
  }
  if (changes.length + added.length === 0 && !wish.shipping_address)
    throw new KontorError('EDIT_REFUSED', { reason: 'no_change' });
  return { outcome, stock: { changes, added: additions.lines }, additions, rows, address };
}

/** Writes promotions' use, stock, lines and order, in the order of locking. */
async function writePlan(
  shop: Shop,
  trx: Transaction,
  { order, lines }: EditedOrderFacts,
  { outcome, stock, additions, rows, address }: Plan,
  wish: EditWish,
  actor: string | null,
): Promise<void> {
  try {
    await moveRedemptions(trx, order.id, redemptionMoves(lines, outcome));
  } catch (error) {
    if (brokenConstraint(error) !== 'promotions_budget_used_minor_check') throw error;
    throw new KontorError('EDIT_REFUSED', { reason: 'budget_exhausted' }, error);
  }
  const backordered = await moveStock(trx, order, stock, rows, actor);
  const last = Math.max(0, ...lines.map((line) => line.sort ?? 0));
  const joined = lineRows(shop, order.id, additions, backordered).map((line, index) => ({
    ...line,
    id: additions.quote.lines[index]!.id,
    sort: last + index + 1,
  }));
  await writeEditedLines(trx, outcome.changed);
  await deleteOrderLines(trx, outcome.removed);
  await insertOrderLines(trx, joined);
  const { totals, tax_summary } = outcome;
  await writeEditedOrder(trx, order.id, { ...totals, tax_summary, shipping_address: address });
  await insertEvent(trx, {
    order: order.id,
    kind: 'edited',
    message: wish.reason,
    data: {
      lines: [
        ...stock.changes.map(({ line, delta }) => ({
          sku: line.sku,
          name: line.name,
          from: line.quantity,
          to: line.quantity + delta,
        })),
        ...joined.map((line) => ({ sku: line.sku, name: line.name, from: 0, to: line.quantity })),
      ],
      ...(wish.shipping_address && { shipping_address: { from: order.shipping_address, to: address } }),
      total_minor: { from: order.total_minor, to: totals.total_minor },
    },
    actor_kind: 'staff',
    actor,
  });
}

/** What each promotion gives more on the lines, or less. */
function redemptionMoves(
  lines: EditedOrderFacts['lines'],
  outcome: Plan['outcome'],
): { promotion: string; delta_minor: number }[] {
  const after = new Map(
    outcome.changed.flatMap((line) => line.discounts.map((each) => [each.id, each.amount_minor] as const)),
  );
  const moves = new Map<string, number>();
  for (const line of lines) {
    const isRemoved = outcome.removed.includes(line.id);
    for (const { id, promotion, amount_minor } of line.discounts) {
      const now = isRemoved ? 0 : (after.get(id) ?? amount_minor);
      if (promotion !== null && now !== amount_minor)
        moves.set(promotion, (moves.get(promotion) ?? 0) + now - amount_minor);
    }
  }
  return [...moves].map(([promotion, delta_minor]) => ({ promotion, delta_minor }));
}
