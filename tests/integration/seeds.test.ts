import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { PUBLIC_FOLDER } from '../../seeds/access/ids.ts';
import { applyDemo } from '../../seeds/demo/apply-demo.ts';
import { applyReference } from '../../seeds/reference/apply-reference.ts';
import { TAX_RATES } from '../../seeds/reference/tax-rates.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let storage_root: string;

beforeAll(async () => {
  fresh = await freshShop({ demo: true });
  storage_root = mkdtempSync(join(tmpdir(), 'kontor-demo-'));
});

afterAll(async () => {
  rmSync(storage_root, { recursive: true, force: true });
  await fresh.stop();
});

test('both seeds run again without changing anything, even after a merchant changed something', async () => {
  await fresh.db.raw(`update products set name = 'Mine', status = 'draft' where slug = 'fell-daypack-22'`);
  await fresh.db.raw(`update shop_settings set shop_name = 'My own shop'`);
  await fresh.db.raw(`update tax_rates set rate_ppm = 1 where country = 'DE'`);
  expect(await applyReference(fresh.db)).toEqual({ changed: false });
  expect(await applyDemo(fresh.db, { storage_root, log: () => undefined })).toEqual({ changed: false });
  expect(await row(fresh.db, `select name, status from products where slug = 'fell-daypack-22'`)).toEqual({
    name: 'Mine',
    status: 'draft',
  });
  expect(await row(fresh.db, `select shop_name from shop_settings`)).toEqual({ shop_name: 'My own shop' });
});

test('every rate of the reference data is there, those of places within a country, too', async () => {
  const found = await rows<{ place: string }>(
    fresh.db,
    `select concat_ws(' ', t.code, r.country, r.postal_pattern) as place from tax_rates r
     join tax_classes t on t.id = r.tax_class where r.region is null`,
  );
  const declared = TAX_RATES.map(({ tax_class, country, postal_pattern }) =>
    [tax_class, country, ...(postal_pattern === null ? [] : [postal_pattern])].join(' '),
  );
  expect(found.map(({ place }) => place).sort()).toEqual(declared.sort());
});

test('every file of the demo is drawn', async () => {
  await applyDemo(fresh.db, { storage_root, log: () => undefined });
  const files = await rows<{ filename_disk: string }>(
    fresh.db,
    `select filename_disk from directus_files order by 1`,
  );
  expect(readdirSync(storage_root).sort()).toEqual(files.map(({ filename_disk }) => filename_disk));
});

test('every file of the demo lies in a folder that everybody may see', async () => {
  const hidden = await rows(
    fresh.db,
    `select f.id from directus_files f left join directus_folders d on d.id = f.folder where d.parent is distinct from ?`,
    [PUBLIC_FOLDER],
  );
  expect(hidden).toEqual([]);
});

test('stock of the demo is what its movements say', async () => {
  const wrong = await rows(
    fresh.db,
    `select variant, location from stock_levels s full join
       (select variant, location, sum(delta_on_hand)::int as booked from stock_movements group by 1, 2) m using (variant, location)
     where coalesce(s.on_hand, 0) <> coalesce(m.booked, 0)`,
  );
  expect(wrong).toEqual([]);
});

test('the demo has something of everything a visitor may try', async () => {
  const facts = await row<Record<string, number>>(
    fresh.db,
    `with v as (select v.id, p.kind, v.allow_backorder, coalesce(sum(s.on_hand), 0)::int as stock
       from product_variants v join products p on p.id = v.product left join stock_levels s on s.variant = v.id group by 1, 2, 3)
     select (select count(*) from products) as products, (select count(*) from v) as variants,
       (select count(*) from v where stock between 1 and 20) as scarce, (select count(*) from v where stock = 50) as fifties,
       (select count(*) from v where allow_backorder and stock = 0) as backorders, (select count(*) from v where kind = 'digital') as digital,
       (select count(*) from products where status = 'draft' and published_at is null) as drafts,
       (select count(*) from products where status = 'archived') as archived,
       (select count(*) from prices p join price_lists l on l.id = p.price_list) as sale_prices`,
  );
  expect(facts).toMatchObject({
    products: 64,
    variants: 231,
    scarce: 21,
    fifties: 1,
    backorders: 3,
    digital: 1,
    archived: 1,
  });
  expect(facts?.['sale_prices']).toBeGreaterThan(20);
});

test('the demo shows every way to sell, and none of it costs a first order anything', async () => {
  const { rows: promotions } = await fresh.db.raw(
    `select p.kind, count(*)::int as promotions, count(*) filter (where p.requires_code or p.code is not null)::int as with_code
     from promotions p group by 1 order by 1`,
  );
  expect(promotions.map(({ kind }: { kind: string }) => kind)).toEqual([
    'buy_x_get_y',
    'fixed_amount',
    'free_shipping',
    'percentage',
    'set_price',
    'tiered',
  ]);
  const facts = await row<Record<string, number>>(
    fresh.db,
    `select (select count(*) from products where kind = 'gift_card') as gift_cards,
       (select sum(b.quantity * v.price_minor)::int from bundle_items b join product_variants v on v.id = b.part) as parts_minor,
       (select v.price_minor from product_variants v join products p on p.id = v.product where p.kind = 'bundle') as bundle_minor,
       (select count(*) from product_variants where preorder_ships_at > now() and backorder_limit > 0) as preorders,
       (select count(*) from product_variants where backorder_limit > 0 and preorder_ships_at is null) as limited,
       (select count(distinct p.min_quantity) from prices p join price_lists l on l.id = p.price_list where l.customer_group is not null) as tiers,
       (select count(*) from price_lists where kind = 'sale' and starts_at <= now() and ends_at > now()) as sales,
       (select count(*) from promotion_codes) as codes,
       (select count(*) from stock_locations) as locations,
       (select count(distinct kind) from shipping_methods) as shipping_kinds`,
  );
  expect(facts).toMatchObject({
    ...{ gift_cards: 1, parts_minor: 15500, bundle_minor: 13900, preorders: 1, limited: 2 },
    ...{ tiers: 3, sales: 1, codes: 5, locations: 2, shipping_kinds: 3 },
  });

  const unscoped = await rows(
    fresh.db,
    `select p.name from promotions p where p.code is null and not p.requires_code and p.customer_group is null
       and not exists (select from promotion_scopes s where s.promotion = p.id and s.effect = 'include')`,
  );
  expect(unscoped).toEqual([]);
});

test('ratings of the demo are those of its reviews', async () => {
  const wrong = await rows(
    fresh.db,
    `select p.slug from products p left join reviews r on r.product = p.id and r.status = 'approved' group by p.id
     having p.rating_count <> count(r.id) or p.rating_average is distinct from round(avg(r.rating), 2)`,
  );
  expect(wrong).toEqual([]);
});

test('a demo without a folder for pictures says so', async () => {
  await expect(applyDemo(fresh.db, { storage_root: '', log: () => undefined })).rejects.toThrow(
    'STORAGE_LOCAL_ROOT',
  );
});
