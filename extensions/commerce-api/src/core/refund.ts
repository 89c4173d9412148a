/** What goes back for returned units, and to where. All amounts are integers in minor units. */
import { compareText } from './compare-text.ts';
import { mulDivHalfUp, requireAmount } from './money.ts';
import type { Moment } from './period.ts';

/**
 * What goes back for `now` further units of a line of which `already` went back. Each call takes the difference of two
 * cumulative amounts, each rounded half up once, so that the parts of a line add up to its total however it is cut.
 * @throws RangeError when a number is negative or no integer, or more units would go back than were sold.
 */
export function refundOfLine(
  line: { total_minor: number; quantity: number },
  already: number,
  now: number,
): number {
  for (const value of [line.total_minor, already, now]) requireAmount(value);
  const { total_minor, quantity } = line;
  if (already + now > quantity) {
    throw new RangeError(`${already + now} units of a line of ${quantity} cannot go back`);
  }
  return mulDivHalfUp(total_minor, already + now, quantity) - mulDivHalfUp(total_minor, already, quantity);
}

/** A payment of an order that may give money back, gift cards and store credit among them. */
export interface RefundablePayment {
  id: string;
  provider: string;
  captured_minor: number;
  /** What went back already, or is on its way. */
  refunded_minor: number;
  created_at: Moment;
}

export interface RefundSplit {
  /** In the order they are to be refunded, none of them zero. */
  parts: { payment: string; amount_minor: number }[];
  /** What no payment is left for. */
  rest_minor: number;
}

/**
 * Shares a refund over the payments of an order: money goes back first to where it came from outside (the provider), then to
 * store credit, then to gift cards; of a kind the newest first. None gives more than it captured and has left.
 * @throws RangeError when an amount is negative or no integer.
 */
export function splitRefund(amount_minor: number, payments: readonly RefundablePayment[]): RefundSplit {
  requireAmount(amount_minor);
  const ordered = [...payments].sort(
    (a, b) => rankOf(a) - rankOf(b) || timeOf(b.created_at) - timeOf(a.created_at) || compareText(b.id, a.id),
  );
  const parts: RefundSplit['parts'] = [];
  let rest_minor = amount_minor;
  for (const { id, captured_minor, refunded_minor } of ordered) {
    requireAmount(captured_minor);
    requireAmount(refunded_minor);
    const part_minor = Math.min(rest_minor, Math.max(0, captured_minor - refunded_minor));
    if (part_minor > 0) parts.push({ payment: id, amount_minor: part_minor });
    rest_minor -= part_minor;
  }
  return { parts, rest_minor };
}

function rankOf({ provider }: RefundablePayment): number {
  if (provider === 'gift_card') return 2;
  return provider === 'store_credit' ? 1 : 0;
}

function timeOf(moment: Moment): number {
  return new Date(moment).getTime();
}
