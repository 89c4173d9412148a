/** What a refund amounts to, and which units it is for. Pure, but for the errors it throws. */
import { sumMinor } from '../core/money.ts';
import { refundOfLine } from '../core/refund.ts';
import { KontorError } from '../errors.ts';
import type { OrderLineRow, OrderRow } from '../orders/queries.ts';
import type { RefundedUnits } from './refund-queries.ts';

export interface RefundInput {
  /**
   * By itself: so much, for no units in particular. With lines or shipping: less than they cost, when a part is kept. Without any of
   * the three: all that is left.
   */
  amount_minor?: number | undefined;
  lines?: readonly { order_line: string; quantity: number }[] | undefined;
  /**
   * An amount that is all that is left is for all units that are left, too. Not where an order is edited: what an edit keeps is still
   * to be sent.
   */
  takes_units?: boolean | undefined;
  /** What was paid for shipping, tax included. */
  include_shipping?: boolean | undefined;
  /** The units go back on the shelf they left. */
  restock?: boolean | undefined;
  reason?: string | undefined;
  /** `store_credit`: all of it to the customer's account instead of the way it came. */
  to?: 'original' | 'store_credit' | undefined;
  /** The return it is for. */
  return?: string | undefined;
}

export interface RefundPlan {
  amount_minor: number;
  units: RefundedUnits[];
}

/** What is known of an order that gives money back. */
export interface RefundFacts {
  order: Pick<OrderRow, 'total_minor'>;
  lines: readonly OrderLineRow[];
  is_shipping_refunded: boolean;
  /** What was captured and is neither given back nor on its way. */
  refundable_minor: number;
}

/**
 * @throws KontorError NOT_FOUND for a line that is not the order's; REFUND_TOO_MUCH for more units than were bought and not refunded,
 * shipping for the second time, more than the lines cost, or more than is left, each with its `path`
 */
export function planRefund(facts: RefundFacts, input: RefundInput): RefundPlan {
  const { refundable_minor } = facts;
  const isAllLeft = input.takes_units === true && input.amount_minor === refundable_minor;
  const isWhole = (input.amount_minor === undefined || isAllLeft) && !input.lines && !input.include_shipping;
  const units = isWhole ? everything(facts) : [...lineUnits(facts, input), ...shippingUnit(facts, input)];
  const worth_minor = sumMinor(units.map((unit) => unit.amount_minor));
  if (isWhole) return { amount_minor: refundable_minor, units };
  const amount_minor = input.amount_minor ?? worth_minor;
  // No units at all, as in a return of which nothing came, are worth nothing.
  const isForUnits = input.lines !== undefined || input.include_shipping === true;
  if (isForUnits && amount_minor > worth_minor)
    throw new KontorError('REFUND_TOO_MUCH', { path: 'amount_minor', refundable_minor: worth_minor });
  if (amount_minor > refundable_minor)
    throw new KontorError('REFUND_TOO_MUCH', { path: 'amount_minor', refundable_minor });
  return { amount_minor, units };
}

function lineUnits(facts: RefundFacts, { lines = [] }: RefundInput): RefundedUnits[] {
  const wanted = new Map<string, number>();
  for (const [index, { order_line, quantity }] of lines.entries()) {
    const line = facts.lines.find(({ id }) => id === order_line.toLowerCase());
    if (!line) throw new KontorError('NOT_FOUND', { path: `lines.${index}.order_line` });
    const together = (wanted.get(line.id) ?? 0) + quantity;
    const left = line.quantity - line.quantity_refunded;
    if (together > left)
      throw new KontorError('REFUND_TOO_MUCH', { path: `lines.${index}.quantity`, refundable: left });
    wanted.set(line.id, together);
  }
  return unitsOf(facts.lines, wanted);
}

function unitsOf(lines: readonly OrderLineRow[], wanted: ReadonlyMap<string, number>): RefundedUnits[] {
  return lines.flatMap((line) => {
    const quantity = wanted.get(line.id) ?? 0;
    if (quantity === 0) return [];
    const amount_minor = refundOfLine(line, line.quantity_refunded, quantity);
    return [{ order_line: line.id, quantity, amount_minor }];
  });
}

/** What was paid for shipping is what the lines leave of the total, whichever way tax is counted. */
function shippingMinor({ order, lines }: RefundFacts): number {
  return order.total_minor - sumMinor(lines.map((line) => line.total_minor));
}

function shippingUnit(facts: RefundFacts, { include_shipping }: RefundInput): RefundedUnits[] {
  if (!include_shipping) return [];
  if (facts.is_shipping_refunded)
    throw new KontorError('REFUND_TOO_MUCH', { path: 'include_shipping', refundable_minor: 0 });
  return [{ order_line: null, quantity: 1, amount_minor: shippingMinor(facts) }];
}

function everything(facts: RefundFacts): RefundedUnits[] {
  const left = facts.lines.map((line) => [line.id, line.quantity - line.quantity_refunded] as const);
  const shipping_minor = shippingMinor(facts);
  return [
    ...unitsOf(facts.lines, new Map(left)),
    ...(facts.is_shipping_refunded || shipping_minor === 0
      ? []
      : shippingUnit(facts, { include_shipping: true })),
  ];
}
