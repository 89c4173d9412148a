import { compareText } from './compare-text.ts';
import { mulDivHalfUp, shareByLargestRemainder, sumMinor } from './money.ts';
import type { ProductKind } from './product-kind.ts';
import type { TaxSummaryEntry } from './quote.ts';
import { taxOf } from './tax.ts';

export interface OrderTotals {
  subtotal_minor: number;
  discount_minor: number;
  shipping_minor: number;
  tax_minor: number;
  total_minor: number;
}

/** An order as it is booked. */
export interface BookedOrder extends OrderTotals {
  prices_include_tax: boolean;
  tax_summary: readonly TaxSummaryEntry[];
  lines: readonly BookedLine[];
}

export interface LineAmounts {
  quantity: number;
  subtotal_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
}

export interface BookedLine extends LineAmounts {
  id: string;
  product_kind: ProductKind;
  unit_price_minor: number;
  tax_rate_ppm: number;
  tax_name: string | null;
  quantity_fulfilled: number;
  quantity_refunded: number;
  quantity_returned: number;
  /** In a parcel that is being packed. */
  packed: number;
  /** Over how many units its discounts were given when the order was placed. */
  quantity_placed: number;
  discounts: readonly BookedDiscount[];
}

/** What one promotion takes off a line; amounts are positive. */
export interface BookedDiscount {
  id: string;
  amount_minor: number;
  /** What it was over `quantity_placed` units. */
  placed_minor: number;
}

/** A line that joins the order, as the pipeline priced it: without promotions. */
export interface AddedLine extends LineAmounts {
  id: string;
  product_kind: ProductKind;
  tax_rate_ppm: number;
  tax_name: string | null;
}

export interface OrderEdit {
  /** The quantity each line shall have; none removes it. Lines that are not named stay as they are. */
  quantities: readonly { line: string; quantity: number }[];
  added: readonly AddedLine[];
}

export interface EditedLine extends LineAmounts {
  id: string;
  discounts: { id: string; amount_minor: number }[];
}

/**
 * `below_kept`: units that were handed over or packed, or whose money went back, cannot leave the order. `gift_card`: those are issued when
 * their order is paid, so an edit neither adds nor changes them. `unattributed_discount`: the line's discount does not say which
 * promotion gave it. `nothing_left`: an order without lines is cancelled instead.
 */
export type EditRefusal =
  | 'unknown_line'
  | 'named_twice'
  | 'below_kept'
  | 'gift_card'
  | 'unattributed_discount'
  | 'nothing_left';

export type EditOutcome =
  | { ok: false; reason: EditRefusal; line: string | null; at_least?: number }
  | {
      ok: true;
      totals: OrderTotals;
      tax_summary: TaxSummaryEntry[];
      /** Lines whose quantity changes, without those that go. */
      changed: EditedLine[];
      removed: string[];
      /** What the order costs more, or less where negative. */
      difference_minor: number;
    };

/**
 * What an order amounts to after staff edited it. All amounts are integers in minor units.
 *
 * - A line that stays keeps its unit price, its tax rate and its discount per unit. The discount is a cumulative share of what was
 *   given when the order was placed, `discount × quantity / quantity placed`, rounded half up once and then shared over its
 *   promotions by largest remainder. So 3 → 2 → 1 and back to 3 ends where it began, and further units get the discount, too.
 * - A line whose quantity does not change is not touched at all.
 * - Added lines come as they are priced now, without promotions. More of what is ordered already is a higher quantity, at the
 *   price agreed then.
 * - Shipping stays, and with it its tax, also when nothing is left to ship.
 * - The tax of each line is computed as the pipeline does; the summary moves by what its lines moved.
 * @throws RangeError when a sum leaves the safe integers.
 */
export function editOrder(order: BookedOrder, edit: OrderEdit): EditOutcome {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const wanted = new Map(edit.quantities.map(({ line, quantity }) => [line, quantity]));
  if (wanted.size < edit.quantities.length) return refused('named_twice');
  const giftCard = edit.added.find((line) => line.product_kind === 'gift_card');
  if (giftCard) return refused('gift_card', giftCard.id);

  const removed: BookedLine[] = [];
  const changed: { before: BookedLine; after: EditedLine }[] = [];
  for (const [id, quantity] of wanted) {
    const before = lines.get(id);
    if (!before) return refused('unknown_line', id);
    if (quantity === before.quantity) continue;
    const refusal = refusalOf(before, quantity);
    if (refusal) return refusal;
    if (quantity === 0) removed.push(before);
    else changed.push({ before, after: editedLine(before, quantity, order.prices_include_tax) });
  }
  if (removed.length === order.lines.length && edit.added.length === 0) return refused('nothing_left');

  const gone: TaxedLine[] = [...removed, ...changed.map(({ before }) => before)];
  const come: TaxedLine[] = [
    ...changed.map(({ before, after }) => ({
      tax_rate_ppm: before.tax_rate_ppm,
      tax_name: before.tax_name,
      ...after,
    })),
    ...edit.added,
  ];
  const totals = movedTotals(order, gone, come);
  return {
    ok: true,
    totals,
    tax_summary: movedSummary(order.tax_summary, gone, come),
    changed: changed.map(({ after }) => after),
    removed: removed.map((line) => line.id),
    difference_minor: totals.total_minor - order.total_minor,
  };
}

/**
 * How many units of a line must stay: those handed over, and of those whose money went back the ones that were not returned,
 * since nobody says that they are the same.
 */
export function keptUnits(
  line: Pick<BookedLine, 'quantity' | 'quantity_fulfilled' | 'quantity_refunded' | 'quantity_returned'>,
): number {
  const { quantity, quantity_fulfilled, quantity_refunded, quantity_returned } = line;
  const refunded_here = Math.max(0, quantity_refunded - quantity_returned);
  return Math.min(quantity, Math.max(quantity_fulfilled + refunded_here, quantity_refunded));
}

type TaxedLine = LineAmounts & Pick<BookedLine, 'tax_rate_ppm' | 'tax_name'>;

function refused(reason: EditRefusal, line: string | null = null): EditOutcome & { ok: false } {
  return { ok: false, reason, line };
}

function refusalOf(line: BookedLine, quantity: number): (EditOutcome & { ok: false }) | null {
  if (line.product_kind === 'gift_card') return refused('gift_card', line.id);
  const at_least = keptUnits(line) + line.packed;
  if (quantity < at_least) return { ...refused('below_kept', line.id), at_least };
  const attributed_minor = sumMinor(line.discounts.map((each) => each.amount_minor));
  return attributed_minor === line.discount_minor ? null : refused('unattributed_discount', line.id);
}

function editedLine(line: BookedLine, quantity: number, prices_include_tax: boolean): EditedLine {
  const placed = line.discounts.map((each) => each.placed_minor);
  const subtotal_minor = mulDivHalfUp(line.unit_price_minor, quantity, 1);
  const discount_minor = mulDivHalfUp(sumMinor(placed), quantity, line.quantity_placed);
  const shares = shareByLargestRemainder(discount_minor, placed);
  const amount_minor = subtotal_minor - discount_minor;
  const tax_minor = taxOf(amount_minor, line.tax_rate_ppm, prices_include_tax);
  return {
    id: line.id,
    quantity,
    subtotal_minor,
    discount_minor,
    tax_minor,
    total_minor: prices_include_tax ? amount_minor : sumMinor([amount_minor, tax_minor]),
    discounts: line.discounts.map(({ id }, index) => ({ id, amount_minor: shares[index]! })),
  };
}

function movedTotals(
  order: BookedOrder,
  gone: readonly LineAmounts[],
  come: readonly LineAmounts[],
): OrderTotals {
  const moved = (amount: 'subtotal_minor' | 'discount_minor' | 'tax_minor' | 'total_minor') =>
    sumMinor([order[amount], ...come.map((line) => line[amount]), ...gone.map((line) => -line[amount])]);
  return {
    subtotal_minor: moved('subtotal_minor'),
    discount_minor: moved('discount_minor'),
    shipping_minor: order.shipping_minor,
    tax_minor: moved('tax_minor'),
    total_minor: moved('total_minor'),
  };
}

/** What shipping adds to the summary stays in it, whatever rate it bears. */
function movedSummary(
  summary: readonly TaxSummaryEntry[],
  gone: readonly TaxedLine[],
  come: readonly TaxedLine[],
): TaxSummaryEntry[] {
  const entries = new Map(summary.map((entry) => [`${entry.rate_ppm} ${entry.name}`, { ...entry }]));
  const move = (
    sign: 1 | -1,
    { tax_name: name, tax_rate_ppm: rate_ppm, tax_minor, total_minor }: TaxedLine,
  ) => {
    if (name === null) return;
    const key = `${rate_ppm} ${name}`;
    const entry = entries.get(key) ?? { name, rate_ppm, taxable_minor: 0, tax_minor: 0 };
    entries.set(key, {
      ...entry,
      taxable_minor: entry.taxable_minor + sign * (total_minor - tax_minor),
      tax_minor: entry.tax_minor + sign * tax_minor,
    });
  };
  for (const line of gone) move(-1, line);
  for (const line of come) move(1, line);
  return [...entries.values()]
    .filter((entry) => entry.taxable_minor !== 0 || entry.tax_minor !== 0)
    .sort((a, b) => b.rate_ppm - a.rate_ppm || compareText(a.name, b.name));
}
