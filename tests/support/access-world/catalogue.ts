import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Label, Planter } from './planter.ts';

export async function plantCatalogue(db: Knex, { add }: Planter, vendor_user: string) {
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

export type Catalogue = Awaited<ReturnType<typeof plantCatalogue>>;
