import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  importProducts,
  type ImportOptions,
} from '../../extensions/commerce-api/src/catalog/import/import-products.ts';
import type { ImportIssue } from '../../extensions/commerce-api/src/catalog/import/plan-product.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { importCommand } from '../../scripts/commands/import.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

const HEADER =
  'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Taxable,Image Src,Image Alt Text';

let fresh: FreshShop;
let folder: string;

beforeAll(async () => {
  fresh = await freshShop();
  folder = mkdtempSync(join(tmpdir(), 'kontor-import-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await fresh.stop();
});

let files = 0;
function csv(...lines: string[]): string {
  files += 1;
  const path = join(folder, `${files}.csv`);
  writeFileSync(path, [HEADER, ...lines, ''].join('\n'));
  return path;
}

async function run(path: string, options: ImportOptions = {}) {
  const issues: ImportIssue[] = [];
  const result = await importProducts(fresh.shop, path, {
    ...options,
    onIssue: (issue) => issues.push(issue),
  });
  const { created, updated, unchanged, failed } = result;
  return { counts: { created, updated, unchanged, failed }, issues };
}

function stockOf(sku: string) {
  return row<{ on_hand: number; booked: number; reasons: string[] }>(
    fresh.db,
    `select s.on_hand, (select coalesce(sum(m.delta_on_hand), 0)::int from stock_movements m where m.variant = v.id) as booked,
       array(select m.reason from stock_movements m where m.variant = v.id order by m.id) as reasons
     from product_variants v join stock_levels s on s.variant = v.id where v.sku = ?`,
    [sku],
  );
}

const NEW = { created: 1, updated: 0, unchanged: 0, failed: 0 };
const UPDATED = { created: 0, updated: 1, unchanged: 0, failed: 0 };
const UNCHANGED = { created: 0, updated: 0, unchanged: 1, failed: 0 };

test('a product arrives with brand, category, tags, pictures, variants and stock, and the second run changes nothing', async () => {
  const path = csv(
    'felt-hat,Felt Hat,<p>Warm</p>,North,Hats,"wool, new",true,Size,S,FH-S,shopify,3,19.90,true,https://example.com/1.jpg,Front',
    'felt-hat,,,,,,,,M,FH-M,shopify,0,19.90,true,https://example.com/2.jpg,',
  );
  expect((await run(path)).counts).toEqual(NEW);
  const before = await rows(
    fresh.db,
    `select p.*, v.* from products p join product_variants v on v.product = p.id order by v.id`,
  );
  expect((await run(path)).counts).toEqual(UNCHANGED);
  expect(
    await rows(
      fresh.db,
      `select p.*, v.* from products p join product_variants v on v.product = p.id order by v.id`,
    ),
  ).toEqual(before);
  const product = await row(
    fresh.db,
    `select p.name, p.status, p.published_at is not null as is_dated, b.name as brand,
       array(select c.name from products_categories x join categories c on c.id = x.category where x.product = p.id) as categories,
       array(select t.slug from products_tags x join tags t on t.id = x.tag where x.product = p.id order by 1) as tags,
       array(select f.url from products_files f where f.product = p.id order by f.sort) as pictures
     from products p join brands b on b.id = p.brand where p.slug = 'felt-hat'`,
  );
  expect(product).toEqual({
    name: 'Felt Hat',
    status: 'published',
    is_dated: true,
    brand: 'North',
    categories: ['Hats'],
    tags: ['new', 'wool'],
    pictures: ['https://example.com/1.jpg', 'https://example.com/2.jpg'],
  });
  expect(await stockOf('FH-S')).toEqual({ on_hand: 3, booked: 3, reasons: ['import'] });
  expect(await stockOf('FH-M')).toEqual({ on_hand: 0, booked: 0, reasons: [] });
});

test('a later file updates what it names, adds variants and leaves stock alone', async () => {
  await run(csv('clog,Clog,,,,a,true,Size,40,CL-40,shopify,5,80,true,,'));
  const later = csv(
    'clog,Wooden Clog,,,,b,true,Size,40,CL-40,shopify,9,75,true,,',
    'clog,,,,,,,,41,CL-41,shopify,2,75,true,,',
  );
  expect((await run(later)).counts).toEqual(UPDATED);
  const variants = await rows(
    fresh.db,
    `select v.sku, v.price_minor from product_variants v join products p on p.id = v.product where p.name = 'Wooden Clog' order by 1`,
  );
  expect(variants).toEqual([
    { sku: 'CL-40', price_minor: 7500 },
    { sku: 'CL-41', price_minor: 7500 },
  ]);
  expect(await stockOf('CL-40')).toMatchObject({ on_hand: 5 });
  expect((await run(later)).counts).toEqual(UNCHANGED);
});

test('with stock the difference is booked, but never below what orders hold', async () => {
  await run(csv('mug,Mug,,,,,true,Title,Default Title,MUG,shopify,5,8,true,,'));
  const counted = csv('mug,Mug,,,,,true,Title,Default Title,MUG,shopify,4,8,true,,');
  expect((await run(counted, { stock: true })).counts).toEqual(UPDATED);
  expect(await stockOf('MUG')).toEqual({ on_hand: 4, booked: 4, reasons: ['import', 'import'] });
  await fresh.db.raw(
    `insert into stock_movements (variant, location, delta_reserved, reason)
     select s.variant, s.location, 3, 'reservation' from stock_levels s join product_variants v on v.id = s.variant
     where v.sku = 'MUG'`,
  );
  const { issues } = await run(csv('mug,Mug,,,,,true,Title,Default Title,MUG,shopify,1,8,true,,'), {
    stock: true,
  });
  expect(issues).toMatchObject([{ line: 2, column: 'Variant Inventory Qty' }]);
  expect(await stockOf('MUG')).toMatchObject({ on_hand: 4 });
});

test('a SKU of another product is refused with its line, in the file and in the shop', async () => {
  const path = csv(
    'left,Left,,,,,true,Title,Default Title,SAME,,,1,true,,',
    'right,Right,,,,,true,Size,S,SAME,,,1,true,,',
    'right,,,,,,,,M,OTHER,,,1,true,,',
  );
  const first = await run(path);
  expect(first.counts).toMatchObject({ created: 2, failed: 0 });
  expect(first.issues.map(({ line, problem }) => `${line}: ${problem}`)).toEqual([
    '3: The SKU SAME belongs to left, line 2; this variant was left out.',
  ]);
  expect((await run(path)).counts).toMatchObject({ unchanged: 2 });
  const alone = await run(csv('third,Third,,,,,true,Title,Default Title,SAME,,,1,true,,'));
  expect(alone.counts).toMatchObject({ failed: 1 });
  expect(alone.issues[0]?.problem).toContain('belongs to left in the shop');
});

test('a dry run tells the same and writes nothing', async () => {
  const path = csv('ghost,Ghost,,Nobody,Nowhere,x,true,Title,Default Title,GHOST,shopify,3,5,true,,');
  expect((await run(path, { dry_run: true })).counts).toEqual(NEW);
  expect(await row(fresh.db, `select 1 from products where slug = 'ghost'`)).toBeUndefined();
  expect(await row(fresh.db, `select 1 from brands where slug = 'nobody'`)).toBeUndefined();
});

test('untaxed goods take the zero class, drafts get no date, and the currency can be named', async () => {
  await run(csv('stamp,Stamp,,,,,false,Title,Default Title,STAMP,,,1.50,false,,'), { currency: 'EUR' });
  const stamp = await row(
    fresh.db,
    `select p.status, p.published_at, t.code, v.currency, v.track_stock from products p
     join tax_classes t on t.id = p.tax_class join product_variants v on v.product = p.id where p.slug = 'stamp'`,
  );
  expect(stamp).toEqual({
    status: 'draft',
    published_at: null,
    code: 'zero',
    currency: 'EUR',
    track_stock: false,
  });
});

test('the command previews, reports problems to a file and says what to do next', async () => {
  const path = csv(
    '=cmd,Odd,,,,,true,Title,Default Title,ODD,,,cheap,true,,',
    'fine,Fine,,,,,true,Title,Default Title,FINE,,,3,true,,',
  );
  const report = join(folder, 'report.csv');
  const said: string[] = [];
  await importCommand([path, '--dry-run', '--report', report], {
    shop: fresh.shop,
    log: (line) => said.push(line),
  });
  expect(said.join('\n')).toContain('1 created, 0 updated, 0 unchanged, 1 failed');
  expect(said.join('\n')).toContain('line 3      created   Fine (fine), 1 variant');
  expect(said.at(-1)).toBe('Nothing was written. Run it again without --dry-run to import.');
  expect(readFileSync(report, 'utf8').split('\n')).toEqual([
    '"line","handle","column","problem"',
    `"2","'=cmd","Variant Price","""cheap"" is not an amount in USD, such as 19.99."`,
    `"2","'=cmd","Variant Price","No line of the product can be sold, so it was left out."`,
    '',
  ]);
  said.length = 0;
  await importCommand([path], { shop: fresh.shop, log: (line) => said.push(line) });
  expect(said.at(-1)).toContain('See the products at /store/products');
  said.length = 0;
  await importCommand([path], { shop: fresh.shop, log: (line) => said.push(line) });
  expect(said.at(-1)).toBe('Nothing had to be changed.');
});

test.each([
  [[], 'Name one file'],
  [['a.csv', 'b.csv'], 'Name one file'],
  [['a.csv', '--fast'], 'import FILE.csv [options]'],
  [['a.csv', '--currency', 'XXL'], 'XXL is not an ISO 4217 currency'],
  [['none.csv'], 'There is no file none.csv'],
  [['none.csv', '--report', '/nowhere/report.csv'], 'The report cannot be written'],
])('the command refuses %j', async (args, reason) => {
  await expect(importCommand(args, { shop: fresh.shop, log: () => undefined })).rejects.toThrow(reason);
});

const REAL_FILES = join(import.meta.dirname, '../../../shared/data/shopify-csv');

// Real exports are not ours to publish; they lie beside the checkout where there are any.
describe.skipIf(!existsSync(REAL_FILES))('real exports beside the checkout', () => {
  test('all six import, and a second run of each changes nothing', async () => {
    const paths = globSync('*/*.csv', { cwd: REAL_FILES })
      .sort()
      .map((path) => join(REAL_FILES, path));
    const totals = { created: 0, failed: 0, unchanged: 0, errors: 0 };
    for (const path of paths) {
      const first = await run(path);
      const second = await run(path);
      totals.created += first.counts.created;
      totals.failed += first.counts.failed;
      totals.unchanged += second.counts.unchanged;
      totals.errors += first.issues.filter(({ severity }) => severity === 'error').length;
      expect(second.issues).toEqual(first.issues);
    }
    expect(paths).toHaveLength(6);
    expect(totals).toEqual({ created: 1101, failed: 0, unchanged: 1101, errors: 8 });
  });
});
