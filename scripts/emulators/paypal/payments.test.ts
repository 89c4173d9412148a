import { expect, test } from 'vitest';
import { approvedOrder, capturedOrder, freshEmulator, orderFor } from './emulator-under-test.ts';
import type { Untyped } from './emulator-under-test.ts';

const ORDERS = '/v2/checkout/orders';
const issuesOf = (body: Untyped) => body.details?.map(({ issue }: { issue: string }) => issue);
const partsOf = (body: Untyped) => body.purchase_units[0].payments;

test('an order is made, approved and captured', async () => {
  const { emulator, ask, webhook } = await freshEmulator();
  const made = await ask('POST', ORDERS, orderFor());
  expect(made).toMatchObject({
    status: 201,
    body: {
      status: 'PAYER_ACTION_REQUIRED',
      purchase_units: [{ custom_id: 'payment-1', amount: { value: '20.00', currency_code: 'EUR' } }],
    },
  });
  const { id } = made.body;
  expect(made.body.links).toContainEqual({
    href: `${emulator.url}/checkoutnow?token=${id}`,
    rel: 'payer-action',
    method: 'GET',
  });
  emulator.shopper.approve(id);
  expect((await ask('GET', `${ORDERS}/${id}`)).body).toMatchObject({ status: 'APPROVED', payer: {} });
  const captured = await ask('POST', `${ORDERS}/${id}/capture`, {});
  expect(captured).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
  expect(partsOf(captured.body).captures).toMatchObject([
    { status: 'COMPLETED', custom_id: 'payment-1', amount: { value: '20.00' }, final_capture: true },
  ]);
  await emulator.events.settled();
  expect(webhook.types()).toEqual([
    'CHECKOUT.ORDER.APPROVED',
    'CHECKOUT.ORDER.COMPLETED',
    'PAYMENT.CAPTURE.COMPLETED',
  ]);
  expect(emulator.ledger().orders).toMatchObject([
    { custom_id: 'payment-1', amount_minor: 2000, currency: 'EUR', captured_minor: 2000, refunded_minor: 0 },
  ]);
});

test('without a payment source an order waits as created, with another link', async () => {
  const { ask } = await freshEmulator();
  const { payment_source: _, ...request } = orderFor() as { payment_source: object };
  const { body } = await ask('POST', ORDERS, request);
  expect(body.status).toBe('CREATED');
  expect(body.links).toContainEqual(expect.objectContaining({ rel: 'approve' }));
});

test('nobody approves an order that is not there', async () => {
  const { emulator } = await freshEmulator();
  expect(() => emulator.shopper.approve('NONE')).toThrow('There is no order NONE');
  expect(emulator.events.list()).toEqual([]);
});

test('an answer is as short as it was asked for', async () => {
  const { ask } = await freshEmulator();
  const { body } = await ask('POST', ORDERS, orderFor(), { prefer: 'return=minimal' });
  expect(Object.keys(body)).toEqual(['id', 'status', 'links']);
});

test('what was not approved is not captured, and what was captured is not captured again', async () => {
  const bench = await freshEmulator();
  const { body } = await bench.ask('POST', ORDERS, orderFor());
  const early = await bench.ask('POST', `${ORDERS}/${body.id}/capture`, {});
  expect([early.status, issuesOf(early.body)]).toEqual([422, ['ORDER_NOT_APPROVED']]);
  bench.emulator.shopper.approve(body.id);
  await bench.ask('POST', `${ORDERS}/${body.id}/capture`, {});
  const again = await bench.ask('POST', `${ORDERS}/${body.id}/capture`, {});
  expect([again.status, issuesOf(again.body)]).toEqual([422, ['ORDER_ALREADY_CAPTURED']]);
  expect(bench.emulator.ledger().captures).toHaveLength(1);
});

test('a declined card leaves the order approved, and says where to choose again', async () => {
  const { emulator, ask } = await freshEmulator();
  const { body } = await ask('POST', ORDERS, orderFor());
  emulator.shopper.approve(body.id, 'declined');
  const refusal = await ask('POST', `${ORDERS}/${body.id}/capture`, {});
  expect([refusal.status, issuesOf(refusal.body)]).toEqual([422, ['INSTRUMENT_DECLINED']]);
  expect(refusal.body.links).toEqual([
    { href: `${emulator.url}/checkoutnow?token=${body.id}`, rel: 'redirect', method: 'GET' },
  ]);
  expect((await ask('GET', `${ORDERS}/${body.id}`)).body.status).toBe('APPROVED');
  emulator.shopper.approve(body.id);
  expect((await ask('POST', `${ORDERS}/${body.id}/capture`, {})).status).toBe(201);
});

test('a payment held for review is pending until PayPal decides', async () => {
  const { emulator, ask, webhook } = await freshEmulator();
  const [good, bad] = await Promise.all([ask('POST', ORDERS, orderFor()), ask('POST', ORDERS, orderFor())]);
  for (const { body } of [good, bad]) {
    emulator.shopper.approve(body.id, 'pending');
    const captured = await ask('POST', `${ORDERS}/${body.id}/capture`, {});
    expect(partsOf(captured.body).captures).toMatchObject([
      { status: 'PENDING', status_details: { reason: 'PENDING_REVIEW' } },
    ]);
  }
  expect(emulator.ledger().orders).toMatchObject([{ pending_minor: 2000 }, { pending_minor: 2000 }]);
  emulator.dashboard.settle(good.body.id, 'completes');
  emulator.dashboard.settle(bad.body.id, 'denied');
  expect(() => emulator.dashboard.settle(bad.body.id, 'completes')).toThrow('Nothing is held');
  expect(emulator.ledger().captures).toMatchObject([{ status: 'COMPLETED' }, { status: 'DECLINED' }]);
  await emulator.events.settled();
  expect(webhook.types()).toEqual(
    expect.arrayContaining([
      'PAYMENT.CAPTURE.PENDING',
      'PAYMENT.CAPTURE.COMPLETED',
      'PAYMENT.CAPTURE.DENIED',
    ]),
  );
});

test('an authorised amount is taken in part, and only once', async () => {
  const bench = await freshEmulator();
  const id = await approvedOrder(bench, { intent: 'AUTHORIZE' });
  const made = await bench.ask('POST', `${ORDERS}/${id}/authorize`, {});
  const [authorization] = partsOf(made.body).authorizations;
  expect(authorization).toMatchObject({ status: 'CREATED', amount: { value: '20.00' } });
  expect(Date.parse(authorization.expiration_time)).toBeGreaterThan(Date.now());
  expect(bench.emulator.ledger().orders).toMatchObject([{ authorised_minor: 2000, captured_minor: 0 }]);

  const path = `/v2/payments/authorizations/${authorization.id}`;
  const part = { amount: { currency_code: 'EUR', value: '15.50' }, final_capture: true };
  const more = { amount: { currency_code: 'EUR', value: '20.01' } };
  expect(issuesOf((await bench.ask('POST', `${path}/capture`, more)).body)).toEqual([
    'MAX_CAPTURE_AMOUNT_EXCEEDED',
  ]);
  const captured = await bench.ask('POST', `${path}/capture`, part);
  expect(captured).toMatchObject({
    status: 201,
    body: { status: 'COMPLETED', supplementary_data: { related_ids: { order_id: id } } },
  });
  expect(issuesOf((await bench.ask('POST', `${path}/capture`, part)).body)).toEqual([
    'AUTHORIZATION_ALREADY_CAPTURED',
  ]);
  expect(issuesOf((await bench.ask('POST', `${path}/void`)).body)).toEqual(['PREVIOUSLY_CAPTURED']);
  expect((await bench.ask('GET', path)).body.status).toBe('CAPTURED');
  expect(bench.emulator.ledger().orders).toMatchObject([{ authorised_minor: 0, captured_minor: 1550 }]);
});

test('an authorised amount is given up once, without a body unless one is asked for', async () => {
  const bench = await freshEmulator();
  const id = await approvedOrder(bench, { intent: 'AUTHORIZE' });
  const made = await bench.ask('POST', `${ORDERS}/${id}/authorize`, {});
  const path = `/v2/payments/authorizations/${partsOf(made.body).authorizations[0].id}`;
  const voided = await bench.ask('POST', `${path}/void`, undefined, { prefer: 'return=minimal' });
  expect(voided).toEqual({ status: 204, body: null });
  expect(issuesOf((await bench.ask('POST', `${path}/void`)).body)).toEqual(['PREVIOUSLY_VOIDED']);
  const capture = await bench.ask('POST', `${path}/capture`, {});
  expect(issuesOf(capture.body)).toEqual(['AUTHORIZATION_VOIDED']);
  expect((await bench.ask('GET', `${ORDERS}/${id}`)).body.status).toBe('VOIDED');
});

test('an authorization may be declined, held, granted and denied', async () => {
  const { emulator, ask } = await freshEmulator();
  const outcomes = ['declined', 'pending', 'pending'] as const;
  const ids: string[] = [];
  for (const outcome of outcomes) {
    const { body } = await ask('POST', ORDERS, orderFor({ intent: 'AUTHORIZE' }));
    emulator.shopper.approve(body.id, outcome);
    const { status } = await ask('POST', `${ORDERS}/${body.id}/authorize`, {});
    expect(status).toBe(outcome === 'declined' ? 422 : 201);
    ids.push(body.id);
  }
  emulator.dashboard.settle(ids[1]!, 'completes');
  emulator.dashboard.settle(ids[2]!, 'denied');
  expect(emulator.ledger().authorizations).toMatchObject([{ status: 'CREATED' }, { status: 'DENIED' }]);
});

test('the intent of an order decides what it can be asked for', async () => {
  const bench = await freshEmulator();
  const id = await approvedOrder(bench);
  const answer = await bench.ask('POST', `${ORDERS}/${id}/authorize`, {});
  expect([answer.status, issuesOf(answer.body)]).toEqual([422, ['ACTION_DOES_NOT_MATCH_INTENT']]);
});

test('refunds add up to what was captured and no further', async () => {
  const bench = await freshEmulator();
  const { order, capture } = await capturedOrder(bench);
  const path = `/v2/payments/captures/${capture}`;
  const part = { amount: { currency_code: 'EUR', value: '12.00' }, custom_id: 'refund-1' };
  const first = await bench.ask('POST', `${path}/refund`, part);
  expect(first).toMatchObject({ status: 201, body: { status: 'COMPLETED', custom_id: 'refund-1' } });
  expect((await bench.ask('GET', path)).body.status).toBe('PARTIALLY_REFUNDED');
  expect(issuesOf((await bench.ask('POST', `${path}/refund`, part)).body)).toEqual([
    'REFUND_AMOUNT_EXCEEDED',
  ]);
  const rest = await bench.ask('POST', `${path}/refund`, {});
  expect(rest.body).toMatchObject({ amount: { value: '8.00' }, custom_id: 'payment-1' });
  expect((await bench.ask('GET', path)).body.status).toBe('REFUNDED');
  expect(issuesOf((await bench.ask('POST', `${path}/refund`, {})).body)).toEqual(['CAPTURE_FULLY_REFUNDED']);
  const foreign = { amount: { currency_code: 'USD', value: '1.00' } };
  expect(issuesOf((await bench.ask('POST', `${path}/refund`, foreign)).body)).toEqual([
    'REFUND_CAPTURE_CURRENCY_MISMATCH',
  ]);
  expect((await bench.ask('GET', `/v2/payments/refunds/${first.body.id}`)).body).toMatchObject(part);
  const { body } = await bench.ask('GET', `${ORDERS}/${order}`);
  expect(partsOf(body).refunds).toHaveLength(2);
  expect(bench.emulator.ledger().orders).toMatchObject([{ captured_minor: 2000, refunded_minor: 2000 }]);
});

test('the merchant refunds by hand, and a bank may send the money back', async () => {
  const bench = await freshEmulator();
  const { order } = await capturedOrder(bench);
  const refund = bench.emulator.dashboard.refund(order, 500);
  expect(bench.emulator.ledger().refunds).toMatchObject([
    { id: refund, amount_minor: 500, custom_id: 'payment-1', status: 'COMPLETED' },
  ]);
  expect(() => bench.emulator.dashboard.refund(order, 1501)).toThrow('REFUND_AMOUNT_EXCEEDED');
  bench.emulator.dashboard.settleRefund(refund, 'fails');
  expect(bench.emulator.ledger().orders).toMatchObject([{ refunded_minor: 0 }]);
  await bench.emulator.events.settled();
  const types = bench.webhook.types().filter((type) => type.includes('REFUND'));
  expect(types).toEqual(['PAYMENT.CAPTURE.REFUNDED', 'PAYMENT.REFUND.FAILED']);
});

test('refunds take their time where the merchant’s balance is low', async () => {
  const bench = await freshEmulator();
  const { capture } = await capturedOrder(bench);
  bench.emulator.dashboard.delayRefunds(true);
  const { body } = await bench.ask('POST', `/v2/payments/captures/${capture}/refund`, {});
  expect(body).toMatchObject({ status: 'PENDING', status_details: { reason: 'ECHECK' } });
  bench.emulator.dashboard.settleRefund(body.id, 'completes');
  expect((await bench.ask('GET', `/v2/payments/refunds/${body.id}`)).body.status).toBe('COMPLETED');
  expect(() => bench.emulator.dashboard.settleRefund(body.id, 'completes')).toThrow('no refund');
});

test('one invoice is captured for one order only', async () => {
  const bench = await freshEmulator();
  const unit = { invoice_id: 'K-1' };
  const first = await approvedOrder(bench, { unit });
  const second = await approvedOrder(bench, { unit });
  expect((await bench.ask('POST', `${ORDERS}/${first}/capture`, {})).status).toBe(201);
  const refusal = await bench.ask('POST', `${ORDERS}/${second}/capture`, {});
  expect([refusal.status, issuesOf(refusal.body)]).toEqual([422, ['DUPLICATE_INVOICE_ID']]);
});

test.each([
  ['JPY', '1200', 1200, '1200'],
  ['HUF', '1200', 120_000, '1200'],
  ['TWD', '30', 3000, '30'],
  ['USD', '0.05', 5, '0.05'],
  ['USD', '7', 700, '7.00'],
])('%s %s is %i minor units and comes back as %s', async (currency_code, value, amount_minor, told) => {
  const { emulator, ask } = await freshEmulator();
  const { status, body } = await ask('POST', ORDERS, orderFor({ currency_code, value }));
  expect([status, body.purchase_units[0].amount.value]).toEqual([201, told]);
  expect(emulator.ledger().orders).toMatchObject([{ amount_minor, currency: currency_code }]);
});

test.each([
  ['JPY', '12.00', 'DECIMAL_PRECISION'],
  ['HUF', '12.5', 'DECIMAL_PRECISION'],
  ['EUR', '1.234', 'DECIMAL_PRECISION'],
  ['EUR', '0.00', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
  ['EUR', '-1.00', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
  ['KWD', '1.000', 'INVALID_CURRENCY_CODE'],
])('%s %s is refused with %s', async (currency_code, value, issue) => {
  const { emulator, ask } = await freshEmulator();
  const refusal = await ask('POST', ORDERS, orderFor({ currency_code, value }));
  expect([refusal.status, issuesOf(refusal.body)]).toEqual([422, [issue]]);
  expect(emulator.ledger().orders).toEqual([]);
});
