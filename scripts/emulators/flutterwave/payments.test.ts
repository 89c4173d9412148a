import { expect, test } from 'vitest';
import { majorOf, minorOf } from './amounts.ts';
import { freshEmulator, order } from './emulator-under-test.ts';

test('a payment is made, paid and verified by its reference and by its id', async () => {
  const { ask, emulator, link } = await freshEmulator();
  expect(await link()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/pay\/[0-9a-f]{20}$/);
  const { transaction, return_url } = emulator.shopper.pay('order-1');
  expect(return_url).toBe(
    `https://shop.example/thanks?order=K-1001&status=successful&tx_ref=order-1&transaction_id=${transaction.id}`,
  );
  const paid = {
    id: transaction.id,
    tx_ref: 'order-1',
    amount: 7500,
    app_fee: 105,
    amount_settled: 7395,
    currency: 'NGN',
    status: 'successful',
    meta: { payment: 'p-1' },
    customer: { email: 'shopper@example.com' },
  };
  const byReference = await ask('GET', '/transactions/verify_by_reference?tx_ref=order-1');
  expect(byReference).toMatchObject({ status: 200, body: { status: 'success', data: paid } });
  expect(await ask('GET', `/transactions/${transaction.id}/verify`)).toEqual(byReference);
  expect(emulator.ledger().payments).toEqual([
    { tx_ref: 'order-1', amount_minor: 750_000, currency: 'NGN', captured_minor: 750_000, refunded_minor: 0 },
  ]);
});

test('before anybody pays there is no transaction, for a reference or an id', async () => {
  const { ask, link } = await freshEmulator();
  await link();
  const none = {
    status: 400,
    body: { status: 'error', message: 'No transaction was found for this id', data: null },
  };
  expect(await ask('GET', '/transactions/verify_by_reference?tx_ref=order-1')).toEqual(none);
  expect(await ask('GET', '/transactions/1/verify')).toEqual(none);
});

test('a payment fails, and another one on the same page is paid', async () => {
  const { ask, emulator, link } = await freshEmulator();
  await link();
  emulator.shopper.pay('order-1', 'failed');
  expect((await ask('GET', '/transactions/verify_by_reference?tx_ref=order-1')).body.data).toMatchObject({
    status: 'failed',
    amount_settled: null,
  });
  emulator.shopper.pay('order-1');
  expect((await ask('GET', '/transactions/verify_by_reference?tx_ref=order-1')).body.data.status).toBe(
    'successful',
  );
  const listed = await ask('GET', '/transactions?tx_ref=order-1');
  expect(listed.body.data.map(({ status }: { status: string }) => status)).toEqual(['successful', 'failed']);
});

test('a pending payment gets its outcome later', async () => {
  const { ask, emulator, link } = await freshEmulator();
  await link();
  const { transaction } = emulator.shopper.pay('order-1', 'pending');
  expect(emulator.ledger().payments).toMatchObject([{ captured_minor: 0 }]);
  emulator.dashboard.settle('order-1', 'successful');
  expect((await ask('GET', `/transactions/${transaction.id}/verify`)).body.data.status).toBe('successful');
  expect(() => emulator.dashboard.settle('order-1', 'failed')).toThrow('pending');
});

test('a shopper who tampers with the page pays another amount in another currency', async () => {
  const { ask, emulator, link } = await freshEmulator();
  await link();
  emulator.shopper.pay('order-1', 'successful', { amount_minor: 100, currency: 'USD' });
  const { body } = await ask('GET', '/transactions/verify_by_reference?tx_ref=order-1');
  expect(body.data).toMatchObject({ status: 'successful', amount: 1, currency: 'USD' });
  expect(emulator.ledger().payments).toMatchObject([{ amount_minor: 750_000, captured_minor: 0 }]);
});

test('one page is paid once, two pages of one reference twice, and no third is made', async () => {
  const { ask, emulator, link } = await freshEmulator();
  await Promise.all([link(), link()]);
  emulator.shopper.pay('order-1');
  emulator.shopper.pay('order-1');
  expect(() => emulator.shopper.pay('order-1')).toThrow('No page');
  expect(emulator.ledger().payments).toMatchObject([{ captured_minor: 1_500_000 }]);
  expect(await ask('POST', '/payments', order)).toMatchObject({ status: 400, body: { status: 'error' } });
});

test.each([
  ['no tx_ref', { tx_ref: undefined }],
  ['an empty tx_ref', { tx_ref: '' }],
  ['a tx_ref of 101 characters', { tx_ref: 'x'.repeat(101) }],
  ['an amount that is no decimal', { amount: '7,500' }],
  ['no amount', { amount: undefined }],
  ['an amount of zero', { amount: 0 }],
  ['more digits than the currency has', { amount: '7500.005' }],
  ['digits in a currency without any', { amount: '7500.5', currency: 'UGX' }],
  ['a currency in small letters', { currency: 'ngn' }],
  ['no customer', { customer: undefined }],
  ['a misspelt parameter', { redirecturl: 'https://shop.example' }],
  ['a way back that is no address', { redirect_url: 'javascript:alert(1)' }],
  ['a session of more than a day', { session_duration: 1441 }],
])('%s is refused, and no page is made', async (_, change) => {
  const { ask, emulator } = await freshEmulator();
  expect(await ask('POST', '/payments', { ...order, ...change })).toMatchObject({
    status: 400,
    body: { status: 'error', data: null },
  });
  expect(emulator.ledger().links).toEqual([]);
});

test('a body that is no JSON, a wrong key and an unknown address are refused', async () => {
  const { ask } = await freshEmulator({ secret_key: 'FLWSECK-right' });
  expect((await ask('POST', '/payments', '{"tx_ref"', 'FLWSECK-right')).status).toBe(400);
  expect((await ask('POST', '/payments', order, 'FLWSECK-wrong')).status).toBe(401);
  expect((await ask('GET', '/transactions', undefined, 'FLWSECK-right')).status).toBe(200);
  expect((await ask('GET', '/balances', undefined, 'FLWSECK-right')).status).toBe(404);
});

test('transactions are listed newest first, ten to a page, by day, reference, currency and status', async () => {
  const { ask, emulator, link } = await freshEmulator();
  for (let number = 1; number <= 12; number += 1) {
    await link({ tx_ref: `order-${number}`, currency: number > 10 ? 'GHS' : 'NGN' });
    emulator.shopper.pay(`order-${number}`, number === 3 ? 'failed' : 'successful');
  }
  const first = (await ask('GET', '/transactions')).body;
  expect(first.meta.page_info).toEqual({ total: 12, current_page: 1, total_pages: 2, page_size: 10 });
  expect(first.data[0].tx_ref).toBe('order-12');
  expect((await ask('GET', '/transactions?page=2')).body.data).toMatchObject([
    { tx_ref: 'order-2' },
    { tx_ref: 'order-1' },
  ]);
  expect((await ask('GET', '/transactions?currency=GHS')).body.meta.page_info.total).toBe(2);
  expect((await ask('GET', '/transactions?status=failed')).body.data).toMatchObject([{ tx_ref: 'order-3' }]);
  expect((await ask('GET', '/transactions?from=2999-01-01')).body.data).toEqual([]);
  expect((await ask('GET', '/transactions?to=1999-01-01')).body.data).toEqual([]);
});

test.each([
  [750_000, 'NGN', 7500],
  [1, 'NGN', 0.01],
  [1200, 'UGX', 1200],
  [1500, 'KWD', 1.5],
  [1, 'KWD', 0.001],
  [99_999_999_999, 'NGN', 999_999_999.99],
])('%i minor units of %s are %d, and back', (amount_minor, currency, amount) => {
  expect(majorOf(amount_minor, currency)).toBe(amount);
  expect(minorOf(amount, currency)).toBe(amount_minor);
  expect(minorOf(String(amount), currency)).toBe(amount_minor);
});
