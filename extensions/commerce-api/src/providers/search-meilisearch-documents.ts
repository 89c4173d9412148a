/** A product as Meilisearch keeps it: one document in the index of each language, with what differs by currency side by side. */
import { escapeHtml } from '../core/escape-html.ts';

/** By currency. A product that is not sold in one has no entry there. */
export type ByCurrency<Value> = Record<string, Value>;

export interface IndexedProduct {
  /** The key. No other attribute ends in "id": Meilisearch would guess the key of an index we did not make. */
  product: string;

  /** Words it is found by, as plain text; named as the fields of the other engine. */
  name: string;
  subtitle: string;
  brand: string;
  categories: string;
  tags: string;
  options: string;
  vendor: string;
  description: string;
  /** The same in the languages a shopper of this one may read instead, as far as it says more. */
  other_texts: string[];
  /** SKUs and barcodes, as they are written and as they are compared. */
  codes: string[];

  /** What it is narrowed by and counted in. */
  category_keys: string[];
  brand_keys: string[];
  tag_keys: string[];
  option_keys: ByCurrency<string[]>;
  in_stock: ByCurrency<boolean>;
  price: ByCurrency<number>;
  price_step: ByCurrency<number>;
  rating: number | null;
  rating_step: number | null;
  featured: boolean;

  /** What it is sorted by, ascending, best first. */
  name_key: string;
  age_rank: number;
  featured_rank: number;
  popularity_rank: number;
  rating_rank: number;
  /** For what is found equally well: how much it sells, is liked and can be had. */
  prior: number;
}

/**
 * Meilisearch compares strings without regard to case and to the form of letters, and takes some for numbers. Values of options are
 * compared letter by letter in Kontor, so they are kept as their bytes.
 */
export function exactText(text: string): string {
  return `x${Buffer.from(text, 'utf8').toString('hex')}`;
}

export function textOfExact(exact: string): string {
  return Buffer.from(exact.slice(1), 'hex').toString('utf8');
}

/** Around what was found, until the text is escaped: characters no text has, because `withoutMarks` took them out. */
export const MARK_START = '\u{E000}';
export const MARK_END = '\u{E001}';

/** Text without the characters that stand for marks. */
export function withoutMarks(text: string): string {
  return text.replaceAll(MARK_START, '').replaceAll(MARK_END, '');
}

/** HTML in which only `<mark>` is not escaped; undefined where nothing is marked. */
export function markedHtml(text: string | undefined): string | undefined {
  if (!text?.includes(MARK_START)) return undefined;
  return escapeHtml(text).replaceAll(MARK_START, '<mark>').replaceAll(MARK_END, '</mark>');
}
