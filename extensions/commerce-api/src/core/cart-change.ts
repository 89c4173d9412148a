/**
 * Changes to the lines of a cart: what a shopper may put in, and how much of it. Pure; each change answers the new lines, or why
 * nothing is changed.
 */
import { mulDivHalfUp, sumMinor } from './money.ts';
import type { PriceFacts } from './prices.ts';

export interface CartLine {
  id: string;
  variant: string;
  quantity: number;
  metadata: Record<string, unknown> | null;
  /** Tells lines of one variant apart; the same metadata gives the same key, none the empty one. */
  metadata_key: string;
  sort: number | null;
  /** What staff wrote into a draft. */
  unit_price_minor: number | null;
}

export type NewLine = Pick<CartLine, 'id' | 'variant' | 'quantity' | 'metadata' | 'metadata_key'>;

/** What may be put into a cart, and what there is of it. */
export interface GoodsFacts {
  currency: string;
  /** Of the shop, for all lines of one variant together. */
  max_quantity_per_line: number;
  variants: readonly OfferedVariant[];
  /** Of the variants and of the parts of those that are bundles. */
  stock: readonly StockFacts[];
}

export interface OfferedVariant {
  variant: string;
  sku: string;
  is_published: boolean;
  price_minor: number;
  price_currency: string;
  prices: readonly PriceFacts[];
  max_per_order: number | null;
  /** Of a bundle, per unit sold; empty for what is sold from its own stock. */
  parts: readonly { variant: string; quantity: number }[];
}

export interface StockFacts {
  variant: string;
  track_stock: boolean;
  allow_backorder: boolean;
  backorder_limit: number | null;
  /** On hand and not reserved, places in debt counting as none. */
  free: number;
  /** What is promised beyond what is there. */
  owed: number;
  /** Without any there is nowhere to write a promise. */
  has_level: boolean;
}

export type LineRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'CART_FULL'; limit: number }
  | { code: 'NOT_FOR_SALE'; variant: string; currency: string }
  | { code: 'QUANTITY_LIMIT'; variant: string; sku: string; limit: number }
  | { code: 'INSUFFICIENT_STOCK'; variant: string; sku: string; requested: number; available: number };

export type ChangedLines = { ok: true; lines: CartLine[] } | { ok: false; refusal: LineRefusal };

/** Lines of one cart: enough for any shopper, and few enough to be priced at once. */
export const MAX_LINES = 200;

/** Adds each to the line of the same variant and metadata, or after the last as a new one. All of them, or none. */
export function withLines(
  lines: readonly CartLine[],
  added: readonly NewLine[],
  facts: GoodsFacts,
): ChangedLines {
  const after = lines.map((line) => ({ ...line }));
  let sort = Math.max(0, ...lines.map((line) => line.sort ?? 0));
  for (const each of added) {
    const same = after.find(
      (line) => line.variant === each.variant && line.metadata_key === each.metadata_key,
    );
    if (same) same.quantity += each.quantity;
    else after.push({ ...each, sort: (sort += 1), unit_price_minor: null });
  }
  if (after.length > Math.max(MAX_LINES, lines.length)) {
    return { ok: false, refusal: { code: 'CART_FULL', limit: MAX_LINES } };
  }
  return checked(lines, after, facts);
}

/** Sets the quantity of one line. Fewer are always let through, also of what is no longer for sale. */
export function withQuantity(
  lines: readonly CartLine[],
  id: string,
  quantity: number,
  facts: GoodsFacts,
): ChangedLines {
  if (!lines.some((line) => line.id === id)) return { ok: false, refusal: { code: 'NOT_FOUND' } };
  const after = lines.map((line) => (line.id === id ? { ...line, quantity } : line));
  return checked(lines, after, facts);
}

export function withoutLine(lines: readonly CartLine[], id: string): ChangedLines {
  const after = lines.filter((line) => line.id !== id);
  return after.length < lines.length
    ? { ok: true, lines: after }
    : { ok: false, refusal: { code: 'NOT_FOUND' } };
}

/** Whether every line has a price in the currency of the facts, as a cart that changes its currency needs. */
export function inCurrency(lines: readonly CartLine[], facts: GoodsFacts): ChangedLines {
  const variants = byId(facts.variants);
  for (const { variant } of lines) {
    const offered = variants.get(variant);
    if (!offered || basePrice(offered, facts.currency) === null) {
      return { ok: false, refusal: { code: 'NOT_FOR_SALE', variant, currency: facts.currency } };
    }
  }
  return { ok: true, lines: [...lines] };
}

/** The variant's own price in its own currency; in another, the base price entered for that one. Nothing is converted. */
export function basePrice(
  { price_minor, price_currency, prices }: Pick<OfferedVariant, 'price_minor' | 'price_currency' | 'prices'>,
  currency: string,
): number | null {
  if (price_currency === currency) return price_minor;
  const entered = prices.find((price) => price.price_list === null && price.min_quantity === 1);
  return entered?.amount_minor ?? null;
}

/**
 * How many of a variant a cart may hold, beside what its other lines take: of itself, or of each part of a bundle. Infinity
 * where nobody counts. A backorder reaches as far as its limit, and nowhere without a stock level.
 */
export function mostOf(variant: string, lines: readonly CartLine[], facts: GoodsFacts): number {
  const variants = byId(facts.variants);
  const stock = byId(facts.stock);
  const taken = new Map<string, number>();
  for (const line of lines.filter((each) => each.variant !== variant)) {
    for (const unit of unitsOf(line.variant, variants)) {
      const more = mulDivHalfUp(line.quantity, unit.quantity, 1);
      taken.set(unit.variant, (taken.get(unit.variant) ?? 0) + more);
    }
  }
  const most = unitsOf(variant, variants).map((unit) =>
    Math.floor((supplyOf(stock.get(unit.variant)) - (taken.get(unit.variant) ?? 0)) / unit.quantity),
  );
  return Math.max(0, Math.min(...most));
}

/** Looks at the variants of which there are more than before. */
function checked(before: readonly CartLine[], after: readonly CartLine[], facts: GoodsFacts): ChangedLines {
  const variants = byId(facts.variants);
  for (const variant of new Set(after.map((line) => line.variant))) {
    const requested = quantityOf(variant, after);
    if (requested <= quantityOf(variant, before)) continue;
    const refusal = refusalOf(variant, requested, after, variants.get(variant), facts);
    if (refusal) return { ok: false, refusal };
  }
  return { ok: true, lines: [...after] };
}

function refusalOf(
  variant: string,
  requested: number,
  lines: readonly CartLine[],
  offered: OfferedVariant | undefined,
  facts: GoodsFacts,
): LineRefusal | null {
  if (!offered?.is_published || basePrice(offered, facts.currency) === null) {
    return { code: 'NOT_FOR_SALE', variant, currency: facts.currency };
  }
  const { sku, max_per_order } = offered;
  const limit = Math.min(facts.max_quantity_per_line, max_per_order ?? Infinity);
  if (requested > limit) return { code: 'QUANTITY_LIMIT', variant, sku, limit };
  const available = mostOf(variant, lines, facts);
  return requested > available ? { code: 'INSUFFICIENT_STOCK', variant, sku, requested, available } : null;
}

function quantityOf(variant: string, lines: readonly CartLine[]): number {
  return sumMinor(lines.filter((line) => line.variant === variant).map((line) => line.quantity));
}

function unitsOf(variant: string, variants: ReadonlyMap<string, OfferedVariant>) {
  const parts = variants.get(variant)?.parts ?? [];
  return parts.length > 0 ? parts : [{ variant, quantity: 1 }];
}

function supplyOf(stock: StockFacts | undefined): number {
  if (!stock) return 0;
  if (!stock.track_stock) return Infinity;
  if (!stock.has_level) return 0;
  if (!stock.allow_backorder) return stock.free;
  return stock.free + Math.max(0, (stock.backorder_limit ?? Infinity) - stock.owed);
}

function byId<Row extends { variant: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.variant, row]));
}
