/** The admin app as staff use it, over the demo shop. */
import type { Browser, Locator, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { ROLES } from '../../seeds/access/ids.ts';
import { launchBrowser, visit, type Visit } from '../support/browser.ts';
import { aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { atOneMoment, oneTimePassword } from '../support/one-time-passwords.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { buy, type Purchase } from '../support/shopper.ts';
import { until } from '../support/until.ts';

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

async function openBookmark(visitor: Visit, collection: string, bookmark: string): Promise<void> {
  const { id } = await server.db('directus_presets').where({ collection, bookmark }).first('id');
  await open(visitor, `${collection}?bookmark=${id}`);
}

/** An order of $103.00 whose provider took a dollar more. */
async function overcharged(): Promise<{ id: string; number: string }> {
  const { shop, emulator, db } = server;
  const route = 'POST /v1/payment_intents';
  emulator.faults.add({ kind: 'wrong_amount', by_minor: 100, times: 1, route });
  const variant = await aVariant(shop, { price_minor: 4900 });
  const cart = await aReadyCart(shop, await aShippingMethod(shop), [{ variant, quantity: 2 }]);
  const { order, payment } = await place(shop, cart, { provider: 'stripe' });
  emulator.shopper.pay(payment.provider_payment!);
  await until('the order is flagged', async () => {
    const { needs_attention } = await db('orders').where({ id: order.id }).first('needs_attention');
    return needs_attention === true;
  });
  return order;
}

const fieldOf = (page: Page, name: string) => page.locator(`.field[data-field="${name}"]`);

/** Waits until all of it can be read: amounts appear once their currency is known. */
async function expectToRead(place: Locator, ...parts: string[]): Promise<void> {
  for (const part of parts) await expect.poll(() => place.innerText(), { timeout: 30_000 }).toContain(part);
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

/** The round button with the tick, in the head of an item's page. */
const saveButton = (page: Page) =>
  page.locator('.header-bar button, header button').filter({ has: page.locator('[data-icon="check"]') });

async function saved(page: Page, method: 'PATCH' | 'POST' = 'PATCH'): Promise<void> {
  const isAnswer = (answer: Response) =>
    answer.request().method() === method && answer.url().includes('/items/');
  const [answer] = await Promise.all([page.waitForResponse(isAnswer), saveButton(page).click()]);
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Presses a button of ours beside an item, and waits for the form it asks for. */
async function press(page: Page, button: string): Promise<Locator> {
  await page.getByText('Flows', { exact: true }).click();
  await page.getByRole('button', { name: button }).click();
  const dialog = page.locator('.v-card', { hasText: 'Run Flow' });
  await dialog.waitFor();
  return dialog;
}

async function run(dialog: Locator): Promise<void> {
  await dialog.getByText('Run Flow on Current Item').click();
  await dialog.waitFor({ state: 'detached' });
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

describe('order staff at work', () => {
  let olga: Visit;
  let page: Page;
  let order: Purchase;
  beforeAll(async () => {
    order = await buy(server, ['ridgeline-tent-2'], 'grace@example.com');
    olga = await staffAtWork('olga', ROLES.order_staff);
    page = olga.page;
  });

  const titles = () => fieldOf(page, 'events').locator('li strong').allTextContents();

  test('refund a part of an order with the button beside it, and the timeline shows it', async () => {
    await open(olga, `orders/${order.id}`);
    const dialog = await press(page, 'Refund order');
    await olga.screenshot('refund-dialog');
    await fieldOf(page, 'amount').locator('input').fill('20.00');
    await fieldOf(page, 'reason').locator('input').fill('A scratch');
    await run(dialog);

    await expect.poll(titles, { timeout: 30_000 }).toContain('Refund requested');
    await expectToRead(fieldOf(page, 'events'), 'A scratch', 'olga');
    await until('the refund is booked', async () => {
      const { payment_status } = await server.db('orders').where({ id: order.id }).first('payment_status');
      return payment_status === 'partly_refunded' ? payment_status : null;
    });
    await open(olga, `orders/${order.id}`);
    await expect.poll(titles, { timeout: 30_000 }).toContain('Refunded');
    await expectToRead(fieldOf(page, 'refunds'), '$20.00', 'A scratch', 'Succeeded');
    await expect.poll(() => fieldOf(page, 'refunded_minor').locator('input').inputValue()).toBe('20.00');
    await olga.wholePage('order-refunded');
    expect(olga.problems).toEqual([]);
  });

  test('ship it with the button beside it', async () => {
    await open(olga, `orders/${order.id}`);
    const dialog = await press(page, 'Ship order');
    await fieldOf(page, 'carrier').locator('input').fill('UPS');
    await run(dialog);
    await expect.poll(titles, { timeout: 30_000 }).toContain('Shipped');
    await expectToRead(fieldOf(page, 'shipments'), 'UPS', 'Shipped');
    expect(olga.problems).toEqual([]);
  });

  test('settle another amount than was asked for with the button beside the order, and it leaves their list', async () => {
    const flagged = await overcharged();
    await openBookmark(olga, 'orders', 'Needs attention');
    const listed = page.locator('tr', { hasText: flagged.number });
    await expectToRead(listed, 'reports', '$103.00');
    expect(await columnsInSight(page)).toEqual(['Number', 'What happened', 'Since', 'Payment', 'Total']);
    await olga.screenshot('needs-attention');

    await open(olga, `orders/${flagged.id}`);
    const why = fieldOf(page, 'attention_code').locator('input');
    await expect.poll(() => why.inputValue(), { timeout: 30_000 }).toBe('Another amount came');
    const dialog = await press(page, 'Settle payment');
    await fieldOf(page, 'action').locator('.v-input, .v-select').first().click();
    await page.getByText('Is accepted', { exact: true }).click();
    await olga.screenshot('settle-dialog');
    await run(dialog);

    await expect.poll(titles, { timeout: 30_000 }).toContain('Open money settled');
    expect(await titles()).toContain('Needs attention: amount differs');
    await expect.poll(() => why.count(), { timeout: 30_000 }).toBe(0);
    await olga.wholePage('order-settled');
    await openBookmark(olga, 'orders', 'Needs attention');
    await expect.poll(() => listed.count(), { timeout: 30_000 }).toBe(0);
    expect(olga.problems).toEqual([]);
  });

  test('note something on its page', async () => {
    await open(olga, `orders/${order.id}`);
    const notes = fieldOf(page, 'notes');
    await notes.getByText('Create New').click();
    const drawer = page.locator('.v-drawer');
    await drawer.locator('textarea').fill('Left with a neighbour.');
    await drawer
      .locator('button')
      .filter({ has: page.locator('[data-icon="check"]') })
      .click();
    await drawer.waitFor({ state: 'detached' });
    await saved(page);
    await open(olga, `orders/${order.id}`);
    await expectToRead(notes, 'Left with a neighbour.', 'Internal');
    const note = await server.db('order_notes').where({ order: order.id }).first('body', 'is_public');
    expect(note).toEqual({ body: 'Left with a neighbour.', is_public: false });
    await olga.wholePage('order-note');
    expect(olga.problems).toEqual([]);
  });
});

describe('everybody who works here', () => {
  test('says on a page of their own how they are called, and switches a second factor on', async () => {
    const visitor = await staffAtWork('nora', ROLES.order_staff);
    const { page } = visitor;
    const { id } = await server.db('directus_users').where({ email: 'nora@example.com' }).first('id');
    await page.goto(`${server.url}/admin/users/${id}`);
    await page.waitForLoadState('networkidle');
    for (const name of ['email', 'password'])
      expect(await fieldOf(page, name).locator('input').isDisabled(), name).toBe(true);

    await fieldOf(page, 'last_name').locator('input').fill('Norris');
    const [changed] = await Promise.all([page.waitForResponse(/\/users\/me/), saveButton(page).click()]);
    expect(changed.status(), await changed.text()).toBe(200);
    await expectToRead(page.locator('main'), 'Norris');
    await visitor.screenshot('colleagues');

    await page.goto(`${server.url}/admin/users/${id}`);
    await fieldOf(page, 'tfa_secret').locator('.interface button').click();
    const dialog = page.locator('#dialog-outlet');
    await dialog.locator('input[type=password]').fill(PASSWORD);
    const [made] = await Promise.all([
      page.waitForResponse(/\/tfa\/generate/),
      dialog.getByRole('button', { name: 'Next' }).click(),
    ]);
    const { data } = (await made.json()) as { data: { secret: string } };
    await visitor.screenshot('second-factor');
    expect(visitor.problems).toEqual([]);
    const enabled = await atOneMoment(async () => {
      await dialog.locator('input[placeholder="One-Time Password"]').fill(oneTimePassword(data.secret));
      const [answer] = await Promise.all([
        page.waitForResponse(/\/tfa\/enable/),
        dialog.getByRole('button', { name: 'Done' }).click(),
      ]);
      return { status: answer.status() };
    });
    expect(enabled.status).toBe(204);
    expect(await server.db('directus_users').where({ id }).first('last_name', 'tfa_secret')).toEqual({
      last_name: 'Norris',
      tfa_secret: expect.stringMatching(/^1\|\|/),
    });
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
    await saved(page);

    const changed = await productInTheShop('drift-tarp');
    expect(changed.variants.find(({ id }) => id === variant?.id)?.price_minor).toBe(9150);
    expect(clara.problems).toEqual([]);
  });

  const promotion = async (name: string) =>
    await server.db('promotions').where({ name }).first('id', 'value_ppm', 'tiers');

  test('make a promotion of a kind, and see the fields of that kind only', async () => {
    await open(clara, 'promotions/+');
    await fieldOf(page, 'name').locator('input').fill('The second at half the price');
    await fieldOf(page, 'kind').locator('.v-input, .v-select').first().click();
    await page.getByText('Buy X get Y', { exact: true }).click();
    for (const field of ['value_ppm', 'buy_quantity', 'get_quantity', 'max_applications']) {
      await fieldOf(page, field).waitFor();
    }
    for (const field of ['amount_minor', 'allocation', 'tier_basis', 'tiers', 'budget_used_minor']) {
      expect(await fieldOf(page, field).count(), field).toBe(0);
    }
    const percent = fieldOf(page, 'value_ppm');
    await percent.locator('input').fill('150');
    expect(await percent.getByRole('alert').textContent()).toContain('from 0 to 100');
    await percent.locator('input').fill('33.3333');
    await fieldOf(page, 'buy_quantity').locator('input').fill('1');
    await fieldOf(page, 'get_quantity').locator('input').fill('1');
    await clara.wholePage('promotion-form');
    await saved(page, 'POST');
    expect(await promotion('The second at half the price')).toMatchObject({ value_ppm: 333_333 });
    expect(clara.problems).toEqual([]);
  });

  test('change a tier without reading minor units', async () => {
    const { id } = await promotion('Dress warmly: up to 15 % off');
    await open(clara, `promotions/${id}`);
    const inputs = fieldOf(page, 'tiers').locator('.decimal-input input');
    const written = async () => Promise.all((await inputs.all()).map((each) => each.inputValue()));
    await expect.poll(written).toEqual(['200.00', '10', '400.00', '15']);
    await inputs.nth(0).fill('180');
    await inputs.nth(1).fill('12.5');
    await clara.wholePage('promotion-tiers');
    await saved(page);
    expect((await promotion('Dress warmly: up to 15 % off')).tiers).toEqual([
      { from: 18_000, value_ppm: 125_000 },
      { from: 40_000, value_ppm: 150_000 },
    ]);
    expect(clara.problems).toEqual([]);
  });

  test('take what was sold elsewhere out of stock with the button beside a variant', async () => {
    const { variants } = await productInTheShop('hearth-teapot');
    const variant = variants[0]!.id;
    const onHand = async () =>
      (await row<{ units: number }>(
        server.db,
        'select sum(on_hand)::int as units from stock_levels where variant = ?',
        [variant],
      ))!.units;
    const before = await onHand();
    await open(clara, `product_variants/${variant}`);
    const dialog = await press(page, 'Sold elsewhere');
    await fieldOf(page, 'quantity').locator('input').fill('2');
    await run(dialog);
    expect(await onHand()).toBe(before - 2);
    expect(clara.problems).toEqual([]);
  });
});
