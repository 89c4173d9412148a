/** Two customers, a vendor, two kinds of staff, something hidden in every corner, and ways to ask as each of them. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { expect } from 'vitest';
import { ATTACHMENTS_FOLDER, PUBLIC_FOLDER, ROLES } from '../../seeds/access/ids.ts';

export type Caller =
  | 'anonymous'
  | 'ada'
  | 'ben'
  | 'vendor'
  | 'catalogue_staff'
  | 'order_staff'
  | 'administrator';

/** Under what a row is planted: whose it is, or what it is an example of. tests/access names rows by these words. */
export type Label =
  | Exclude<Caller, 'anonymous' | 'administrator'>
  | 'public'
  | 'ungrouped'
  | 'attachments'
  | 'filed'
  | 'folders'
  | 'colleagues'
  | 'history'
  | 'shared'
  | 'buttons';

export interface Planted {
  key: string;
  labels: readonly Label[];
}

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

/** @param admin_token for the administrator, where one asks */
export function clientOf(url: string, admin_token = ''): Client {
  const tokenOf = (caller: Caller) => (caller === 'administrator' ? admin_token : `token-of-${caller}`);
  async function call(caller: Caller, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(caller === 'anonymous' ? {} : { authorization: `Bearer ${tokenOf(caller)}` }),
        ...(body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
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

/** Rows that are somebody's, planted one by one, and remembered by what they are examples of. */
function planter(db: Knex) {
  const keys: Record<string, string> = {};
  const planted: Record<string, Planted[]> = {};
  function remember(table: string, key: string, labels: readonly Label[]): void {
    keys[table] ??= key;
    (planted[table] ??= []).push({ key, labels });
  }
  async function add(table: string, row: object, ...labels: Label[]): Promise<string> {
    const key = table === 'languages' ? 'code' : 'id';
    const [made] = await db(table).insert(row).returning(key);
    remember(table, String(made[key]), labels);
    return made[key];
  }
  /** Says what rows are that were there before. */
  async function mark(table: string, where: string, ...labels: Label[]): Promise<void> {
    for (const { id } of await db(table).whereRaw(where).select('id')) remember(table, String(id), labels);
  }
  return { keys, planted, add, mark };
}

type Planter = ReturnType<typeof planter>;

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
  ])
    await db.raw('truncate ?? cascade', [table]);
  await db('directus_files').update({ folder: null });
  const plant = planter(db);
  const staff = await plantStaff(db, plant);
  const catalogue = await plantCatalogue(db, plant, staff.vendor);
  const files = await plantFiles(plant);
  const ada = await plantCustomer(db, plant, 'ada', catalogue);
  const ben = await plantCustomer(db, plant, 'ben', catalogue);
  await plantGuest(plant, catalogue);
  await plant.add('reviews', { product: catalogue.product, rating: 1, status: 'pending', author_name: 'A.', customer: ada.customer }, 'ada'); // prettier-ignore
  await plantRules(plant, catalogue, ada.rows['orders']!, files);
  await plantHistory(db, plant, staff, catalogue.product, ada.rows['orders']!);
  return { keys: plant.keys, planted: plant.planted, ...catalogue, ...files, staff, ada, ben };
}

export type World = Awaited<ReturnType<typeof plantWorld>>;
type Catalogue = Awaited<ReturnType<typeof plantCatalogue>>;
type Files = Awaited<ReturnType<typeof plantFiles>>;
type Staff = Record<'vendor' | 'catalogue_staff' | 'order_staff', string>;

async function anAccount(
  plant: Planter,
  name: Exclude<Caller, 'anonymous' | 'administrator'>,
  role: string,
): Promise<string> {
  const id = randomUUID();
  const user = { id, email: `${name}@example.com`, role, status: 'active', token: `token-of-${name}` };
  const is_shopper = role === ROLES.customer;
  await plant.add('directus_users', user, name, ...(is_shopper ? [] : (['colleagues'] as const)));
  return id;
}

async function plantStaff(db: Knex, plant: Planter): Promise<Staff> {
  await plant.mark('directus_users', 'true', 'colleagues');
  const staff = {
    vendor: await anAccount(plant, 'vendor', ROLES.vendor),
    catalogue_staff: await anAccount(plant, 'catalogue_staff', ROLES.catalogue_staff),
    order_staff: await anAccount(plant, 'order_staff', ROLES.order_staff),
  };
  for (const [name, id] of Object.entries(staff) as [keyof Staff, string][]) {
    await plant.mark('directus_roles', `id = '${ROLES[name]}'`, name);
    const own = { item: id, collection: 'directus_users', timestamp: new Date() };
    const now = { date_created: new Date(), user_created: id };
    await plant.add('directus_comments', { ...now, id: randomUUID(), collection: 'products', item: id, comment: 'x' }, name); // prettier-ignore
    await plant.add('directus_notifications', { ...own, recipient: id, subject: 'Hello', status: 'inbox' }, name); // prettier-ignore
    await plant.add('directus_presets', { user: id, collection: 'orders', bookmark: 'Mine' }, name);
    await plant.add('directus_shares', { ...now, id: randomUUID(), name: 'x', collection: 'products', item: id }, name); // prettier-ignore
  }
  await plant.mark('directus_presets', '"user" is null and role is null', 'shared');
  await plant.mark('directus_flows', `trigger = 'manual' and status = 'active'`, 'buttons');
  await plant.mark(
    'directus_operations',
    `flow in (select id from directus_flows where trigger = 'manual' and status = 'active')`,
    'buttons',
  );
  await db('directus_presets').insert({
    role: ROLES.customer,
    collection: 'orders',
    bookmark: 'Another role’s',
  });
  return staff;
}

async function plantCatalogue(db: Knex, { add }: Planter, vendor_user: string) {
  await add('languages', { code: 'en-GB', name: 'English', direction: 'ltr' }, 'public');
  const brand = await add('brands', { name: 'Leaf', slug: 'leaf' }, 'public');
  const tag = await add('tags', { name: 'Green', slug: 'green' }, 'public');
  const vendor = await add(
    'vendors',
    { name: 'Potter', slug: 'potter', status: 'active', user: vendor_user, email: 'SECRET@example.com' },
    'public',
    'vendor',
  );
  await add('vendors', { name: 'Gone', slug: 'gone', status: 'suspended' });
  const tea = await add('categories', { name: 'Tea', slug: 'tea', status: 'published' }, 'public');
  const old = await add('categories', { name: 'Old', slug: 'old', status: 'archived' });
  await add('categories_translations', { category: tea, language: 'en-GB', name: 'Tea' }, 'public');
  await add('categories_translations', { category: old, language: 'en-GB', name: 'Old' });

  const aProduct = (slug: string, row: object, ...labels: Label[]) =>
    add('products', { name: slug, slug, status: 'published', brand, ...row }, ...labels);
  const tomorrow = new Date(Date.now() + 86_400_000);
  const product = await aProduct('tea', { published_at: new Date(0) }, 'public');
  const vendor_product = await aProduct('pot', { vendor }, 'public', 'vendor');
  const vendor_draft = await aProduct('cup', { vendor, status: 'draft' }, 'vendor');
  const draft = await aProduct('draft', { status: 'draft' });
  const future = await aProduct('future', { published_at: tomorrow });
  const aVariant = (of: string, sku: string, status: string, ...labels: Label[]) => {
    const money = { price_minor: 1000, cost_minor: 400, currency: 'EUR' };
    return add('product_variants', { product: of, sku, status, ...money }, ...labels);
  };
  const variant = await aVariant(product, 'TEA-1', 'published', 'public');
  await aVariant(product, 'TEA-2', 'archived');
  const vendor_variant = await aVariant(vendor_product, 'POT-1', 'published', 'public', 'vendor');
  const vendor_set = await aVariant(vendor_product, 'POT-SET', 'published', 'public', 'vendor');
  const draft_variant = await aVariant(draft, 'DRAFT-1', 'published');
  const future_variant = await aVariant(future, 'FUTURE-1', 'published');
  const products: [string, Label[]][] = [
    [product, ['public']],
    [vendor_product, ['public', 'vendor']],
    [vendor_draft, ['vendor']],
    [draft, []],
    [future, []],
  ];
  for (const [of, labels] of products) {
    await add('products_files', { product: of, url: 'https://example.com/a.png' }, ...labels);
    await add('products_translations', { product: of, language: 'en-GB', name: 'x' }, ...labels);
    await add('products_categories', { product: of, category: tea }, ...labels);
    await add('products_tags', { product: of, tag }, ...labels);
    await add('reviews', { product: of, rating: 5, status: 'approved', author_name: 'C.', body: 'Fine' }, ...labels); // prettier-ignore
  }
  await add(
    'reviews',
    { product: vendor_product, rating: 2, status: 'pending', author_name: 'D.' },
    'vendor',
  );
  await add('products_categories', { product, category: old });
  await add('related_products', { product, related: draft, kind: 'similar' });
  await add('related_products', { product, related: vendor_product, kind: 'similar' }, 'public');
  await add('related_products', { product: vendor_product, related: product, kind: 'similar' }, 'public', 'vendor'); // prettier-ignore

  await db('shop_settings').delete();
  await add('shop_settings', { shop_name: 'Leaf', currency: 'EUR', email: 'SECRET@example.com' });
  const group = await add('customer_groups', { name: 'Cafés', code: `cafes-${randomUUID()}` });
  const aList = (name: string, row: object, ...labels: Label[]) =>
    add('price_lists', { name, kind: 'sale', status: 'active', ...row }, ...labels);
  const open = await aList('Open', {}, 'public', 'ungrouped');
  const grouped = await aList('Cafés', { kind: 'override', customer_group: group });
  const coming = await aList('Coming', { starts_at: tomorrow }, 'ungrouped');
  const aPrice = (of: string, amount_minor: number, price_list: string | null, ...labels: Label[]) =>
    add('prices', { variant: of, currency: 'USD', amount_minor, price_list }, ...labels);
  await aPrice(variant, 900, null, 'public');
  await aPrice(variant, 700, open, 'public');
  await aPrice(variant, 500, grouped);
  await aPrice(variant, 300, coming);
  await aPrice(vendor_variant, 800, null, 'public', 'vendor');
  await aPrice(vendor_variant, 600, grouped, 'vendor');
  await aPrice(draft_variant, 100, null);
  await aPrice(future_variant, 100, null);

  const location = await add('stock_locations', { name: 'Shed', code: `shed-${randomUUID()}` });
  const aLevel = async (of: string, delta_on_hand: number, ...labels: Label[]) => {
    const at = { variant: of, location };
    await add('stock_levels', at, ...labels);
    await add('stock_movements', { ...at, delta_on_hand, delta_reserved: 0, reason: 'initial' });
  };
  await aLevel(variant, 7);
  await aLevel(vendor_variant, 3, 'vendor');
  const aPart = (bundle: string, part: string, ...labels: Label[]) =>
    add('bundle_items', { bundle, part, quantity: 1 }, ...labels);
  await aPart(variant, vendor_variant, 'public');
  await aPart(vendor_set, vendor_variant, 'public', 'vendor');
  await aPart(draft_variant, vendor_variant);
  return { product, vendor_product, vendor_draft, draft, future, variant, vendor_variant, vendor, location };
}

/** Rows only: what /assets answers needs bytes too, which the suite of it writes. */
async function plantFiles({ add, mark }: Planter) {
  const aFile = (folder: string | null, ...labels: Label[]) => {
    const id = randomUUID();
    const file = {
      id,
      storage: 'local',
      filename_disk: `${id}.png`,
      filename_download: 'a.png',
      type: 'image/png',
      width: 128,
      height: 128,
    };
    return add('directus_files', { ...file, folder }, ...labels);
  };
  await mark('directus_folders', `id = '${ATTACHMENTS_FOLDER}'`, 'attachments');
  const subfolder = await add('directus_folders', { id: randomUUID(), name: 'Teas', parent: PUBLIC_FOLDER }, 'folders'); // prettier-ignore
  return {
    public_file: await aFile(PUBLIC_FOLDER, 'public'),
    nested_file: await aFile(subfolder, 'public'),
    private_file: await aFile(null, 'filed'),
    attachment: await aFile(ATTACHMENTS_FOLDER, 'attachments'),
  };
}

async function plantCustomer(db: Knex, plant: Planter, name: 'ada' | 'ben', { product, variant }: Catalogue) {
  const rows: Record<string, string> = {};
  const own = async (table: string, row: object) => (rows[table] = await plant.add(table, row, name));
  const hidden = async (table: string, row: object, as = table) => (rows[as] = await plant.add(table, row));
  const user = await anAccount(plant, name, ROLES.customer);
  const email = `${name}@example.com`;
  const customer = await own('customers', { email, user });
  await db('commerce.provider_customers').insert({
    ...{ provider: 'stripe', customer, provider_customer: `cus_SECRET_${name}` },
  });
  const place = { full_name: name, line1: `${name} street`, city: 'Bern', country: 'CH', postal_code: '1' };
  await own('addresses', { customer, ...place });
  await own('payment_methods', { customer, provider: 'stripe', provider_method: `pm_SECRET_${name}` });
  const cart = await hidden('carts', { customer, currency: 'EUR', token_hash: `SECRET-${randomUUID()}` });
  await hidden('cart_lines', { cart, variant, quantity: 1 });
  const order = await own('orders', {
    ...{ number: `T-${name}`, customer, email, currency: 'EUR', subtotal_minor: 1000, total_minor: 1000 },
    ...{ token_hash: `SECRET-${name}`, network_hash: 'SECRET' },
    ...{ attention_reason: 'SECRET reason', attention_code: 'dispute' },
  });
  const order_line = await own('order_lines', {
    ...{ order, name: 'Tea', quantity: 1, unit_price_minor: 1000, subtotal_minor: 1000, total_minor: 1000 },
    ...{ sku: 'TEA-1', variant, product },
  });
  await own('order_adjustments', { order, kind: 'shipping', label: 'Post', amount_minor: 0 });
  const placed = {
    order,
    kind: 'placed',
    message: 'Placed',
    data: '{"note":"SECRET"}',
    actor_kind: 'customer',
  };
  await own('order_events', placed);
  const asked = { order, kind: 'payment_requested', message: 'SECRET', actor_kind: 'system' };
  await hidden('order_events', asked, 'hidden_event');
  const money = { order, amount_minor: 1000, currency: 'EUR' };
  const payment = await own('payments', {
    ...{ ...money, provider: 'stripe', provider_payment: `pi_SECRET_${name}`, started_at: new Date() },
    ...{ client_data: '{"s":"SECRET"}', request: '{"s":"SECRET"}' },
  });
  await own('refunds', { ...money, payment, status: 'pending', provider_refund: 'SECRET' });
  const dispute = { ...money, payment, provider: 'stripe', status: 'open', reason: 'SECRET' };
  await hidden('disputes', { ...dispute, provider_dispute: `dp_SECRET_${name}` });
  const shipment = await own('shipments', { order });
  await own('shipment_lines', { shipment, order_line, quantity: 1 });
  const returned = await own('returns', { order, note: 'SECRET' });
  await own('return_lines', { return: returned, order_line, quantity: 1 });
  await own('order_notes', { order, body: 'We packed it well', is_public: true });
  await hidden('order_notes', { order, body: 'SECRET', is_public: false }, 'hidden_note');
  const card = { customer, last4: '1234', initial_minor: 5, currency: 'EUR' };
  const gift_card = await own('gift_cards', { ...card, code_hash: `SECRET-${randomUUID()}`, note: 'SECRET' });
  const movement = { delta_minor: 5, note: 'SECRET' };
  await own('gift_card_movements', { ...movement, gift_card, reason: 'issued' });
  const store_credit = await own('store_credits', { customer, currency: 'EUR' });
  await own('store_credit_movements', { ...movement, store_credit, reason: 'granted' });
  await own('stock_notices', { customer, variant, email });
  const wishlist = await own('wishlists', { customer, name: 'Gifts' });
  await own('wishlist_items', { wishlist, variant });
  return { user, customer, rows };
}

async function plantGuest({ add }: Planter, { vendor_variant, vendor_product }: Catalogue): Promise<void> {
  const money = { subtotal_minor: 1, total_minor: 1 };
  const guest = await add('orders', { number: 'T-guest', email: 'g@example.com', currency: 'EUR', ...money });
  const line = { order: guest, name: 'Pot', quantity: 1, unit_price_minor: 1, ...money, sku: 'POT-1' };
  await add('order_lines', { ...line, variant: vendor_variant, product: vendor_product }, 'vendor');
}

/** A row of each collection that has none by now. */
async function plantRules(
  { add }: Planter,
  { product, location }: Catalogue,
  order: string,
  files: Files,
): Promise<void> {
  // prettier-ignore
  const promotion = await add('promotions', { name: 'Ten', kind: 'percentage', value_ppm: 100_000 });
  await add('promotion_scopes', { promotion, product });
  const promotion_code = await add('promotion_codes', { promotion, code: `SECRET-${randomUUID()}` });
  await add('promotion_redemptions', { promotion, promotion_code, order, email: 'SECRET@example.com', amount_minor: 1 }); // prettier-ignore
  await add('search_synonyms', { words: JSON.stringify(['chai', 'tea']) });
  await add('search_stop_words', { word: 'the' });
  const zone = await add('shipping_zones', { name: 'US', countries: JSON.stringify(['US']) });
  await add('shipping_methods', { name: 'Post', zone, amount_minor: 1, currency: 'EUR', location });
  const tax_class = await add('tax_classes', { name: 'Odd', code: `odd-${randomUUID()}` });
  await add('tax_rates', { tax_class, country: 'US', name: 'Odd', rate_ppm: 1 });
  await add('webhook_events', { provider: 'stripe', event_id: randomUUID(), type: 'x', payload: '{}' });
  await add('orders_files', { order, file: files.attachment });
}

/** What the admin app writes down by itself, and what only administrators make. */
async function plantHistory(
  db: Knex,
  { add }: Planter,
  staff: Staff,
  product: string,
  order: string,
): Promise<void> {
  for (const [collection, item, user, labels] of [
    ['products', product, staff.catalogue_staff, ['catalogue_staff', 'history']],
    ['products', product, staff.vendor, ['vendor', 'history']],
    ['orders', order, staff.order_staff, ['order_staff']],
    ['orders', order, null, []],
  ] as [string, string, string | null, Label[]][]) {
    const what = { collection, item };
    const activity = await add(
      'directus_activity',
      { ...what, action: 'update', user, ip: '192.0.2.1' },
      ...labels,
    );
    const kept = collection === 'products' ? (['history'] as const) : [];
    await add('directus_revisions', { ...what, activity, data: '{"s":"SECRET"}', delta: '{}' }, ...kept);
  }
  const author = staff.order_staff;
  await add('order_notes', { order, body: 'SECRET', is_public: false, actor: author }, 'order_staff');
  const dashboard = await add('directus_dashboards', { id: randomUUID(), name: 'Sales' });
  await add('directus_panels', { id: randomUUID(), dashboard, type: 'label', position_x: 1, position_y: 1, width: 1, height: 1 }); // prettier-ignore
  await add('directus_translations', {
    id: randomUUID(),
    language: 'en-GB',
    key: 'greeting',
    value: 'Hello',
  });
  await add('directus_versions', { id: randomUUID(), key: 'draft', collection: 'products', item: product });
  await db('directus_flows').insert({ id: randomUUID(), name: 'By the clock', trigger: 'schedule', status: 'active' }); // prettier-ignore
}
