import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { importHistoryCommand } from '../../scripts/commands/import-history.ts';
import { ROOT } from '../../scripts/prepare.mjs';
import { freshShop, type FreshShop } from '../support/shop.ts';

const UCI = join(ROOT, '..', 'shared', 'data', 'uci-online-retail', 'online_retail_to_2011-10-09.csv.gz');

let fresh: FreshShop;
const folder = mkdtempSync(join(tmpdir(), 'kontor-history-'));
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await fresh.stop();
});

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n';
const SMALL = `${HEADER}536365,CUP,"CUP, RED",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,POST,POSTAGE,1,2010-12-01 08:26:00,15,17850.0,United Kingdom
536365,POT,POT,2,2010-12-01 08:26:00,0,17850.0,United Kingdom
536366,cup,CUP,1,2010-12-02 09:00:00,3.00,,France
C536367,CUP,CUP,-2,2010-12-03 10:00:00,2.55,17850.0,United Kingdom
C536368,VASE,VASE,-1,2010-12-03 11:00:00,9.95,14000.0,EIRE
536369,LOST,?,-5,2010-12-03 12:00:00,0,,United Kingdom
536370,B,Adjust bad debt,1,2010-12-03 12:00:00,-100,,United Kingdom
536371,CUP,damaged,3,2010-12-03 12:00:00,0,,United Kingdom
`;

async function imported(name: string, content: string | Buffer, ...more: string[]) {
  const file = join(folder, name);
  writeFileSync(file, content);
  const lines: string[] = [];
  const args = [file, '--currency', 'GBP', ...more];
  const result = await importHistoryCommand(args, { shop: fresh.shop, log: (line) => lines.push(line) });
  return { result, text: lines.join('\n') };
}

async function soundBooks(): Promise<void> {
  expect((await examine(fresh.shop)).flatMap(({ broken }) => broken)).toEqual([]);
}

const countOf = async (table: string) =>
  (await row<{ count: number }>(fresh.db, `select count(*) as count from ${table}`))?.count;

test('a dry run says what would be and writes nothing', async () => {
  const { result, text } = await imported('small.csv', SMALL, '--dry-run');
  expect(result.orders).toEqual({ created: 3, unchanged: 0 });
  expect(text).toContain('Nothing was written');
  expect(await countOf('orders')).toBe(0);
  expect(await countOf('products')).toBe(0);
});

test('order lines of a former shop become orders that are over, and the books add up', async () => {
  const report = join(folder, 'report.csv');
  const { result, text } = await imported(
    'small.csv',
    SMALL,
    '--time-zone',
    'Europe/Berlin',
    '--report',
    report,
  );
  expect(result).toMatchObject({
    file: { lines: 9, orders: 7, credits: 2, credit_lines: 2, lines_without_customer: 4, free_lines: 3 },
    orders: { created: 3, unchanged: 0 },
    credits: 1,
    lines: 5,
    refunds: 2,
    products: { created: 3, matched: 0 },
    sold_minor: 3030 + 300 + 995,
    refunded_minor: 510 + 995,
    credited_minor: 995,
  });
  expect(text).toContain(`All of them are in ${report}`);
  const orders = await rows(
    fresh.db,
    `select number, status, payment_status, total_minor, paid_minor, refunded_minor, email,
       to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as placed from orders order by number`,
  );
  expect(orders).toEqual([
    {
      number: 'H536365',
      status: 'delivered',
      payment_status: 'partly_refunded',
      total_minor: 3030,
      paid_minor: 3030,
      refunded_minor: 510,
      email: 'customer-17850@history.invalid',
      placed: '2010-12-01 07:26',
    },
    expect.objectContaining({ number: 'H536366', payment_status: 'paid', email: 'unknown@history.invalid' }),
    expect.objectContaining({ number: 'HC536368', status: 'cancelled', payment_status: 'refunded' }),
  ]);
  const lines = await rows(
    fresh.db,
    `select l.sku, l.quantity, l.quantity_refunded, l.product_kind, p.name as product, p.status
     from order_lines l join orders o on o.id = l."order" left join products p on p.id = l.product
     where o.number = 'H536365' order by l.sort`,
  );
  expect(lines).toEqual([
    {
      sku: 'CUP',
      quantity: 6,
      quantity_refunded: 2,
      product_kind: 'physical',
      product: 'CUP, RED',
      status: 'archived',
    },
    { sku: 'POST', quantity: 1, quantity_refunded: 0, product_kind: 'service', product: null, status: null },
    {
      sku: 'POT',
      quantity: 2,
      quantity_refunded: 0,
      product_kind: 'physical',
      product: 'POT',
      status: 'archived',
    },
  ]);
  await soundBooks();
});

test('nobody is mailed and no stock moves; only recommendations are computed anew', async () => {
  const jobs = await rows<{ identifier: string }>(
    fresh.db,
    `select t.identifier from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id`,
  );
  expect(jobs).toEqual([{ identifier: 'compute-affinities' }]);
  expect(await countOf('stock_movements')).toBe(0);
});

test('importing again changes nothing, packed or not', async () => {
  const before = await rows(fresh.db, `select id, updated_at from orders order by id`);
  const { result } = await imported('small.csv.gz', gzipSync(SMALL));
  expect(result.orders).toEqual({ created: 0, unchanged: 3 });
  expect(result.products).toEqual({ created: 0, matched: 3 });
  expect(await rows(fresh.db, `select id, updated_at from orders order by id`)).toEqual(before);
  expect(await countOf('products')).toBe(3);
});

test('columns by their own names are understood, and products of the shop are found by SKU', async () => {
  const csv = 'order;sku\n';
  await expect(imported('wrong.csv', csv)).rejects.toThrow(
    /no column order, sku, quantity, placed_at, unit_price/,
  );
  const { result } = await imported(
    'own.csv',
    'order,sku,quantity,placed_at,unit_price,customer,email\nA-1,cup,1,2020-05-05T10:00:00Z,3.5,ann,ann@example.com\n',
  );
  expect(result).toMatchObject({ orders: { created: 1 }, products: { created: 0, matched: 1 } });
  const found = await row(
    fresh.db,
    `select c.email from orders o join customers c on c.id = o.customer where o.number = 'HA-1'`,
  );
  expect(found).toEqual({ email: 'ann@example.com' });
});

test.each([
  [['--time-zone', 'Mars/Olympus'], /no time zone/],
  [['--products', 'sold'], /archived, draft or published/],
  [['--prefix', ''], /choose another --prefix/],
  [['--prefix', 'much-too-long'], /eight characters/],
])('%j is refused with what to do', async (more, problem) => {
  await fresh.db.raw(`update shop_settings set order_prefix = ''`);
  await expect(imported('small.csv', SMALL, ...more)).rejects.toThrow(problem);
});

test('a file that is none is refused in words', async () => {
  await expect(imported('broken.csv.gz', gzipSync(SMALL).subarray(0, 60))).rejects.toThrow(
    /cannot be unpacked/,
  );
  const args = [join(folder, 'none.csv')];
  await expect(importHistoryCommand(args, { shop: fresh.shop, log: () => undefined })).rejects.toThrow(
    /no file/,
  );
});

test.skipIf(!existsSync(UCI))('the first lines of a real shop come in, and the books add up', async () => {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(UCI).pipe(createGunzip()) })) {
    lines.push(line);
    if (lines.length > 8000) break;
  }
  const { result } = await imported('uci.csv', lines.join('\n'), '--prefix', 'U');
  expect(result.file.lines).toBe(8000);
  const left_out = Object.values(result.left_out).reduce((sum, count) => sum + count, 0);
  // What was taken back in whole is a refund, not a line.
  expect(result.lines + left_out).toBeLessThanOrEqual(8000);
  expect(result.lines + left_out).toBeGreaterThan(8000 - result.file.credit_lines);
  const net = Math.round(Number(result.file.value) * 100);
  expect(result.sold_minor - result.refunded_minor - result.credited_minor).toBe(net);
  await soundBooks();
});
