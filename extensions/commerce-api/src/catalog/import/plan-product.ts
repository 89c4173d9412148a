/**
 * Turns the lines of one handle into the product they describe. Pure. What cannot be used is said, with its line, and the
 * rest goes on.
 */
import { toMinor } from '../../core/money.ts';
import { cleanHtml } from './clean-html.ts';
import { optionReader, type ProductOption } from './plan-options.ts';
import type { Column, CsvRow, ProductRows } from './read-shopify-csv.ts';
import { slugify } from './slug.ts';

export interface ImportIssue {
  /** An error left something out; a warning changed it. */
  severity: 'error' | 'warning';
  line: number;
  handle: string;
  column: Column;
  problem: string;
}

export interface Named {
  slug: string;
  name: string;
}

export interface ImagePlan {
  url: string;
  alt: string | null;
  sort: number;
}

export interface VariantPlan {
  line: number;
  sku: string;
  title: string;
  option_values: Record<string, string>;
  price_minor: number;
  compare_at_price_minor: number | null;
  currency: string;
  track_stock: boolean;
  allow_backorder: boolean;
  sort: number;
  /** The file says nothing about what is null below. */
  cost_minor: number | null;
  barcode: string | null;
  weight_grams: number | null;
  image_url: string | null;
  /** Units to have, or null when stock is not tracked or not given. */
  quantity: number | null;
}

export interface ProductPlan {
  line: number;
  handle: string;
  slug: string;
  name: string;
  status: 'draft' | 'published' | 'archived';
  kind: 'physical' | 'digital' | 'gift_card';
  /** No variant is taxed. */
  untaxed: boolean;
  description: string | null;
  seo_title: string | null;
  seo_description: string | null;
  brand: Named | null;
  category: Named | null;
  tags: Named[];
  options: ProductOption[];
  images: ImagePlan[];
  variants: VariantPlan[];
}

type Report = (severity: ImportIssue['severity'], row: CsvRow, column: Column, problem: string) => void;

const LONGEST_NAME = 255;
const LONGEST_BARCODE = 64;
const LONGEST_URL = 2048;
const LARGEST_COUNT = 2_147_483_647;
const VARIANT_COLUMNS: readonly Column[] = ['Option1 Value', 'Variant SKU', 'Variant Price'];

/**
 * Plans one product. Amounts become minor units of `currency`; a decimal with more digits than the currency has is refused.
 * @returns no plan when nothing of the product can be sold; the issues say why
 */
export function planProduct(
  { handle, rows }: ProductRows,
  { currency }: { currency: string },
): { plan: ProductPlan | null; issues: ImportIssue[] } {
  const issues: ImportIssue[] = [];
  const report: Report = (severity, row, column, problem) =>
    issues.push({ severity, line: row.line, handle, column, problem });
  const first = rows.find((row) => cell(row, 'Title') !== '') ?? rows[0];
  const slug = slugOf(handle);
  if (!first) return { plan: null, issues };
  if (slug === '') {
    for (const row of rows) report('error', row, 'Handle', 'The line names no product.');
    return { plan: null, issues };
  }
  if (cell(first, 'Title') === '') {
    report('error', first, 'Title', 'The product has no title.');
    return { plan: null, issues };
  }
  const { options, variants } = planVariants(slug, rows, currency, report);
  if (variants.length === 0) {
    report('error', first, 'Variant Price', 'No line of the product can be sold, so it was left out.');
    return { plan: null, issues };
  }
  const plan: ProductPlan = {
    line: first.line,
    handle,
    slug,
    name: short(first, 'Title', report),
    status: statusOf(first, report),
    kind: kindOf(first, rows),
    untaxed: rows.filter(isVariant).every((row) => cell(row, 'Variant Taxable').toLowerCase() === 'false'),
    description: cleanHtml(cell(first, 'Body (HTML)')) || null,
    seo_title: short(first, 'SEO Title', report) || null,
    seo_description: cell(first, 'SEO Description') || null,
    brand: named(short(first, 'Vendor', report)),
    category: named(short(first, 'Type', report)),
    tags: tagsOf(first),
    options,
    images: planImages(rows, report),
    variants,
  };
  if (plan.name.includes('\uFFFD'))
    report('warning', first, 'Title', 'The file is not UTF-8; letters were lost.');
  return { plan, issues };
}

function planVariants(
  slug: string,
  rows: readonly CsvRow[],
  currency: string,
  report: Report,
): { options: ProductOption[]; variants: VariantPlan[] } {
  const options = optionReader(rows.filter(isVariant), (row, column, problem) =>
    report('warning', row, column, problem),
  );
  const variants: VariantPlan[] = [];
  const lineOfSku = new Map<string, number>();
  const lineOfChoice = new Map<string, number>();
  for (const row of rows.filter(isVariant)) {
    const price_minor = amountOf(row, 'Variant Price', currency, report);
    if (price_minor === null) {
      if (cell(row, 'Variant Price') === '')
        report('error', row, 'Variant Price', 'The variant has no price.');
      continue;
    }
    const option_values = options.valuesOf(row);
    const choice = JSON.stringify(Object.values(option_values));
    const twin = lineOfChoice.get(choice);
    if (twin !== undefined) {
      report('error', row, 'Option1 Value', `The same choice of options stands on line ${twin}.`);
      continue;
    }
    const sku = skuOf(row, slug, Object.values(option_values), lineOfSku);
    const owner = lineOfSku.get(sku);
    if (owner !== undefined) {
      report('error', row, 'Variant SKU', `The SKU ${sku} stands on line ${owner} already.`);
      continue;
    }
    lineOfChoice.set(choice, row.line);
    lineOfSku.set(sku, row.line);
    const compare = amountOf(row, 'Variant Compare At Price', currency, report);
    const track_stock = cell(row, 'Variant Inventory Tracker') !== '';
    variants.push({
      line: row.line,
      sku,
      title: Object.values(option_values).join(' / ').slice(0, LONGEST_NAME),
      option_values,
      price_minor,
      compare_at_price_minor: compare !== null && compare > price_minor ? compare : null,
      currency,
      track_stock,
      allow_backorder: cell(row, 'Variant Inventory Policy').toLowerCase() === 'continue',
      sort: variants.length + 1,
      cost_minor: amountOf(row, 'Cost per item', currency, report),
      barcode: unquoted(cell(row, 'Variant Barcode')).slice(0, LONGEST_BARCODE) || null,
      weight_grams: weightOf(row, report),
      image_url: urlOf(row, 'Variant Image', report),
      quantity: track_stock ? quantityOf(row, report) : null,
    });
  }
  return { options: options.usedBy(variants.map((variant) => variant.option_values)), variants };
}

function isVariant(row: CsvRow): boolean {
  return VARIANT_COLUMNS.some((column) => cell(row, column) !== '');
}

/** The SKU given, or one that follows from handle and options and stays the same in every run. */
function skuOf(
  row: CsvRow,
  slug: string,
  values: readonly string[],
  taken: ReadonlyMap<string, number>,
): string {
  const given = unquoted(cell(row, 'Variant SKU')).slice(0, LONGEST_NAME);
  if (given !== '') return given;
  const derived = [slug, ...values.map((value) => slugify(value) || encodeURIComponent(value))].join('/');
  if (!taken.has(derived)) return derived.slice(0, LONGEST_NAME);
  return [slug, ...values.map(encodeURIComponent)].join('/').slice(0, LONGEST_NAME);
}

function planImages(rows: readonly CsvRow[], report: Report): ImagePlan[] {
  const images = new Map<string, { url: string; alt: string | null; position: number }>();
  for (const row of rows) {
    const url = urlOf(row, 'Image Src', report);
    if (url === null || images.has(url)) continue;
    const position = Number(cell(row, 'Image Position')) || images.size + 1;
    images.set(url, { url, alt: cell(row, 'Image Alt Text').slice(0, LONGEST_NAME) || null, position });
  }
  return [...images.values()]
    .sort((a, b) => a.position - b.position)
    .map(({ url, alt }, index) => ({ url, alt, sort: index + 1 }));
}

/** `Status` speaks where it is given; a product that is not published online stays a draft either way. */
function statusOf(row: CsvRow, report: Report): ProductPlan['status'] {
  const hidden = cell(row, 'Published').toLowerCase() === 'false';
  const status = cell(row, 'Status').toLowerCase();
  if (status === 'archived') return 'archived';
  if (status === 'draft') return 'draft';
  if (status !== '' && status !== 'active')
    report('warning', row, 'Status', `Unknown status ${status}; taken as active.`);
  return hidden ? 'draft' : 'published';
}

function kindOf(first: CsvRow, rows: readonly CsvRow[]): ProductPlan['kind'] {
  if (cell(first, 'Gift Card').toLowerCase() === 'true') return 'gift_card';
  const isShipped = rows
    .filter(isVariant)
    .some((row) => cell(row, 'Variant Requires Shipping').toLowerCase() !== 'false');
  return isShipped ? 'physical' : 'digital';
}

function tagsOf(row: CsvRow): Named[] {
  const tags = cell(row, 'Tags')
    .split(',')
    .map((tag) => named(tag.trim().slice(0, LONGEST_NAME)))
    .filter((tag) => tag !== null);
  return [...new Map(tags.map((tag) => [tag.slug, tag])).values()];
}

function named(name: string): Named | null {
  const slug = slugify(name).slice(0, LONGEST_NAME);
  return slug === '' ? null : { slug, name };
}

function slugOf(handle: string): string {
  const isAddress = /^[^\s/?#%&]+$/u.test(handle);
  return (isAddress ? handle : slugify(handle)).slice(0, LONGEST_NAME);
}

function amountOf(row: CsvRow, column: Column, currency: string, report: Report): number | null {
  const text = cell(row, column);
  if (text === '') return null;
  try {
    const amount = toMinor(text, currency);
    if (amount >= 0) return amount;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  report('error', row, column, `${quoted(text)} is not an amount in ${currency}, such as 19.99.`);
  return null;
}

function quantityOf(row: CsvRow, report: Report): number | null {
  const text = cell(row, 'Variant Inventory Qty');
  if (text === '') return null;
  const quantity = Number(text);
  if (!Number.isInteger(quantity) || quantity > LARGEST_COUNT) {
    report('error', row, 'Variant Inventory Qty', `${quoted(text)} is not a number of units.`);
    return null;
  }
  if (quantity >= 0) return quantity;
  report('warning', row, 'Variant Inventory Qty', `${quantity} units were taken as none.`);
  return 0;
}

/** Grams always hold grams; the unit column only says how the other shop shows them. */
function weightOf(row: CsvRow, report: Report): number | null {
  const text = cell(row, 'Variant Grams');
  if (text === '') return null;
  const grams = Math.round(Number(text));
  if (Number.isFinite(grams) && grams >= 0 && grams <= LARGEST_COUNT) return grams;
  report('error', row, 'Variant Grams', `${quoted(text)} is not a weight in grams.`);
  return null;
}

function urlOf(row: CsvRow, column: Column, report: Report): string | null {
  const text = cell(row, column);
  if (text === '') return null;
  if (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text) && text.length <= LONGEST_URL) return text;
  report('error', row, column, `${quoted(text)} is not the http address of a picture.`);
  return null;
}

function short(row: CsvRow, column: Column, report: Report): string {
  const text = cell(row, column);
  if (text.length > LONGEST_NAME)
    report('warning', row, column, `Longer than ${LONGEST_NAME} characters; cut off.`);
  return text.slice(0, LONGEST_NAME);
}

function cell(row: CsvRow, column: Column): string {
  return row.cells[column] ?? '';
}

/** Spreadsheets mark text that looks like a number with a leading apostrophe. */
function unquoted(text: string): string {
  return text.replace(/^'+/, '').trim();
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
