/** Fills a catalogue row by row, as the admin app does. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';

export interface MadeProduct {
  id: string;
  slug: string;
  variant: string;
}

type Values = Record<string, unknown>;

export const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

/** @param database asked at each call, because a file's shop starts after its cases are told */
export function catalogueDesk(database: () => Knex) {
  async function insert(table: string, values: Values): Promise<string> {
    const [made] = await database()(table).insert(values).returning<{ id: string }[]>('id');
    if (!made) throw new Error(`nothing was inserted into ${table}`);
    return made.id;
  }

  /** That of the shop. */
  async function currency(): Promise<string> {
    const [settings] = await rows<{ currency: string }>(database(), 'select currency from shop_settings');
    return settings?.currency ?? '';
  }

  async function aVariant(product: string, variant: Values = {}): Promise<string> {
    const defaults = {
      sku: unique('sku'),
      price_minor: 2000,
      currency: await currency(),
      track_stock: false,
    };
    return insert('product_variants', { product, ...defaults, ...variant });
  }

  /** A published product with one published variant at 20.00 of the shop's currency, which does not track stock. */
  async function aProduct(product: Values = {}, variant: Values = {}): Promise<MadeProduct> {
    const slug = unique('product');
    const id = await insert('products', { name: slug, slug, status: 'published', ...product });
    return { id, slug: String(product['slug'] ?? slug), variant: await aVariant(id, variant) };
  }

  /** A tag of the case's own, so that it sees only its own products in a list. @returns its slug */
  async function aTag(...products: MadeProduct[]): Promise<string> {
    const slug = unique('tag');
    const tag = await insert('tags', { name: slug, slug });
    for (const { id } of products) await insert('products_tags', { product: id, tag });
    return slug;
  }

  async function aPrice(variant: string, amount_minor: number, price: Values = {}): Promise<void> {
    await insert('prices', { variant, currency: await currency(), amount_minor, ...price });
  }

  return { insert, currency, aVariant, aProduct, aTag, aPrice };
}
