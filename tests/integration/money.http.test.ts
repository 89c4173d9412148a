/** Gift cards, store credit, refunds and settling over HTTP: who may, what is refused, what is answered. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { startCounter, type Counter } from '../support/http-carts.ts';
import { aCustomer, type Call, type Keys } from '../support/store-client.ts';
import { ownerOf, payWith, standingOf } from '../support/stripe-shop.ts';
import { until } from '../support/until.ts';

let counter: Counter;
let call: Call;
beforeAll(async () => {
  counter = await startCounter();
  call = counter.call;
});
afterAll(() => counter.server.stop());

const admin = (): Keys => ({ token: counter.server.admin_token });
const staff = (method: string, path: string, body?: unknown) => call(method, `/staff${path}`, body, admin());

async function aCard(initial_minor: number): Promise<{ id: string; code: string }> {
  const { status, data, text } = await staff('POST', '/gift-cards', { initial_minor, currency: 'USD' });
  expect(status, text).toBe(201);
  return data as { id: string; code: string };
}

/** An order of one download over 1000, paid by hand. */
async function aPaidOrder() {
  const variant = await counter.variantOf({ price_minor: 1000, kind: 'digital' });
  const cart = await counter.aCart({
    email: `ada-${randomUUID()}@example.com`,
    lines: [{ variant, quantity: 1 }],
  });
  const { data } = await counter.order(cart);
  const paid = await staff('POST', `/orders/${data.order.id}/mark-paid`);
  expect(paid.data.payment_status, paid.text).toBe('paid');
  return { id: data.order.id as string, line: paid.data.lines[0].id as string };
}

describe('staff and gift cards', () => {
  test('issue one, see its code once, read its ledger, correct, disable and enable it', async () => {
    const { id, code } = await aCard(5000);
    expect(code).toMatch(/^([A-Z2-9]{4}-){3}[A-Z2-9]{4}$/);
    const adjusted = await staff('POST', `/gift-cards/${id}/adjust`, {
      delta_minor: -1000,
      note: 'Spent by phone',
    });
    expect(adjusted.data).toMatchObject({ balance_minor: 4000, status: 'active' });
    const disabled = await staff('PATCH', `/gift-cards/${id}`, { status: 'disabled' });
    expect(disabled.data).toMatchObject({ status: 'disabled', balance_minor: 4000 });
    await staff('PATCH', `/gift-cards/${id}`, { status: 'active' });
    const { data, text } = await staff('GET', `/gift-cards/${id}`);
    expect(data.movements).toMatchObject([
      { delta_minor: -1000, reason: 'adjusted', note: 'Spent by phone' },
      { delta_minor: 5000, reason: 'issued' },
    ]);
    expect(text).not.toContain(code);
  });

  test.each([
    ['nothing', { initial_minor: 0, currency: 'USD' }, 'initial_minor'],
    ['a fraction', { initial_minor: 10.5, currency: 'USD' }, 'initial_minor'],
    ['no currency', { initial_minor: 10, currency: 'XYZ' }, 'currency'],
    ['a field nobody knows', { initial_minor: 10, currency: 'USD', balance_minor: 99 }, 'balance_minor'],
  ])('cannot issue one over %s', async (_what, body, path) => {
    const refused = await staff('POST', '/gift-cards', body);
    expect(refused).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD', extensions: { path } });
  });

  test('cannot issue one to nobody, nor take more than there is', async () => {
    const nobody = { initial_minor: 1, currency: 'USD', customer: randomUUID() };
    expect(await staff('POST', '/gift-cards', nobody)).toMatchObject({
      status: 404,
      extensions: { path: 'customer' },
    });
    const { id } = await aCard(100);
    const refused = await staff('POST', `/gift-cards/${id}/adjust`, { delta_minor: -101, note: 'x' });
    expect(refused).toMatchObject({ status: 409, code: 'BALANCE_TOO_SMALL' });
    const missing = await staff('GET', `/gift-cards/${randomUUID()}`);
    expect(missing).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('a shopper', () => {
  test('asks what is left on a card, and hears of a wrong code no more than of an empty one', async () => {
    const { id, code } = await aCard(700);
    const found = await call('POST', '/store/gift-cards/balance', { code });
    expect(found).toMatchObject({
      status: 200,
      data: { balance_minor: 700, currency: 'USD', last4: code.slice(-4) },
    });
    await staff('POST', `/gift-cards/${id}/adjust`, { delta_minor: -700, note: 'Paid out' });
    const empty = await call('POST', '/store/gift-cards/balance', { code });
    const wrong = await call('POST', '/store/gift-cards/balance', { code: 'AAAA-BBBB-CCCC-DDDD' });
    expect(empty).toMatchObject({ status: 422, code: 'GIFT_CARD_REFUSED' });
    expect(wrong.text).toBe(empty.text);
  });

  test('who is signed in sees their store credit, others none', async () => {
    const customer = await aCustomer(call);
    const known = await row<{ id: string }>(counter.server.db, 'select id from customers where email = ?', [
      customer.email,
    ]);
    const grant = { delta_minor: 1500, currency: 'USD', note: 'An apology' };
    const granted = await staff('POST', `/customers/${known!.id}/store-credit`, grant);
    expect(granted.data).toMatchObject([{ currency: 'USD', balance_minor: 1500 }]);
    const { data } = await call('GET', '/store/me/store-credit', undefined, { token: customer.token });
    expect(data).toMatchObject([
      { balance_minor: 1500, movements: [{ delta_minor: 1500, reason: 'granted' }] },
    ]);
    expect(
      (await call('GET', '/store/me/store-credit', undefined, { token: (await aCustomer(call)).token })).data,
    ).toEqual([]);
    expect(await call('GET', '/store/me/store-credit')).toMatchObject({
      status: 401,
      code: 'SIGN_IN_REQUIRED',
    });
  });

  test('pays with a card and a gift card: the provider is asked for the rest, which a changed balance changes', async () => {
    const { id, code } = await aCard(400);
    const variant = await counter.variantOf({ price_minor: 1000, kind: 'digital' });
    const cart = await counter.aCart({
      email: `ada-${randomUUID()}@example.com`,
      lines: [{ variant, quantity: 1 }],
    });
    const put = await call('POST', `/store/carts/${cart.id}/gift-cards`, { code }, cart.keys);
    expect(put.data.payable.remaining_minor, put.text).toBe(600);
    const complete = (expected_payable_minor: number) =>
      call(
        'POST',
        `/store/carts/${cart.id}/complete`,
        { expected_total_minor: 1000, expected_payable_minor, payment: { provider: 'stripe' } },
        { ...cart.keys, idempotency_key: randomUUID() },
      );
    await staff('POST', `/gift-cards/${id}/adjust`, { delta_minor: -100, note: 'Spent by phone' });
    expect(await complete(600)).toMatchObject({
      status: 409,
      code: 'GIFT_CARD_CHANGED',
      extensions: { payable_minor: 700, covered_minor: 300 },
    });

    const { data, text } = await complete(700);
    expect(data?.payment.amount_minor, text).toBe(700);
    const intent = (data.payment.client_data.client_secret as string).split('_secret_')[0]!;
    await payWith(ownerOf(counter.server.emulator), intent);
    await until('the order is paid', async () => {
      return (await standingOf(counter.server.shop, data.order.id)).payment_status === 'paid';
    });
    expect(await standingOf(counter.server.shop, data.order.id)).toMatchObject({ paid_minor: 1000 });
  });
});

describe('staff and refunds', () => {
  test('give a part back and then everything, and see both with the order', async () => {
    const { id, line } = await aPaidOrder();
    const part = await staff('POST', `/orders/${id}/refunds`, { amount_minor: 250, reason: 'Late' });
    expect(part, part.text).toMatchObject({ status: 201, data: { refunds: [{ amount_minor: 250 }] } });
    const all = await staff('POST', `/orders/${id}/refunds`, { everything: true });
    expect(all.data.refunds).toMatchObject([{ amount_minor: 750 }]);
    await until('both are done', async () => {
      return (await standingOf(counter.server.shop, id)).payment_status === 'refunded';
    });
    const { data } = await staff('GET', `/orders/${id}`);
    expect(data.payments).toMatchObject([{ provider: 'manual', captured_minor: 1000, refunded_minor: 1000 }]);
    expect(data.refunds).toMatchObject([
      { status: 'succeeded', amount_minor: 250, reason: 'Late' },
      { status: 'succeeded', amount_minor: 750 },
    ]);
    expect(data.lines).toMatchObject([{ id: line }]);
    const mail = await counter.server.inbox.waitFor(
      ({ subject }) => subject === `Refund for order ${data.number}`,
    );
    expect(mail.text).toContain('by hand, the way you paid');
  });

  test.each([
    ['nothing', {}],
    ['everything and an amount', { everything: true, amount_minor: 1 }],
    ['less than nothing', { amount_minor: -1 }],
    ['no lines', { lines: [] }],
  ])('cannot ask for %s', async (_what, body) => {
    const { id } = await aPaidOrder();
    expect(await staff('POST', `/orders/${id}/refunds`, body)).toMatchObject({
      status: 400,
      code: 'INVALID_PAYLOAD',
    });
  });

  test('cannot give more than was paid, credit to a guest, or settle what is in order', async () => {
    const { id } = await aPaidOrder();
    const tooMuch = await staff('POST', `/orders/${id}/refunds`, { amount_minor: 1001 });
    expect(tooMuch).toMatchObject({
      status: 409,
      code: 'REFUND_TOO_MUCH',
      extensions: { path: 'amount_minor', refundable_minor: 1000 },
    });
    const credit = await staff('POST', `/orders/${id}/refunds`, { amount_minor: 1, to: 'store_credit' });
    expect(credit).toMatchObject({ status: 409, code: 'STORE_CREDIT_NEEDS_CUSTOMER' });
    const settled = await staff('POST', `/orders/${id}/settle`, { action: 'accept' });
    expect(settled).toMatchObject({ status: 409, code: 'ORDER_NOT_SETTLABLE' });
    const missing = await staff('POST', `/orders/${randomUUID()}/settle`, { action: 'refund' });
    expect(missing).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('are alone in it: shoppers and strangers may do none of this', async () => {
    const { id } = await aPaidOrder();
    const card = await aCard(100);
    const shopper = await aCustomer(call);
    const forbidden: [string, string, unknown][] = [
      ['POST', '/gift-cards', { initial_minor: 1, currency: 'USD' }],
      ['GET', `/gift-cards/${card.id}`, undefined],
      ['PATCH', `/gift-cards/${card.id}`, { status: 'disabled' }],
      ['POST', `/gift-cards/${card.id}/adjust`, { delta_minor: 1, note: 'x' }],
      ['POST', `/customers/${randomUUID()}/store-credit`, { delta_minor: 1, currency: 'USD', note: 'x' }],
      ['POST', `/orders/${id}/refunds`, { everything: true }],
      ['POST', `/orders/${id}/settle`, { action: 'refund' }],
    ];
    for (const [method, path, body] of forbidden) {
      expect(await call(method, `/staff${path}`, body, { token: shopper.token }), path).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
      });
      expect(await call(method, `/staff${path}`, body), path).toMatchObject({ status: 401 });
    }
  });
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(counter.server.shop));
  test('and equal to the provider’s', () => expectBooksOf(counter.server.shop, counter.server.emulator));
});
