/**
 * Magento's sample shop "Luma" as a catalogue of ours. The files lie beside the checkout where a developer has them; nothing here
 * touches a database.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

const FILES = join(import.meta.dirname, '../../../shared/data/magento-luma');

/** Magento's data is not ours to publish. */
export const hasLuma = existsSync(FILES);

export type LumaRow = Record<string, string>;

/** Rows of a file by the names of its columns; cells are as they are, dollars and lists as text. */
export function lumaRows(path: string): LumaRow[] {
  const content = readFileSync(join(FILES, path));
  return parse(path.endsWith('.gz') ? gunzipSync(content) : content, { columns: true });
}

export interface LumaCategory {
  url_key: string;
  name: string;
  /** The names from the top down to it, with slashes. */
  path: string;
  /** The URL key above it. */
  parent: string | null;
}

export interface LumaProduct {
  sku: string;
  name: string;
  kind: 'physical' | 'digital' | 'bundle';
  /** URL keys. */
  categories: string[];
  is_sale: boolean;
  variants: LumaVariant[];
}

export interface LumaVariant {
  sku: string;
  price_minor: number;
  /** Magento's special price. */
  sale_minor: number | null;
  /** Magento's manufacturer's suggested retail price. */
  compare_at_minor: number | null;
  option_values: Record<string, string>;
  /** What lies in stock; null where none is kept. */
  quantity: number | null;
  /** SKUs of what a bundle is made of. */
  parts: string[];
}

/** Dollars as Magento writes them. */
export function minorOf(dollars: string): number {
  return Math.round(Number(dollars) * 100);
}

/** Each category once, parents before children; several modules name the same ones. */
export function lumaCategories(): LumaCategory[] {
  const files = ['Catalog', 'Configurable', 'Downloadable'].map((module) => `${module}/categories.csv`);
  const known = new Map<string, LumaCategory>();
  for (const row of files.flatMap(lumaRows)) {
    const { name, url_key, path: above } = cells(row, 'name', 'url_key', 'path');
    const parent = above === '' ? null : known.get(above)!.url_key;
    const path = above === '' ? name : `${above}/${name}`;
    known.set(path, { url_key, name, path, parent });
  }
  return [...known.values()];
}

/** All of it: clothes in sizes and colours, gear, downloads and the yoga kit. */
export function lumaProducts(categories: readonly LumaCategory[]): LumaProduct[] {
  const gear = ['bags', 'fitness_equipment', 'watches'].flatMap((kind) =>
    lumaRows(`Catalog/SimpleProduct/products_gear_${kind}.csv`).map((row) => gearProduct(row, categories)),
  );
  const balls = lumaRows('Catalog/SimpleProduct/products_gear_fitness_equipment_ball.csv');
  const straps = lumaRows('Catalog/SimpleProduct/products_gear_fitness_equipment_strap.csv');
  const [set] = lumaRows('GroupedProduct/yoga_grouped.csv');
  const [kit] = lumaRows('Bundle/yoga_bundle.csv');
  const parts = [
    ...balls,
    ...straps,
    ...lumaRows('Catalog/SimpleProduct/products_gear_fitness_equipment.csv'),
  ];
  return [
    ...clothes(categories),
    ...gear,
    matrix({ sku: '24-WG081', name: 'Sprite Stasis Ball' }, balls, categories),
    matrix(cells(set!, 'sku', 'name'), straps, categories),
    ...downloads(categories),
    yogaKit(kit!, parts, categories),
  ];
}

/** Magento's configurable products: each lists its variants, which are rows of their own. */
function clothes(categories: readonly LumaCategory[]): LumaProduct[] {
  const all = lumaRows('Configurable/products.csv.gz');
  const simple = new Map(all.map((row) => [row['sku'], row]));
  const msrp = new Map(lumaRows('Msrp/products_msrp.csv').map((row) => [row['sku'], row['msrp']]));
  return all
    .filter((row) => row['product_type'] === 'configurable')
    .map((row) => ({
      ...cells(row, 'sku', 'name'),
      kind: 'physical',
      categories: categoriesAt(row['categories']!.split(','), categories),
      is_sale: pairs(row['additional_attributes']!)['sale'] === 'Yes',
      variants: row['configurable_variations']!.split('|').map((variation) => {
        const { sku, size, color } = pairs(variation);
        const { price, qty } = cells(simple.get(sku)!, 'price', 'qty');
        const suggested = msrp.get(row['sku']);
        return {
          ...plainVariant({ sku: sku!, price, qty }),
          compare_at_minor: suggested === undefined ? null : minorOf(suggested),
          option_values: { Size: size!, Color: color! },
        };
      }),
    }));
}

function gearProduct(row: LumaRow, categories: readonly LumaCategory[]): LumaProduct {
  const special = row['special_price'] ?? '';
  return {
    ...cells(row, 'sku', 'name'),
    kind: 'physical',
    categories: categoriesNamed(row, categories),
    is_sale: row['sale'] === '1',
    variants: [{ ...plainVariant(row), sale_minor: special === '' ? null : minorOf(special) }],
  };
}

/**
 * Balls and straps are simple products that Magento hides: the yoga kit sells them, and the straps as a grouped product. With us
 * each is one product whose size (and colour) the shopper chooses, and each choice can be bought singly, too.
 */
function matrix(
  product: Pick<LumaProduct, 'sku' | 'name'>,
  rows: readonly LumaRow[],
  categories: readonly LumaCategory[],
): LumaProduct {
  return {
    ...product,
    kind: 'physical',
    categories: categoriesNamed(rows[0]!, categories),
    is_sale: false,
    variants: rows.map((row) => ({
      ...plainVariant(row),
      option_values: { Size: row['size']!, ...(row['color'] && { Color: row['color'] }) },
    })),
  };
}

/**
 * Where links are sold separately each is a variant at its own price on top of the product's, which Magento adds up on one line;
 * elsewhere the link's price means nothing.
 */
function downloads(categories: readonly LumaCategory[]): LumaProduct[] {
  const links = lumaRows('Downloadable/downloadable_data_training_video_download.csv');
  return lumaRows('Downloadable/products_training_video_download.csv').map((row) => {
    const { sku, name, price } = cells(row, 'sku', 'name', 'price');
    const own = links.filter((link) => link['product_sku'] === sku);
    const variants = own.map(({ link_item_title, link_item_price }, index) => ({
      ...plainVariant({ sku: `${sku}-${index + 1}`, price: link_item_price! }),
      price_minor: minorOf(price) + minorOf(link_item_price!),
      option_values: { Download: link_item_title! },
    }));
    const isSeparate = row['links_purchased_separately'] === '1';
    return {
      sku,
      name,
      kind: 'digital',
      categories: categoriesNamed(row, categories),
      is_sale: false,
      variants: isSeparate ? variants : [plainVariant({ sku, price })],
    };
  });
}

/**
 * Every combination a shopper can choose is a variant, named like Magento names what is ordered: the kit's SKU and those of its
 * parts. It costs what its parts do. Magento adds that up anew for each cart, a variant has a price of its own.
 */
function yogaKit(row: LumaRow, parts: readonly LumaRow[], categories: readonly LumaCategory[]): LumaProduct {
  const { sku, name } = cells(row, 'sku', 'name');
  const partOf = new Map(parts.map((part) => [part['sku']!, part]));
  const choices = row['bundle_options']!.split('\n').map((line) => {
    const [title, answers] = line.split('|radio:');
    return { title: title!.trim(), skus: answers!.trim().split(',') };
  });
  const combinations = choices.reduce<string[][]>(
    (chosen, { skus }) => chosen.flatMap((before) => skus.map((each) => [...before, each])),
    [[]],
  );
  return {
    sku,
    name,
    kind: 'bundle',
    categories: categoriesNamed(row, categories),
    is_sale: false,
    variants: combinations.map((chosen) => ({
      ...plainVariant({ sku: [sku, ...chosen].join('-') }),
      price_minor: chosen.reduce((sum, part) => sum + minorOf(partOf.get(part)!['price']!), 0),
      option_values: Object.fromEntries(
        choices.flatMap(({ title, skus }, index) =>
          skus.length > 1 ? [[title, partOf.get(chosen[index]!)!['name']!.trim()]] : [],
        ),
      ),
      parts: chosen,
    })),
  };
}

function plainVariant({ sku, price = '0', qty }: LumaRow): LumaVariant {
  return {
    sku: sku!,
    price_minor: minorOf(price),
    sale_minor: null,
    compare_at_minor: null,
    option_values: {},
    quantity: qty === undefined ? null : Number(qty),
    parts: [],
  };
}

/** Paths below Magento's root, which is itself no shelf of the shop. */
function categoriesAt(paths: readonly string[], categories: readonly LumaCategory[]): string[] {
  return paths.flatMap((each) => {
    const path = each.replace(/^Default Category\/?/, '');
    if (path === '') return [];
    const found = categories.find((category) => category.path === path);
    if (!found) throw new Error(`There is no category ${path}`);
    return [found.url_key];
  });
}

/** Gear lists the names of its categories and of those above them, one a line; a name that is nowhere Magento leaves out. */
function categoriesNamed(row: LumaRow, categories: readonly LumaCategory[]): string[] {
  const names = new Set(row['category']!.split('\n').map((name) => name.trim()));
  return [...names].flatMap((name) => categories.find((category) => category.name === name)?.url_key ?? []);
}

/** `size=XS,color=Black` */
function pairs(text: string): LumaRow {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=', 2) as [string, string]));
}

/** @throws Error when a column is not there: a file of another version */
function cells<Name extends string>(row: LumaRow, ...names: Name[]): Record<Name, string> {
  const entries = names.map((name) => {
    const cell = row[name];
    if (cell === undefined)
      throw new Error(`There is no column ${name} beside ${Object.keys(row).join(', ')}`);
    return [name, cell.trim()];
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}
