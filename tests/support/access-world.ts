/** Two customers, a vendor, two kinds of staff, something hidden in every corner, and ways to ask as each of them. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { expect } from 'vitest';
import { PUBLIC_FOLDER, ROLES } from '../../seeds/access/ids.ts';

export type Caller = 'anonymous' | 'ada' | 'ben' | 'vendor' | 'catalogue_staff' | 'order_staff';

export interface Answer {
  status: number;
  text: string;
  /** Of many shapes: each test knows the one it asked for. */
  json: ReturnType<typeof JSON.parse>;
}

export interface Client {
  call: (caller: Caller, method: string, path: string, body?: object) => Promise<Answer>;
  /** Expects 200 and gives the parsed body. */
  get: (caller: Caller, path: string) => Promise<Answer['json']>;
}

export function clientOf(url: string): Client {
  async function call(caller: Caller, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(caller === 'anonymous' ? {} : { authorization: `Bearer token-of-${caller}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const json = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.status, text, json };
  }

  async function get(caller: Caller, path: string) {
    const { status, json, text } = await call(caller, 'GET', path);
    expect(status, `${path}: ${text}`).toBe(200);
    return json;
  }
  return { call, get };
}

export function ids(data: { id: string }[]): string[] {
  return data.map((row) => row.id).sort();
}

/** Content of each table, to show that a refusal changed nothing. */
export async function fingerprints(db: Knex, tables: readonly string[]): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const table of tables) {
    const { rows } = await db.raw(
      `select count(*) || ':' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as is from ?? t`,
      [table],
    );
    result[table] = rows[0].is;
  }
  return result;
}

/** Replaces the catalogue and the customers by a small shop with two customers who bought the same things, and something hidden in every corner. */
export async function plantWorld(db: Knex) {
  for (const table of [
    'products',
    'categories',
    'price_lists',
    'customers',
    'languages',
    'brands',
    'tags',
    'vendors',
  ]) {
    await db.raw('truncate ?? cascade', [table]);
  }
  await db('directus_files').update({ folder: null });
  const keys: Record<string, string> = {};
  const add = async (table: string, row: object, key = 'id'): Promise<string> => {
    const [made] = await db(table).insert(row).returning(key);
    return ((keys[table] ??= made[key]), made[key]);
  };
  const account = async (name: string, role: string): Promise<string> => {
    const id = randomUUID();
    await db('directus_users').insert({
      id,
      email: `${name}@example.com`,
      role,
      status: 'active',
      token: `token-of-${name}`,
    });
    return id;
  };

  const vendor_user = await account('vendor', ROLES.vendor);
  await account('catalogue_staff', ROLES.catalogue_staff);
  await account('order_staff', ROLES.order_staff);

  await add('languages', { code: 'en-GB', name: 'English', direction: 'ltr' }, 'code');
  const brand = await add('brands', { name: 'Leaf', slug: 'leaf' });
  const tag = await add('tags', { name: 'Green', slug: 'green' });
  const vendor = await add('vendors', {
    name: 'Potter',
    slug: 'potter',
    status: 'active',
    user: vendor_user,
    email: 'SECRET@example.com',
  });
  const tea = await add('categories', { name: 'Tea', slug: 'tea', status: 'published' });
  const old = await add('categories', { name: 'Old', slug: 'old', status: 'archived' });
  await add('categories_translations', { category: tea, language: 'en-GB', name: 'Tea' });

  const aProduct = (slug: string, row: object) =>
    add('products', { name: slug, slug, status: 'published', brand, ...row });
  const tomorrow = new Date(Date.now() + 86_400_000);
  const product = await aProduct('tea', { published_at: new Date(0) });
  const vendor_product = await aProduct('pot', { vendor });
  const draft = await aProduct('draft', { status: 'draft' });
  const future = await aProduct('future', { published_at: tomorrow });
  const aVariant = (of: string, sku: string, status = 'published') =>
    add('product_variants', {
      product: of,
      sku,
      status,
      price_minor: 1000,
      cost_minor: 400,
      currency: 'EUR',
    });
  const variant = await aVariant(product, 'TEA-1');
  await aVariant(product, 'TEA-2', 'archived');
  const vendor_variant = await aVariant(vendor_product, 'POT-1');
  const draft_variant = await aVariant(draft, 'DRAFT-1');
  const future_variant = await aVariant(future, 'FUTURE-1');
  for (const of of [product, draft, future]) {
    await add('products_files', { product: of, url: 'https://example.com/a.png' });
    await add('products_translations', { product: of, language: 'en-GB', name: 'x' });
    await add('products_categories', { product: of, category: tea });
    await add('products_tags', { product: of, tag });
  }
  await add('products_categories', { product, category: old });
  await add('related_products', { product, related: draft, kind: 'similar' });

  await db('shop_settings').delete();
  await add('shop_settings', { shop_name: 'Leaf', currency: 'EUR', email: 'SECRET@example.com' });
  const group = await add('customer_groups', { name: 'Cafés', code: `cafes-${randomUUID()}` });
  const open = await add('price_lists', { name: 'Open', kind: 'sale', status: 'active' });
  const grouped = await add('price_lists', {
    name: 'Cafés',
    kind: 'override',
    status: 'active',
    customer_group: group,
  });
  const coming = await add('price_lists', {
    name: 'Coming',
    kind: 'sale',
    status: 'active',
    starts_at: tomorrow,
  });
  const aPrice = (of: string, amount_minor: number, price_list: string | null) =>
    add('prices', { variant: of, currency: 'USD', amount_minor, price_list });
  await aPrice(variant, 900, null);
  await aPrice(variant, 700, open);
  await aPrice(variant, 500, grouped);
  await aPrice(variant, 300, coming);
  await aPrice(draft_variant, 100, null);
  await aPrice(future_variant, 100, null);

  const location = await add('stock_locations', { name: 'Shed', code: `shed-${randomUUID()}` });
  const aLevel = async (of: string, delta_on_hand: number) => {
    await add('stock_levels', { variant: of, location });
    await add('stock_movements', {
      variant: of,
      location,
      delta_on_hand,
      delta_reserved: 0,
      reason: 'initial',
    });
  };
  await aLevel(variant, 7);
  await aLevel(vendor_variant, 3);
  await add('bundle_items', { bundle: variant, part: vendor_variant, quantity: 1 });
  await add('bundle_items', { bundle: draft_variant, part: vendor_variant, quantity: 1 });
  await add('webhook_events', { provider: 'stripe', event_id: randomUUID(), type: 'x', payload: '{}' });

  const aFile = (folder: string | null) =>
    add('directus_files', {
      id: randomUUID(),
      storage: 'local',
      filename_download: 'a.png',
      type: 'image/png',
      folder,
    });
  const subfolder = await add('directus_folders', { id: randomUUID(), name: 'Teas', parent: PUBLIC_FOLDER });
  const public_file = await aFile(PUBLIC_FOLDER);
  const nested_file = await aFile(subfolder);
  const private_file = await aFile(null);

  const aCustomer = async (name: string) => {
    const rows: Record<string, string> = {};
    const own = async (table: string, row: object, as = table) => (rows[as] = await add(table, row));
    const user = await account(name, ROLES.customer);
    const customer = await own('customers', { email: `${name}@example.com`, user });
    const at_stripe = { provider: 'stripe', customer, provider_customer: `cus_SECRET_${name}` };
    await db('commerce.provider_customers').insert(at_stripe);
    await own('addresses', {
      customer,
      full_name: name,
      line1: `${name} street`,
      city: 'Bern',
      country: 'CH',
      postal_code: '1',
    });
    await own('payment_methods', { customer, provider: 'stripe', provider_method: `pm_SECRET_${name}` });
    const cart = await own('carts', { customer, currency: 'EUR', token_hash: `SECRET-${randomUUID()}` });
    await own('cart_lines', { cart, variant, quantity: 1 });
    const order = await own('orders', {
      number: `T-${name}`, customer, email: `${name}@example.com`, currency: 'EUR', subtotal_minor: 1000, total_minor: 1000,
      token_hash: `SECRET-${name}`, network_hash: 'SECRET', attention_reason: 'SECRET reason', attention_code: 'dispute',
    }); // prettier-ignore
    const line = {
      order,
      name: 'Tea',
      quantity: 1,
      unit_price_minor: 1000,
      subtotal_minor: 1000,
      total_minor: 1000,
    };
    const order_line = await own('order_lines', { ...line, sku: 'TEA-1', variant, product });
    await own('order_adjustments', { order, kind: 'shipping', label: 'Post', amount_minor: 0 });
    await own(
      'order_events',
      { order, kind: 'placed', message: 'Placed', data: '{"note":"SECRET"}', actor_kind: 'customer' },
      'placed_event',
    );
    await own('order_events', { order, kind: 'payment_requested', message: 'SECRET', actor_kind: 'system' });
    const money = { order, amount_minor: 1000, currency: 'EUR' };
    const payment = await own('payments', {
      ...money,
      provider: 'stripe',
      provider_payment: `pi_SECRET_${name}`,
      client_data: '{"s":"SECRET"}',
      request: '{"s":"SECRET"}',
      started_at: new Date(),
    });
    await own('refunds', { ...money, payment, status: 'pending', provider_refund: 'SECRET' });
    const dispute = { ...money, payment, provider: 'stripe', status: 'open', reason: 'SECRET' };
    await own('disputes', { ...dispute, provider_dispute: `dp_SECRET_${name}` });
    const shipment = await own('shipments', { order });
    await own('shipment_lines', { shipment, order_line, quantity: 1 });
    const returned = await own('returns', { order, note: 'SECRET' });
    await own('return_lines', { return: returned, order_line, quantity: 1 });
    const note = { order, body: 'We packed it well' };
    await own('order_notes', { ...note, is_public: true });
    await own('order_notes', { ...note, body: 'SECRET', is_public: false }, 'hidden_note');
    const gift_card = await own('gift_cards', {
      customer,
      last4: '1234',
      initial_minor: 5,
      currency: 'EUR',
      code_hash: `SECRET-${randomUUID()}`,
      note: 'SECRET',
    });
    const movement = { delta_minor: 5, note: 'SECRET' };
    await own('gift_card_movements', { ...movement, gift_card, reason: 'issued' });
    const store_credit = await own('store_credits', { customer, currency: 'EUR' });
    await own('store_credit_movements', { ...movement, store_credit, reason: 'granted' });
    await own('stock_notices', { customer, variant, email: `${name}@example.com` });
    const wishlist = await own('wishlists', { customer, name: 'Gifts' });
    await own('wishlist_items', { wishlist, variant });
    return { user, customer, rows };
  };
  const ada = await aCustomer('ada');
  const ben = await aCustomer('ben');
  const guest = await add('orders', {
    number: 'T-guest',
    email: 'g@example.com',
    currency: 'EUR',
    subtotal_minor: 1,
    total_minor: 1,
  });
  await add('order_lines', {
    order: guest, name: 'Pot', quantity: 1, unit_price_minor: 1, subtotal_minor: 1, total_minor: 1, sku: 'POT-1',
    variant: vendor_variant, product: vendor_product,
  }); // prettier-ignore
  await add('reviews', { product, rating: 5, status: 'approved', author_name: 'C.', body: 'Fine' });
  await add('reviews', { product, rating: 1, status: 'pending', author_name: 'A.', customer: ada.customer });
  await add('reviews', { product: draft, rating: 4, status: 'approved', author_name: 'D.' });
  return {
    keys, product, vendor_product, draft, future, variant, vendor_variant, vendor, public_file, nested_file, private_file, ada, ben,
  }; // prettier-ignore
}

export type World = Awaited<ReturnType<typeof plantWorld>>;
