/** An order after its payment, over HTTP: what staff do to it, what its shopper sees and may do, and what others may not. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSoundBooks } from '../support/books.ts';
import { startCounter, type Counter } from '../support/http-carts.ts';
import { aCustomer, type Call, type Customer, type Keys, type Reply } from '../support/store-client.ts';
import { until } from '../support/until.ts';

let counter: Counter;
let call: Call;
let admin: Keys;
beforeAll(async () => {
  counter = await startCounter();
  call = counter.call;
  admin = { token: counter.server.admin_token };
});
afterAll(() => counter.server.stop());

interface Ordered {
  id: string;
  keys: Keys;
  email: string;
  line: string;
  total_minor: number;
}

async function anOrder(customer?: Customer, quantity = 2): Promise<Ordered> {
  const lines = [{ variant: await counter.variantOf(), quantity }];
  const cart = await counter.aFullCart('', customer, { lines });
  const { data } = await counter.order(cart);
  const { order, order_token } = data;
  const keys = customer ? { token: customer.token } : { order_token };
  return { id: order.id, keys, email: order.email, line: order.lines[0].id, total_minor: order.total_minor };
}

const staff = (verb: string, path: string, body?: unknown, keys: Keys = {}) =>
  call(verb, `/staff${path}`, body, { ...admin, ...keys });

async function aPaidOrder(customer?: Customer, quantity?: number): Promise<Ordered> {
  const order = await anOrder(customer, quantity);
  expect((await staff('POST', `/orders/${order.id}/mark-paid`)).status).toBe(200);
  return order;
}

async function aShippedOrder(customer?: Customer, quantity?: number): Promise<Ordered> {
  const order = await aPaidOrder(customer, quantity);
  expect((await staff('POST', `/orders/${order.id}/ship`, {})).status).toBe(200);
  return order;
}

const mine = ({ id, keys }: Ordered) => call('GET', `/store/orders/${id}`, undefined, keys);
const refusalOf = ({ status, code, extensions }: Reply) => ({ status, code, reason: extensions['reason'] });

async function mailOf(email: string, subject: string) {
  return until(`a mail about ${subject}`, () =>
    counter.server.inbox.messages(email).find((mail) => mail.subject.includes(subject)),
  );
}

describe('shipping', () => {
  test('in parts, with a link to follow the parcel in the mail, until all has arrived', async () => {
    const order = await aPaidOrder(undefined, 3);
    const tracking = {
      carrier: 'DHL',
      tracking_number: '00340',
      tracking_url: 'https://dhl.example/?a=1&b=2',
    };
    const lines = [{ order_line: order.line, quantity: 2 }];
    const sent = await staff('POST', `/orders/${order.id}/ship`, { lines, ...tracking });
    expect(sent.data).toMatchObject({
      status: 'processing',
      fulfilment_status: 'partly_fulfilled',
      lines: [{ quantity: 3, quantity_fulfilled: 2 }],
      shipments: [{ status: 'shipped', ...tracking, lines }],
    });
    const mail = await mailOf(order.email, 'on its way');
    expect(mail.text).toContain('Follow your parcel: https://dhl.example/?a=1&b=2');
    expect(mail.text).toContain('Tracking number: 00340');
    expect(mail.text).toContain('× 2');

    const rest = await staff('POST', `/orders/${order.id}/ship`, {});
    expect(rest.data).toMatchObject({ status: 'shipped', fulfilment_status: 'fulfilled' });
    const [first, second] = rest.data.shipments;
    await staff('PATCH', `/shipments/${second.id}`, { tracking_number: 'X1' });
    expect((await mine(order)).data.shipments).toMatchObject([tracking, { tracking_number: 'X1' }]);
    await staff('POST', `/shipments/${first.id}/deliver`, {});
    const last = await staff('POST', `/shipments/${second.id}/deliver`, { notify: true });
    expect(last.data.status).toBe('delivered');
    expect((await mailOf(order.email, 'has been delivered')).text).toContain('× 1');
    expect((await mine(order)).data.events.map(({ kind }: { kind: string }) => kind)).toEqual([
      'placed',
      'paid',
      'shipped',
      'shipped',
      'tracking_changed',
      'delivered',
      'delivered',
    ]);
  });

  test('answers a repeat with the same key the same, and names what it refuses', async () => {
    const order = await aPaidOrder();
    const key = { idempotency_key: randomUUID() };
    const one = { lines: [{ order_line: order.line, quantity: 1 }] };
    const first = await staff('POST', `/orders/${order.id}/ship`, one, key);
    const again = await staff('POST', `/orders/${order.id}/ship`, one, key);
    expect(JSON.parse(again.text)).toEqual(JSON.parse(first.text));
    const more = { lines: [{ order_line: order.line, quantity: 2 }] };
    expect(refusalOf(await staff('POST', `/orders/${order.id}/ship`, more))).toEqual({
      status: 409,
      code: 'ORDER_NOT_SHIPPABLE',
      reason: 'more_than_open',
    });
    expect(refusalOf(await staff('POST', `/orders/${order.id}/ship`, more, key))).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    const script = { tracking_url: 'javascript:alert(1)' };
    expect(await staff('POST', `/orders/${order.id}/ship`, script)).toMatchObject({
      status: 400,
      extensions: { path: 'tracking_url' },
    });
  });

  test('of an order that is picked up tells where it waits', async () => {
    const order = await aPaidOrder();
    const { db } = counter.server;
    const [method, location] = [randomUUID(), randomUUID()];
    await db('stock_locations').insert({
      id: location,
      name: 'Our shop',
      code: location.slice(0, 8),
      active: true,
      priority: 0,
      line1: 'Ring 1',
      postal_code: '10115',
      city: 'Berlin',
    });
    const zone = await db('shipping_zones').first('id');
    const pickup = { zone: zone.id, name: 'Pick-up', currency: 'USD', amount_minor: 0, kind: 'pickup' };
    await db('shipping_methods').insert({ id: method, ...pickup, location });
    await db('orders').where({ id: order.id }).update({ shipping_method: method });
    await staff('POST', `/orders/${order.id}/ship`, {});
    const mail = await mailOf(order.email, 'ready to be picked up');
    expect(mail.text).toContain('waits for you at Our shop, Ring 1, 10115 Berlin.');
    expect(mail.text).not.toContain('We deliver to');
  });

  test('a parcel is packed, unpacked, packed again and sent; shoppers see none that was unpacked', async () => {
    const order = await aPaidOrder();
    const packed = await staff('POST', `/orders/${order.id}/ship`, { pending: true });
    const { shipment } = JSON.parse(packed.text).meta;
    expect((await mine(order)).data.shipments).toMatchObject([{ id: shipment, status: 'pending' }]);
    expect((await staff('POST', `/shipments/${shipment}/cancel`)).status).toBe(200);
    expect((await mine(order)).data.shipments).toEqual([]);
    expect(refusalOf(await staff('POST', `/shipments/${shipment}/ship`, {}))).toMatchObject({
      code: 'SHIPMENT_NOT_CHANGEABLE',
      reason: 'already_cancelled',
    });
    const next = JSON.parse((await staff('POST', `/orders/${order.id}/ship`, { pending: true })).text);
    const sent = await staff('POST', `/shipments/${next.meta.shipment}/ship`, { carrier: 'UPS' });
    expect(sent.data).toMatchObject({ status: 'shipped', shipments: [{}, { carrier: 'UPS' }] });
    expect((await staff('POST', `/shipments/${randomUUID()}/ship`, {})).status).toBe(404);
  });
});

describe('cancelling', () => {
  test('a paid order by its shopper gives all its money back, and a mail says so', async () => {
    const order = await aPaidOrder();
    const { status, data } = await call(
      'POST',
      `/store/orders/${order.id}/cancel`,
      { reason: 'Changed my mind' },
      order.keys,
    );
    expect(status).toBe(200);
    expect(data).toMatchObject({ status: 'cancelled', cancel_reason: 'Changed my mind', payable_minor: 0 });
    await until('the refund', async () => (await mine(order)).data.payment_status === 'refunded');
    expect((await mailOf(order.email, 'was cancelled')).text).toContain('What you paid goes back');
  });

  test('is refused with the reason once something left', async () => {
    const order = await aShippedOrder();
    const refused = { status: 409, code: 'ORDER_NOT_CANCELLABLE', reason: 'already_shipped' };
    expect(refusalOf(await call('POST', `/store/orders/${order.id}/cancel`, {}, order.keys))).toEqual(
      refused,
    );
    expect(refusalOf(await staff('POST', `/orders/${order.id}/cancel`, { restock: true }))).toEqual(refused);
  });
});

describe('returning', () => {
  test('from the shopper’s wish to the money, each step told', async () => {
    const order = await aShippedOrder(undefined, 3);
    const lines = [{ order_line: order.line, quantity: 2, reason: 'Too small' }];
    const asked = await call(
      'POST',
      `/store/orders/${order.id}/returns`,
      { lines, note: 'Sorry' },
      order.keys,
    );
    expect(asked.status).toBe(201);
    expect(asked.data.returns).toMatchObject([{ status: 'requested', requested_by: 'customer', lines }]);
    const { return: id } = JSON.parse(asked.text).meta;
    const waiting = await staff('GET', '/orders/attention?limit=100');
    expect(waiting.data).toContainEqual(expect.objectContaining({ id: order.id, requested_returns: 1 }));

    await staff('POST', `/returns/${id}/approve`, { reason: 'Use the <b>label</b>' });
    expect((await mailOf(order.email, 'You can send back')).text).toContain('Use the <b>label</b>');
    const came = { lines: [{ order_line: order.line, quantity: 2, restock: false, condition: 'worn' }] };
    const received = await staff('POST', `/returns/${id}/receive`, came);
    expect(received.data).toMatchObject({
      lines: [{ quantity_returned: 2, quantity_refunded: 0 }],
      returns: [{ status: 'received', note: 'Sorry', ...came }],
    });
    const refunded = await staff('POST', `/returns/${id}/refund`, { amount_minor: 1500 });
    expect(refunded.data.returns).toMatchObject([{ status: 'refunded', refund_minor: 1500 }]);
    await mailOf(order.email, 'Refund for order');
    await until('the refund', async () => (await mine(order)).data.refunded_minor === 1500);
    const view = (await staff('GET', `/orders/${order.id}`)).data;
    expect(view).toMatchObject({
      payment_status: 'partly_refunded',
      payable_minor: 0,
      payments: [{ provider: 'manual', captured_minor: order.total_minor, refunded_minor: 1500 }],
      refunds: [{ status: 'succeeded', amount_minor: 1500, return: id }],
    });
    expect((await mine(order)).data).not.toHaveProperty('refunds');
    const still = await staff('GET', '/orders/attention?limit=100');
    expect(still.data.map((each: { id: string }) => each.id)).not.toContain(order.id);
  });

  test('more than is left, or what is not shipped, is refused by name', async () => {
    const order = await aShippedOrder();
    const ask = (quantity: number) =>
      call(
        'POST',
        `/store/orders/${order.id}/returns`,
        { lines: [{ order_line: order.line, quantity }] },
        order.keys,
      );
    expect(refusalOf(await ask(3))).toEqual({
      status: 409,
      code: 'NOT_RETURNABLE',
      reason: 'more_than_left',
    });
    const asked = JSON.parse((await ask(2)).text);
    const refund = await staff('POST', `/returns/${asked.meta.return}/refund`, {});
    expect(refusalOf(refund)).toEqual({
      status: 409,
      code: 'RETURN_NOT_CHANGEABLE',
      reason: 'not_received',
    });
    await staff('POST', `/returns/${asked.meta.return}/reject`, { reason: 'Worn' });
    expect((await mine(order)).data.returns).toMatchObject([{ status: 'rejected', reason: 'Worn' }]);
  });

  test('at the counter, in one call', async () => {
    const order = await aShippedOrder();
    const body = { lines: [{ order_line: order.line, quantity: 1, condition: 'new' }], received: true };
    const taken = await staff('POST', `/orders/${order.id}/returns`, body);
    expect(taken).toMatchObject({
      status: 201,
      data: { returns: [{ status: 'received', requested_by: 'staff' }] },
    });
  });
});

describe('mails', () => {
  test('are sent again on demand, and the timeline says by whom', async () => {
    const order = await aShippedOrder();
    await mailOf(order.email, 'on its way');
    const before = counter.server.inbox.messages(order.email).length;
    expect((await staff('POST', `/orders/${order.id}/mails`, { template: 'order-shipped' })).status).toBe(
      204,
    );
    await until('the mail', () => counter.server.inbox.messages(order.email).length > before);
    const { data } = await staff('GET', `/orders/${order.id}`);
    expect(data.events.at(-1)).toMatchObject({
      kind: 'mail_resent',
      actor_kind: 'staff',
      data: { template: 'order-shipped' },
    });
    expect(JSON.stringify((await mine(order)).data.events)).not.toContain('mail_resent');
  });

  test('that have nothing to tell of are refused', async () => {
    const order = await anOrder();
    for (const template of ['order-paid', 'order-shipped', 'order-cancelled', 'return-approved'])
      expect(await staff('POST', `/orders/${order.id}/mails`, { template })).toMatchObject({
        status: 409,
        code: 'MAIL_NOT_DUE',
      });
    expect((await staff('POST', `/orders/${order.id}/mails`, { template: 'verify-email' })).status).toBe(400);
  });
});

describe('what is seen', () => {
  test('a shopper sees public notes and what is left to pay; staff see all notes, files and who did what', async () => {
    const order = await anOrder();
    const { db } = counter.server;
    const note = { order: order.id, created_at: new Date() };
    await db('order_notes').insert({ ...note, body: 'Gift: no invoice', is_public: false });
    await db('order_notes').insert({ ...note, body: 'We call before we come', is_public: true });
    const file = randomUUID();
    await db('directus_files').insert({
      id: file,
      storage: 'local',
      filename_download: 'offer.pdf',
      title: 'Offer',
      type: 'application/pdf',
    });
    await db('orders_files').insert({ id: randomUUID(), order: order.id, file, sort: 1 });
    const seen = (await mine(order)).data;
    expect(seen).toMatchObject({
      payable_minor: order.total_minor,
      tax_exemption: null,
      vat_id: null,
      notes: [{ body: 'We call before we come' }],
    });
    expect(JSON.stringify(seen)).not.toContain('no invoice');
    for (const hidden of ['payments', 'refunds', 'attachments', 'version', 'customer'])
      expect(seen).not.toHaveProperty(hidden);
    const view = (await staff('GET', `/orders/${order.id}`)).data;
    expect(view.notes).toHaveLength(2);
    expect(view).toMatchObject({
      attachments: [{ file, filename: 'offer.pdf', title: 'Offer', type: 'application/pdf' }],
      needs_attention: false,
      origin: 'shopper',
      payments: [{ provider: 'manual', status: 'pending' }],
      events: [{ kind: 'placed', actor_kind: 'customer' }],
    });
    await staff('POST', `/orders/${order.id}/mark-paid`);
    expect((await mine(order)).data.payable_minor).toBe(0);
  });

  test('a discount is shown once for the order, and on each line it took something off', async () => {
    const code = await counter.aCode();
    const lines = [
      { variant: await counter.variantOf(), quantity: 1 },
      { variant: await counter.variantOf(), quantity: 2 },
    ];
    const { data } = await counter.order(await counter.aFullCart('', undefined, { lines, codes: [code] }));
    expect(data.order.adjustments).toMatchObject([
      { kind: 'discount', code, amount_minor: -300 },
      { kind: 'shipping', amount_minor: 500 },
    ]);
    expect(data.order.lines.map((line: { discounts: object[] }) => line.discounts)).toMatchObject([
      [{ code, amount_minor: -100 }],
      [{ code, amount_minor: -200 }],
    ]);
  });
});

describe('others', () => {
  test('cannot cancel, return or read what is not theirs', async () => {
    const [owner, stranger] = [await aCustomer(call), await aCustomer(call)];
    const theirs = [await aShippedOrder(owner), await aShippedOrder()];
    const other = await aShippedOrder();
    const keys: [string, Keys][] = [
      ['nobody', {}],
      ['another customer', { token: stranger.token }],
      ['the holder of another order', other.keys],
    ];
    for (const order of theirs) {
      const before = (await staff('GET', `/orders/${order.id}`)).data;
      const lines = [{ order_line: order.line, quantity: 1 }];
      for (const [who, held] of keys) {
        for (const [verb, path, body] of [
          ['GET', ''],
          ['POST', '/cancel', {}],
          ['POST', '/returns', { lines }],
        ] as [string, string, unknown?][]) {
          const answer = await call(verb, `/store/orders/${order.id}${path}`, body, held);
          expect([answer.status, answer.code], `${who}: ${verb} ${path}`).toEqual([404, 'NOT_FOUND']);
        }
      }
      expect((await staff('GET', `/orders/${order.id}`)).data).toEqual(before);
    }
    const foreign = { lines: [{ order_line: theirs[0]!.line, quantity: 1 }] };
    const mixed = await call('POST', `/store/orders/${other.id}/returns`, foreign, other.keys);
    expect(mixed).toMatchObject({ status: 400, extensions: { path: 'lines.0.order_line' } });
  });

  test('cannot do what is for staff', async () => {
    const customer = await aCustomer(call);
    const order = await aShippedOrder(customer);
    const { data } = await staff('GET', `/orders/${order.id}`);
    const shipment = data.shipments[0].id as string;
    const asked = await call(
      'POST',
      `/store/orders/${order.id}/returns`,
      { lines: [{ order_line: order.line, quantity: 1 }] },
      order.keys,
    );
    const id = JSON.parse(asked.text).meta.return as string;
    for (const [keys, status] of [
      [{}, 401],
      [{ token: customer.token }, 403],
    ] as [Keys, number][]) {
      for (const [verb, path, body] of [
        ['GET', `/orders/${order.id}`],
        ['GET', '/orders/attention'],
        ['POST', `/orders/${order.id}/ship`, {}],
        ['POST', `/orders/${order.id}/mails`, { template: 'order-placed' }],
        ['POST', `/orders/${order.id}/returns`, { lines: [{ order_line: order.line, quantity: 1 }] }],
        ['PATCH', `/shipments/${shipment}`, {}],
        ['POST', `/shipments/${shipment}/deliver`, {}],
        ['POST', `/shipments/${shipment}/cancel`],
        ['POST', `/returns/${id}/approve`, {}],
        ['POST', `/returns/${id}/reject`, {}],
        ['POST', `/returns/${id}/receive`, {}],
        ['POST', `/returns/${id}/refund`, {}],
      ] as [string, string, unknown?][])
        expect((await call(verb, `/staff${path}`, body, keys)).status, `${verb} ${path}`).toBe(status);
    }
  });
});

test('after all of it the books are sound', async () => {
  await expectSoundBooks(counter.server.shop);
});
