/** The admin app as staff use it, over the demo shop. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../../seeds/access/ids.ts';
import { launchBrowser, visit, type Visit } from '../support/browser.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { buy, type Purchase } from '../support/shopper.ts';

const PASSWORD = 'correct-horse-battery';

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([
    startServer({ demo: true, env: { SERVE_APP: 'true' } }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A new member of staff, signed in through the form. */
async function staffAtWork(name: string, role: string): Promise<Visit> {
  const email = `${name}@example.com`;
  const made = await fetch(`${server.url}/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.admin_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD, role, first_name: name }),
  });
  expect(made.status).toBe(200);

  const visitor = await visit(browser, server.url);
  const { page } = visitor;
  await page.goto(`${server.url}/admin/login`);
  await page.fill('input[type=email]', email);
  await visitor.screenshot('login');
  await page.fill('input[type=password]', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/admin\/content/);
  await page.waitForLoadState('networkidle');
  // Without a session, the app is refused one before it shows the form.
  visitor.problems.length = 0;
  return visitor;
}

async function open({ page }: Visit, path: string): Promise<void> {
  await page.goto(`${server.url}/admin/content/${path}`);
  await page.waitForLoadState('networkidle');
}

const fieldOf = (page: Page, name: string) => page.locator(`.field[data-field="${name}"]`);

/** Waits until all of it can be read: amounts appear once their currency is known. */
async function expectToRead(place: Locator, ...parts: string[]): Promise<void> {
  for (const part of parts) await expect.poll(() => place.innerText(), { timeout: 10_000 }).toContain(part);
}

/** What the list shows without scrolling sideways. */
async function columnsInSight(page: Page): Promise<string[]> {
  const right = await page.locator('main').evaluate((main) => main.getBoundingClientRect().right);
  const headers = await page.locator('th .name').evaluateAll((names) =>
    names.map((name) => ({
      text: name.textContent?.trim() ?? '',
      right: name.closest('th')?.getBoundingClientRect().right ?? Infinity,
    })),
  );
  return headers.filter((header) => header.right <= right).map((header) => header.text);
}

describe('order staff', () => {
  let otto: Visit;
  let page: Page;
  let order: Purchase;
  beforeAll(async () => {
    order = await buy(server, ['ridgeline-tent-2', 'larch-hammock']);
    otto = await staffAtWork('otto', ROLES.order_staff);
    page = otto.page;
  });

  test('find the paid order in the list, with its total as money', async () => {
    await open(otto, 'orders');
    const row = page.locator('tr', { hasText: order.number });
    expect(order.total_minor).toBe(49538);
    await expectToRead(row, '$495.38', 'Paid');
    expect(await columnsInSight(page)).toEqual([
      'Number',
      'Needs attention',
      'Placed',
      'Status',
      'Payment',
      'Total',
      'E-mail',
    ]);
    await otto.screenshot('order-list');
    expect(otto.problems).toEqual([]);
  });

  test('read what was bought, where it goes and what happened', async () => {
    await open(otto, `orders/${order.id}`);
    await fieldOf(page, 'events').getByText('Paid', { exact: true }).waitFor();

    await expectToRead(fieldOf(page, 'lines'), 'Ridgeline 2 Tent', '$329.00', 'Larch Hammock', '$63.00');
    await expectToRead(
      fieldOf(page, 'shipping_address'),
      'Ada Lovelace\nAnalytical Engines\n12 Water Street\nBrooklyn, NY 11201\nUnited States',
    );
    await expectToRead(fieldOf(page, 'tax_summary'), 'New York sales tax', '8.875%', '$455.00', '$40.38');
    await expectToRead(fieldOf(page, 'payments'), '$495.38', 'Paid');
    expect(await fieldOf(page, 'events').locator('li strong').allTextContents()).toEqual(['Paid', 'Placed']);

    await otto.wholePage('order-page');
    expect(otto.problems).toEqual([]);
  });

  test('cannot edit totals, in the form or past it', async () => {
    await open(otto, `orders/${order.id}`);
    const total = fieldOf(page, 'total_minor').locator('input');
    await total.waitFor();
    await expect.poll(() => total.inputValue()).toBe('495.38');
    expect(await total.isDisabled()).toBe(true);
    expect(otto.problems).toEqual([]);

    const past = await page.request.patch(`${server.url}/items/orders/${order.id}`, {
      data: { total_minor: 1 },
    });
    expect(past.status()).toBe(403);
    const kept = await server.db('orders').where({ id: order.id }).first('total_minor');
    expect(Number(kept.total_minor)).toBe(order.total_minor);
  });
});

describe('catalogue staff', () => {
  let clara: Visit;
  let page: Page;
  beforeAll(async () => {
    clara = await staffAtWork('clara', ROLES.catalogue_staff);
    page = clara.page;
  });

  const productInTheShop = async (slug: string) => {
    const response = await fetch(`${server.url}/store/products/${slug}`);
    return (
      (await response.json()) as { data: { id: string; variants: { id: string; price_minor: number }[] } }
    ).data;
  };

  test('see the products with their pictures', async () => {
    await open(clara, 'products');
    await page.getByText('Ridgeline 2 Tent').waitFor();
    expect(await columnsInSight(page)).toEqual([
      'Thumbnail',
      'Name',
      'Status',
      'Brand',
      'Featured',
      'Updated',
    ]);
    await clara.screenshot('product-list');
    expect(clara.problems).toEqual([]);
  });

  test('see a product with its variants, their prices and what is left', async () => {
    const { id } = await productInTheShop('ridgeline-tent-2');
    await open(clara, `products/${id}`);
    await expectToRead(fieldOf(page, 'variants'), 'Moss', 'Rust', '$329.00', '12 in stock', 'Published');
    await clara.wholePage('product-page');
    expect(clara.problems).toEqual([]);
  });

  test('change a price, and the shop asks for it at once', async () => {
    const { variants } = await productInTheShop('drift-tarp');
    const [variant] = variants;
    expect(variant?.price_minor).toBe(8900);
    await open(clara, `product_variants/${variant?.id}`);
    await clara.wholePage('variant-page');
    const field = fieldOf(page, 'price_minor');
    const price = field.locator('input');

    await expect.poll(() => price.inputValue()).toBe('89.00');
    await price.fill('91.999');
    expect(await field.getByRole('alert').textContent()).toContain('at most 2 digits after the point');
    await price.fill('91,50');
    expect(await field.getByRole('alert').count()).toBe(0);
    await Promise.all([
      page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok()),
      page
        .locator('.header-bar button, header button')
        .filter({ has: page.locator('[data-icon="check"]') })
        .click(),
    ]);

    const changed = await productInTheShop('drift-tarp');
    expect(changed.variants.find(({ id }) => id === variant?.id)?.price_minor).toBe(9150);
    expect(clara.problems).toEqual([]);
  });
});
