/** What staff do over HTTP besides parcels and money: edit orders, put drafts together, note things down, make codes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import { expectSoundBooks } from '../support/books.ts';
import { ADDRESS, aStaffToken, aVariant } from '../support/factories.ts';
import { startCounter, type Cart, type Counter } from '../support/http-carts.ts';
import { aCustomer, type Keys, type Reply } from '../support/store-client.ts';
import { until } from '../support/until.ts';

const ADDRESSED = '5b1c0001-0000-4000-8000-00000000abcd';

let counter: Counter;
let order_staff: Keys;
let catalogue_staff: Keys;
beforeAll(async () => {
  counter = await startCounter();
  order_staff = { token: await aStaffToken(counter.server.shop, ROLES.order_staff) };
  catalogue_staff = { token: await aStaffToken(counter.server.shop, ROLES.catalogue_staff) };
});
afterAll(() => counter.server.stop());

const staff = (method: string, path: string, body?: unknown, keys: Keys = order_staff): Promise<Reply> =>
  counter.call(method, path, body, keys);

/** A guest's order of one, with the keys that open it, as staff see it. */
async function anOrder(
  email?: string,
): Promise<{ order: Reply['data']; variant: string; keys: Keys; cart: Cart }> {
  const variant = await counter.variantOf();
  const cart = await counter.aFullCart(variant, undefined, email ? { email } : {});
  const { data } = await counter.order(cart);
  const { data: order } = await staff('GET', `/staff/orders/${data.order.id}`);
  return { order, variant, keys: { order_token: data.order_token }, cart };
}

describe('editing an order', () => {
  test('shows first what it would cost, then does it, and the shopper sees and is told', async () => {
    const email = `${randomUUID()}@example.com`;
    const { order, variant, keys } = await anOrder(email);
    const other = await counter.variantOf({ price_minor: 450 });
    const wish = {
      version: order.version,
      reason: 'One more, and a mug',
      lines: [{ line: order.lines[0].id, quantity: 2 }],
      add: [{ variant: other, quantity: 1 }],
    };
    const path = `/staff/orders/${order.id}/edits`;
    const preview = await staff('POST', path, { ...wish, dry_run: true });
    expect(preview).toMatchObject({
      status: 200,
      data: {
        dry_run: true,
        difference_minor: 1450,
        settlement: { kind: 'payment', amount_minor: order.total_minor + 1450 },
      },
    });
    expect((await staff('GET', `/staff/orders/${order.id}`)).data).toEqual(order);

    const done = await staff('POST', path, wish);
    expect(done).toMatchObject({ status: 200, data: { dry_run: false, difference_minor: 1450 } });
    expect(done.data.order.events.at(-1)).toMatchObject({ kind: 'edited', message: wish.reason });
    expect((await staff('POST', path, wish)).code).toBe('ORDER_CHANGED');

    const seen = await counter.call('GET', `/store/orders/${order.id}`, undefined, keys);
    expect(seen.data).toMatchObject({
      total_minor: order.total_minor + 1450,
      payable_minor: order.total_minor + 1450,
      lines: [
        { variant, quantity: 2 },
        { variant: other, quantity: 1 },
      ],
    });
    expect(seen.data.events.map((event: { kind: string }) => event.kind)).toContain('edited');
    const mail = await counter.server.inbox.waitFor(
      ({ to, subject }) => JSON.stringify(to).includes(email) && subject.includes('was changed'),
    );
    expect(mail.text).toContain(order.number);
  });

  test.each([
    ['no version', { version: undefined }, 'INVALID_PAYLOAD'],
    ['no reason', { reason: ' ' }, 'INVALID_PAYLOAD'],
    ['nothing to do', { lines: [] }, 'INVALID_PAYLOAD'],
    [
      'a variant twice',
      { add: Array.from({ length: 2 }, () => ({ variant: ADDRESSED, quantity: 1 })) },
      'INVALID_PAYLOAD',
    ],
    ['an address that is none', { shipping_address: { city: 'x' } }, 'INVALID_PAYLOAD'],
    ['a quantity below zero', { lines: [{ line: ADDRESSED, quantity: -1 }] }, 'INVALID_PAYLOAD'],
    ['a line that is not there', { lines: [{ line: ADDRESSED, quantity: 1 }] }, 'EDIT_REFUSED'],
  ])('refuses %s', async (_name, change, code) => {
    const { order } = await anOrder();
    const wish = { version: order.version, reason: 'x', lines: [{ line: order.lines[0].id, quantity: 3 }] };
    const reply = await staff('POST', `/staff/orders/${order.id}/edits`, { ...wish, ...change });
    expect(reply.code).toBe(code);
    expect((await staff('GET', `/staff/orders/${order.id}`)).data).toEqual(order);
  });

  test('is for order staff only', async () => {
    const { order, keys } = await anOrder();
    const customer = await aCustomer(counter.call);
    const wish = { version: order.version, reason: 'x', lines: [{ line: order.lines[0].id, quantity: 3 }] };
    const path = `/staff/orders/${order.id}/edits`;
    expect((await staff('POST', path, wish, keys)).code).toBe('SIGN_IN_REQUIRED');
    expect((await staff('POST', path, wish, { token: customer.token })).code).toBe('FORBIDDEN');
    expect((await staff('POST', path, wish, catalogue_staff)).code).toBe('FORBIDDEN');
    expect((await staff('POST', `/staff/orders/${randomUUID()}/edits`, wish)).code).toBe('NOT_FOUND');
  });

  test('a paid order that became dearer is paid by its shopper with the order’s token', async () => {
    const { order, keys } = await anOrder();
    await staff('POST', `/staff/orders/${order.id}/mark-paid`);
    const { data: paid } = await staff('GET', `/staff/orders/${order.id}`);
    const edited = await staff('POST', `/staff/orders/${order.id}/edits`, {
      version: paid.version,
      reason: 'Two more',
      provider: 'stripe',
      lines: [{ line: order.lines[0].id, quantity: 3 }],
    });
    expect(edited.data.settlement).toEqual({ kind: 'collect', amount_minor: 2000 });
    const { data } = await counter.call('POST', `/store/orders/${order.id}/pay`, {}, keys);
    expect(data).toMatchObject({
      order: { payment_status: 'partly_paid', payable_minor: 2000 },
      payment: { provider: 'stripe', amount_minor: 2000 },
    });
    const [intent] = data.payment.client_data.client_secret.split('_secret_');
    await fetch(`${counter.server.emulator.url}/pay/${intent}`, {
      method: 'POST',
      body: new URLSearchParams({ card: 'pm_card_visa' }),
      redirect: 'manual',
    });
    await until('the difference to be booked', async () => {
      const reply = await counter.call('GET', `/store/orders/${order.id}`, undefined, keys);
      return reply.data.payment_status === 'paid' && reply.data.payable_minor === 0;
    });
  });
});

describe('a draft', () => {
  test('goes from nothing to a paid order', async () => {
    const variant = await counter.variantOf();
    const email = `${randomUUID()}@example.com`;
    const started = await staff('POST', '/staff/drafts', { email, note: 'Called twice' });
    expect(started).toMatchObject({
      status: 201,
      data: { email, note: 'Called twice', customer: null, lines: [] },
    });
    const path = `/staff/drafts/${started.data.id}`;
    await staff('PATCH', path, { shipping_address: ADDRESS, lines: [{ variant, quantity: 1 }] });
    const methods = await staff('GET', `${path}/shipping-methods`);
    expect(methods.data).toMatchObject([{ id: counter.method, amount_minor: 500 }]);
    const filled = await staff('PATCH', path, {
      shipping_method: counter.method,
      lines: [{ variant, quantity: 4, unit_price_minor: 250 }],
    });
    expect(filled).toMatchObject({
      status: 200,
      data: { total_minor: 1500, lines: [{ unit_price_minor: 250, price_reason: 'staff' }] },
    });
    expect((await staff('GET', path)).data).toEqual(filled.data);
    const listed = await staff('GET', '/staff/drafts?limit=50');
    expect(listed.data.map((draft: { id: string }) => draft.id)).toContain(started.data.id);

    const body = { expected_total_minor: 1500, payment: { provider: 'manual' }, mark_paid: true };
    const keys = { ...order_staff, idempotency_key: randomUUID() };
    const completed = await staff('POST', `${path}/complete`, body, keys);
    expect(completed).toMatchObject({
      status: 201,
      data: {
        order: { origin: 'staff', payment_status: 'paid', total_minor: 1500 },
        payment: { status: 'paid' },
      },
    });
    expect((await staff('POST', `${path}/complete`, body, keys)).data.order.id).toBe(completed.data.order.id);
    const guest = { order_token: completed.data.order_token };
    expect(
      (await counter.call('GET', `/store/orders/${completed.data.order.id}`, undefined, guest)).status,
    ).toBe(200);
    expect((await staff('PATCH', path, { note: 'x' })).code).toBe('CART_NOT_OPEN');
    expect((await staff('DELETE', path)).code).toBe('CART_NOT_OPEN');
  });

  test('that is to be paid by card is mailed to its shopper, who pays it', async () => {
    const variant = await counter.variantOf();
    const email = `${randomUUID()}@example.com`;
    const { data: draft } = await staff('POST', '/staff/drafts', {
      email,
      shipping_address: ADDRESS,
      shipping_method: counter.method,
      lines: [{ variant, quantity: 1 }],
    });
    const body = { expected_total_minor: draft.total_minor, payment: { provider: 'stripe' } };
    const keys = { ...order_staff, idempotency_key: randomUUID() };
    const path = `/staff/drafts/${draft.id}/complete`;
    expect((await staff('POST', path, { ...body, mark_paid: true }, keys)).extensions).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: 'mark_paid',
    });
    const { data } = await staff('POST', path, body, keys);
    const mail = await counter.server.inbox.waitFor(({ to }) => JSON.stringify(to).includes(email));
    expect(mail.text).toContain('Open it to pay');
    const token = { order_token: data.order_token };
    const paying = await counter.call('POST', `/store/orders/${data.order.id}/pay`, {}, token);
    expect(paying.data.payment.client_data.client_secret).toContain('_secret_');
  });

  test('is order staff’s business', async () => {
    const customer = await aCustomer(counter.call);
    for (const keys of [{}, { token: customer.token }, catalogue_staff]) {
      const reply = await staff('POST', '/staff/drafts', {}, keys);
      expect(['SIGN_IN_REQUIRED', 'FORBIDDEN']).toContain(reply.code);
    }
    expect(
      (await staff('DELETE', `/staff/drafts/${(await staff('POST', '/staff/drafts', {})).data.id}`)).status,
    ).toBe(204);
    expect(
      (await staff('POST', '/staff/drafts', { lines: [{ variant: 'x', quantity: 1 }] })).extensions,
    ).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: 'lines.0.variant',
    });
  });
});

describe('a note', () => {
  test('is seen by the shopper when it is public, by staff in any case, and writes no money', async () => {
    const { order, keys } = await anOrder();
    const post = (body: object) => staff('POST', '/items/order_notes', { order: order.id, ...body });
    expect((await post({ body: 'Rang the bell, nobody there', is_public: false })).status).toBe(200);
    expect((await post({ body: 'We try again on Monday', is_public: true })).status).toBe(200);
    const seen = await counter.call('GET', `/store/orders/${order.id}`, undefined, keys);
    expect(seen.data.notes).toMatchObject([{ body: 'We try again on Monday' }]);
    const { data } = await staff('GET', `/staff/orders/${order.id}`);
    expect(data.notes.map((note: { body: string }) => note.body)).toEqual([
      'Rang the bell, nobody there',
      'We try again on Monday',
    ]);
    expect(data.notes[0].actor).not.toBeNull();
    expect({ ...data, notes: [] }).toEqual({ ...order, notes: [] });
  });

  test('and a file are attached by staff', async () => {
    const { order } = await anOrder();
    const form = new FormData();
    form.append('title', 'The signed contract');
    form.append('file', new Blob(['signed'], { type: 'text/plain' }), 'contract.txt');
    const upload = await fetch(`${counter.server.url}/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${order_staff.token}` },
      body: form,
    });
    const file = (await upload.json()) as { data: { id: string } };
    expect(upload.status).toBe(200);
    expect((await staff('POST', '/items/orders_files', { order: order.id, file: file.data.id })).status).toBe(
      200,
    );
    const { data } = await staff('GET', `/staff/orders/${order.id}`);
    expect(data.attachments).toMatchObject([{ file: file.data.id, filename: 'contract.txt' }]);
  });
});

describe('codes in bulk', () => {
  async function aPromotion(): Promise<string> {
    const id = randomUUID();
    await inTransaction(counter.server.shop.db, (trx) =>
      insertRows(trx, 'promotions', [
        { id, name: 'Spring', status: 'active', kind: 'percentage', value_ppm: 100_000, requires_code: true },
      ]),
    );
    return id;
  }

  test('ten thousand of them work once each, and come as a file', async () => {
    const promotion = await aPromotion();
    const path = `/staff/promotions/${promotion}/codes`;
    const made = await staff('POST', path, { count: 10_000, prefix: 'web-' }, catalogue_staff);
    expect(made).toMatchObject({
      status: 201,
      data: { made: 10_000, codes: 10_000, used: 0, redemptions: 0 },
    });

    const file = await fetch(`${counter.server.url}${path}.csv`, {
      headers: { authorization: `Bearer ${catalogue_staff.token}` },
    });
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.headers.get('content-disposition')).toContain('.csv');
    const lines = (await file.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(10_001);
    expect(new Set(lines).size).toBe(10_001);

    const code = lines[5_000]!.split(',')[0]!.replaceAll('"', '').toLowerCase();
    const buy = async () => {
      const cart = await counter.aFullCart(await aVariant(counter.server.shop), undefined, { codes: [code] });
      return counter.order(cart);
    };
    const first = await buy();
    expect(first.data.order).toMatchObject({ discount_minor: 100 });
    await expect(buy()).rejects.toThrow(/CODE_REFUSED/);
    expect((await staff('GET', path, undefined, catalogue_staff)).data).toEqual({
      codes: 10_000,
      used: 1,
      redemptions: 1,
    });
  });

  test('are catalogue staff’s business, and asked for properly', async () => {
    const path = `/staff/promotions/${await aPromotion()}/codes`;
    expect((await staff('POST', path, { count: 5 }, order_staff)).code).toBe('FORBIDDEN');
    expect((await staff('GET', `${path}.csv`, undefined, order_staff)).code).toBe('FORBIDDEN');
    expect((await staff('GET', `${path}.csv`, undefined, {})).code).toBe('SIGN_IN_REQUIRED');
    const missing = `/staff/promotions/${randomUUID()}/codes`;
    expect((await staff('POST', missing, { count: 5 }, catalogue_staff)).code).toBe('NOT_FOUND');
    expect((await staff('GET', `${missing}.csv`, undefined, catalogue_staff)).code).toBe('NOT_FOUND');
    for (const [body, at] of [
      [{ count: 100_001 }, 'count'],
      [{ count: 0 }, 'count'],
      [{ count: 50_000, length: 6 }, 'length'],
      [{ count: 5, prefix: 'not a prefix' }, 'prefix'],
      [{ count: 5, more: 1 }, 'more'],
    ] as const) {
      const reply = await staff('POST', path, body, catalogue_staff);
      expect(reply.extensions).toMatchObject({ code: 'INVALID_PAYLOAD', path: at });
    }
  });
});

describe('a VAT id on the profile', () => {
  test('is kept in its normal spelling, and refused when it cannot exist', async () => {
    const { token } = await aCustomer(counter.call);
    const patch = (vat_id: unknown) => counter.call('PATCH', '/store/me', { vat_id }, { token });
    expect(await patch('de 136 695 976')).toMatchObject({
      status: 200,
      data: { vat_id: 'DE136695976', vat_id_status: 'unchecked', tax_exempt: false },
    });
    const refused = await patch('DE136695970');
    expect(refused).toMatchObject({ status: 422, code: 'VAT_ID_INVALID' });
    expect(refused.extensions).toMatchObject({ path: 'vat_id', reason: 'wrong_check_digit' });
    expect((await counter.call('GET', '/store/me', undefined, { token })).data.vat_id).toBe('DE136695976');
    expect((await patch(null)).data.vat_id).toBeNull();
  });

  test('is used by the customer’s carts: a business in another country of the Union owes the tax itself', async () => {
    const { shop } = counter.server;
    await row(
      shop.db,
      `update shop_settings set reverse_charge = true, default_country = 'FR', prices_include_tax = true`,
    );
    try {
      const customer = await aCustomer(counter.call);
      const body = { lines: [{ variant: await counter.variantOf(), quantity: 1 }], shipping_address: BERLIN };
      const before = await counter.aCart(body, customer);
      expect(before.data.tax_minor).toBeGreaterThan(0);
      await counter.call('PATCH', '/store/me', { vat_id: 'DE136695976' }, { token: customer.token });
      const { data } = await counter.read(before);
      expect(data).toMatchObject({ tax_minor: 0, tax_exemption: 'reverse_charge' });
    } finally {
      await row(
        shop.db,
        `update shop_settings set reverse_charge = false, default_country = 'US', prices_include_tax = false`,
      );
    }
  });
});

const BERLIN = {
  full_name: 'Ada GmbH',
  line1: 'Torstr. 1',
  city: 'Berlin',
  postal_code: '10119',
  country: 'DE',
};

test('the books are sound after all of it', async () => {
  await expectSoundBooks(counter.server.shop);
});
