/** The walk through the main job, on the demo shop and on a catalogue that came from a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importProducts } from '../../extensions/commerce-api/src/catalog/import/import-products.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { printWalk, run } from '../../scripts/commands/demo-order.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** As such files are: no weight, no stock column for some, a price of nothing, several lines for one product. */
const SHOPIFY_CSV = `Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Requires Shipping,Variant Taxable,Image Src
walk-lamp,Reading lamp,<p>Bright.</p>,Lumen,Lamps,"light, desk",TRUE,Colour,Brass,,,shopify,0,deny,89.00,true,true,https://images.example/lamp.jpg
walk-lamp,,,,,,,,Black,LAMP-BLACK,,shopify,3,deny,89.50,true,true,
walk-sample,Sample card,,Lumen,Lamps,,TRUE,Title,Default Title,SAMPLE,,,,deny,0.00,true,true,
`;

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startServer({ demo: true, providers: ['paypal', 'flutterwave'] });
  folder = mkdtempSync(join(tmpdir(), 'kontor-walk-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

async function walk(product: string | null, places = {}): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const walked = {
    url: server.url,
    provider: 'stripe' as const,
    emulator_url: server.emulator.url,
    inbox_url: server.inbox.url,
    product,
    ...places,
  };
  const code = await printWalk({ ...walked, log: (line) => lines.push(line.trim()) });
  return { code, lines };
}

const steps = (lines: string[]) =>
  lines.filter((line) => line.startsWith('✓')).map((line) => line.slice(2, 26).trim());

const ALL_STEPS = [
  'Browse the generated API',
  'Browse the store',
  'Look at its stock',
  'Register',
  'Start a cart',
  'Add to it',
  'Say where to send it',
  'Choose how to send it',
  'Place the order',
  'Pay on the payment page',
  'Wait for the webhook',
  'Look at its stock again',
  'Read the mail',
];

test('the walk buys something in the demo shop', async () => {
  const { code, lines } = await walk(null);
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(steps(lines)).toEqual(ALL_STEPS);
  expect(code).toBe(0);
  const paid = await row(
    server.db,
    `select count(*) as count from payments where provider = 'stripe' and status = 'paid'`,
  );
  expect(paid).toEqual({ count: 1 });
});

test.each(['paypal', 'flutterwave'] as const)(
  'the walk pays with %s, too: on its page, and paid when it comes back',
  async (provider) => {
    const emulator_url = server[provider]?.url;

    const { code, lines } = await walk(null, { provider, emulator_url });

    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
    const words = ALL_STEPS.map((step) => (step === 'Wait for the webhook' ? 'Come back to the shop' : step));
    expect(steps(lines)).toEqual(words);
    expect(lines.find((line) => line.startsWith('✓ Pay on'))).toContain(emulator_url);
    expect(code).toBe(0);
    const payments = await rows<{ captured_minor: number; is_all: boolean; currency: string }>(
      server.db,
      `select p.captured_minor, p.captured_minor = o.total_minor as is_all, p.currency
       from payments p join orders o on o.id = p."order" where p.provider = ?`,
      [provider],
    );
    expect(payments).toMatchObject([{ is_all: true }]);
    const taken = payments.map(({ captured_minor, currency }) => ({ captured_minor, currency }));
    const { orders = [] } = server.paypal?.ledger() ?? {};
    const { payments: paid = [] } = server.flutterwave?.ledger() ?? {};
    expect(provider === 'paypal' ? orders : paid).toMatchObject(taken);
  },
);

test('a payment page that is not the emulator’s is left alone', async () => {
  const { code, lines } = await walk(null, { provider: 'paypal', emulator_url: 'http://127.0.0.1:9' });
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(
    /✗ Pay on the payment page +The payment page is at .* and not at the emulator/,
  );
  expect(server.paypal?.ledger().orders.at(-1)).toMatchObject({ captured_minor: 0 });
});

test('the walk buys what was imported, the first variant that is there', async () => {
  const file = join(folder, 'products.csv');
  writeFileSync(file, SHOPIFY_CSV);
  expect(await importProducts(server.shop, file)).toMatchObject({ created: 2, failed: 0 });

  const { code, lines } = await walk('walk-lamp');

  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(code).toBe(0);
  const sold = await row(
    server.db,
    `select on_hand, reserved from stock_levels s join product_variants v on v.id = s.variant where v.sku = 'LAMP-BLACK'`,
  );
  expect(sold).toEqual({ on_hand: 2, reserved: 0 });
});

test.each([
  [
    'that costs nothing',
    'walk-sample',
    {},
    /✗ Browse the store +No variant of walk-sample is in stock at a price a card can pay/,
  ],
  [
    'that does not exist',
    'no-such-thing',
    {},
    /✗ Browse the store +GET \/store\/products\/no-such-thing answered 404/,
  ],
  [
    'in a shop that is not there',
    null,
    { url: 'http://127.0.0.1:9' },
    /✗ Browse the generated API +fetch failed|✗ Browse the generated API/,
  ],
])('a product %s ends the walk with the reason', async (_what, product, places, reason) => {
  const { code, lines } = await walk(product, places);
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(reason);
});

test('the command says what it needs', async () => {
  await expect(run(['--url', 'nonsense'])).rejects.toThrow('is not a URL');
  await expect(run(['--url', server.url])).rejects.toThrow('--emulator');
  await expect(run(['--', '--url', server.url, '--provider', 'paypal'])).rejects.toThrow('--emulator');
  await expect(run(['--provider', 'acme'])).rejects.toThrow('"acme" is none of stripe, paypal, flutterwave');
  await expect(run(['--nothing'])).rejects.toThrow('--product SLUG');
});

test('the books are sound afterwards, and equal to the provider’s', async () => {
  for (const emulator of [server.emulator, server.paypal, server.flutterwave])
    await emulator?.events.settled();
  await expectSoundBooks(server.shop);
  await expectBooksOf(server.shop, server.emulator);
});
