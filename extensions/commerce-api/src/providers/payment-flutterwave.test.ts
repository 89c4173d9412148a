import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  failureOf,
  freshProvider,
  IMPATIENT,
  startOf,
} from '../../../../scripts/emulators/flutterwave/provider-under-test.ts';
import type { ProviderPayment } from './payment.ts';

test('a payment is begun on a page of Flutterwave, and its money named exactly', async () => {
  const { emulator, provider } = await freshProvider();
  const input = startOf({ amount_minor: 1999 });
  const begun = await provider.start(input);
  expect(begun).toMatchObject({
    provider_payment: `${input.payment}-1`,
    payment: input.payment,
    status: 'pending',
    amount_minor: 1999,
    currency: 'NGN',
    captured_minor: 0,
  });
  const [link] = emulator.ledger().links;
  expect(begun.client_data).toEqual({ redirect_url: `${emulator.url}/pay/${link?.id}` });
  expect(link).toMatchObject({
    tx_ref: begun.provider_payment,
    amount_minor: 1999,
    currency: 'NGN',
    redirect_url: 'https://shop.example/thanks',
    email: 'shopper@example.com',
    title: 'Order K-1001',
    meta: { payment: input.payment, order: input.order },
  });
});

test.each([
  [1200, 'UGX'],
  [1, 'NGN'],
  [19_990, 'GHS'],
  [1500, 'KWD'],
  [99_999_999_999, 'NGN'],
])('%i of %s is paid, fetched and given back to the last unit', async (amount_minor, currency) => {
  const { emulator, paid, provider } = await freshProvider();
  const provider_payment = await paid({ amount_minor, currency });
  const money = { amount_minor, currency, captured_minor: amount_minor };
  expect(await provider.fetch(provider_payment)).toMatchObject({
    status: 'paid',
    ...money,
    refunded_minor: 0,
  });
  await provider.refund({ provider_payment, refund: randomUUID(), amount_minor, currency });
  expect(await provider.fetch(provider_payment)).toMatchObject({ ...money, refunded_minor: amount_minor });
  expect(emulator.ledger().payments).toMatchObject([
    { captured_minor: amount_minor, refunded_minor: amount_minor },
  ]);
});

test('nothing is known of a page until somebody pays on it, nor of an unknown reference', async () => {
  const { begin, provider } = await freshProvider();
  const payment = randomUUID();
  expect(await provider.fetch(await begin({ payment }))).toBeNull();
  expect(await provider.find({ payment, attempt: 1, since: new Date() })).toBeNull();
  expect(await provider.fetch('somebody-elses')).toBeNull();
});

test('a paid payment is found by our own id and attempt, and by no other', async () => {
  const { paid, provider } = await freshProvider();
  const payment = randomUUID();
  await paid({ payment, attempt: 2 });
  const find = (attempt: number) => provider.find({ payment, attempt, since: new Date() });
  expect(await find(2)).toMatchObject({ provider_payment: `${payment}-2`, payment, status: 'paid' });
  expect(await find(1)).toBeNull();
});

test('a failed payment may be tried again on the same page, and is paid then', async () => {
  const { begin, emulator, provider } = await freshProvider();
  const tx_ref = await begin();
  emulator.shopper.pay(tx_ref, 'failed');
  expect(await provider.fetch(tx_ref)).toMatchObject({
    status: 'failed',
    amount_minor: 750_000,
    captured_minor: 0,
    error_code: 'failed',
    error_message: 'Declined by Financial Institution',
  });
  emulator.shopper.pay(tx_ref);
  emulator.shopper.pay(await begin(), 'failed');
  expect(await provider.fetch(tx_ref)).toMatchObject({
    status: 'paid',
    captured_minor: 750_000,
    error_code: null,
  });
});

test('a failure after a payment that is still pending does not hide it', async () => {
  const { begin, emulator, provider } = await freshProvider();
  const tx_ref = await begin();
  emulator.shopper.pay(tx_ref, 'pending');
  emulator.shopper.pay(tx_ref, 'failed');
  expect(await provider.fetch(tx_ref)).toMatchObject({ status: 'processing', captured_minor: 0 });
});

test.each([
  ['successful', { status: 'paid', captured_minor: 750_000 }],
  ['failed', { status: 'failed', captured_minor: 0 }],
] as const)('a pending payment is processing until it is %s', async (outcome, truth) => {
  const { begin, emulator, provider } = await freshProvider();
  const tx_ref = await begin();
  emulator.shopper.pay(tx_ref, 'pending');
  expect(await provider.fetch(tx_ref)).toMatchObject({
    status: 'processing',
    amount_minor: 750_000,
    captured_minor: 0,
  });
  emulator.dashboard.settle(tx_ref, outcome);
  expect(await provider.fetch(tx_ref)).toMatchObject(truth);
});

test('what a shopper paid is told, not what the page asked for', async () => {
  const { begin, emulator, provider } = await freshProvider();
  const [less, other] = [await begin(), await begin()];
  emulator.shopper.pay(less, 'successful', { amount_minor: 100 });
  emulator.shopper.pay(other, 'successful', { currency: 'GHS' });
  expect(await provider.fetch(less)).toMatchObject({
    amount_minor: 100,
    captured_minor: 100,
    currency: 'NGN',
  });
  expect(await provider.fetch(other)).toMatchObject({ amount_minor: 750_000, currency: 'GHS' });
});

test('a repeated start makes another page for the same reference, and both paid show as another amount', async () => {
  const { emulator, provider } = await freshProvider();
  const input = startOf();
  const [first, second] = [await provider.start(input), await provider.start(input)];
  const tx_ref = first.provider_payment;
  expect(second.provider_payment).toBe(tx_ref);
  emulator.shopper.pay(tx_ref);
  emulator.shopper.pay(tx_ref);
  expect(await provider.fetch(tx_ref)).toMatchObject({
    status: 'paid',
    amount_minor: 1_500_000,
    captured_minor: 1_500_000,
    error_code: 'paid_more_than_once',
  });
  // Staff undo it in the dashboard.
  emulator.dashboard.refund(tx_ref, 750_000);
  expect(await provider.fetch(tx_ref)).toMatchObject({
    amount_minor: 750_000,
    captured_minor: 750_000,
    refunded_minor: 0,
    refunds: [],
    error_code: null,
  });
});

test('a second payment in another currency is named', async () => {
  const { emulator, provider } = await freshProvider();
  const input = startOf();
  const { provider_payment } = await provider.start(input);
  await provider.start(input);
  emulator.shopper.pay(provider_payment, 'successful', { amount_minor: 100, currency: 'USD' });
  emulator.shopper.pay(provider_payment);
  expect(await provider.fetch(provider_payment)).toMatchObject({
    amount_minor: 100,
    currency: 'USD',
    error_code: 'paid_more_than_once',
  });
});

test('a start whose answer was lost is repeated, and paid once', async () => {
  const { emulator, provider } = await freshProvider();
  emulator.faults.add({ kind: 'lost_answer', route: 'POST /v3/payments', times: 1 });
  const input = startOf();
  expect(await failureOf(provider.start(input))).toMatchObject({ is_definite: false, is_repeatable: true });
  const { provider_payment } = await provider.start(input);
  emulator.shopper.pay(provider_payment);
  expect(await provider.fetch(provider_payment)).toMatchObject({ status: 'paid', captured_minor: 750_000 });
});

test.each([
  [400, { is_definite: true, code: 'http_400' }],
  [401, { is_definite: true, code: 'http_401' }],
  [429, { is_definite: false, code: 'http_429' }],
  [500, { is_definite: false, code: 'http_500' }],
  [503, { is_definite: false, code: 'http_503' }],
])('a start that is answered %i is told for what it is', async (status, failure) => {
  const { emulator, provider } = await freshProvider();
  emulator.faults.add({ kind: 'error_before_acting', status, times: 1 });
  expect(await failureOf(provider.start(startOf()))).toMatchObject(failure);
});

test('silence is no answer, and does not last', async () => {
  const { emulator, paid, provider } = await freshProvider({}, IMPATIENT);
  const tx_ref = await paid();
  emulator.faults.add({ kind: 'silence_before_acting', times: 1 });
  expect(await failureOf(provider.fetch(tx_ref))).toMatchObject({ is_definite: false, code: 'timeout' });
  expect(await provider.fetch(tx_ref)).toMatchObject({ status: 'paid' });
});

test('an error while the truth is read is not taken for an unknown payment', async () => {
  const { emulator, paid, provider } = await freshProvider();
  const tx_ref = await paid();
  for (const route of [
    'GET /v3/transactions/verify_by_reference',
    'GET /v3/transactions',
    'GET /v3/refunds',
  ]) {
    emulator.faults.add({ kind: 'error_before_acting', status: 503, route, times: 1 });
    expect(await failureOf(provider.fetch(tx_ref))).toMatchObject({ is_definite: false, code: 'http_503' });
  }
});

test('money is only taken at once', async () => {
  const { emulator, provider } = await freshProvider();
  expect(await failureOf(provider.start(startOf({ capture: 'later' })))).toMatchObject({ is_definite: true });
  expect(emulator.ledger().links).toEqual([]);
  expect([provider.proceed, provider.capture, provider.methods]).toEqual([null, null, null]);
});

test('a page cannot be cancelled, and whether it was paid is told', async () => {
  const { begin, emulator, provider } = await freshProvider();
  const tx_ref = await begin();
  expect(await provider.cancel(tx_ref)).toBe('cannot_cancel');
  emulator.shopper.pay(tx_ref, 'pending');
  expect(await provider.cancel(tx_ref)).toBe('cannot_cancel');
  emulator.dashboard.settle(tx_ref, 'successful');
  expect(await provider.cancel(tx_ref)).toBe('paid');
});

test('all payments since a moment are listed over many pages, one for a reference, with what went back', async () => {
  const { begin, emulator, paid, provider } = await freshProvider();
  const earlier = await paid();
  await expect
    .poll(() => Date.now() > new Date(emulator.ledger().transactions[0]!.created_at).getTime())
    .toBe(true);
  const since = new Date();
  const references = await Promise.all(Array.from({ length: 11 }, () => begin()));
  for (const tx_ref of references) {
    emulator.shopper.pay(tx_ref, 'failed');
    emulator.shopper.pay(tx_ref);
  }
  emulator.dashboard.refund(references[0]!, 500);
  const listed: ProviderPayment[] = [];
  for await (const payment of provider.list!(since)) listed.push(payment);
  expect(listed.map(({ provider_payment }) => provider_payment).toSorted()).toEqual(references.toSorted());
  expect(listed.map(({ provider_payment }) => provider_payment)).not.toContain(earlier);
  const first = listed.find(({ provider_payment }) => provider_payment === references[0]);
  expect(first).toMatchObject({ status: 'paid', captured_minor: 750_000, refunded_minor: 500 });
});

test('payments of others who use the account are listed as nobody’s', async () => {
  const { emulator, link, provider } = await freshProvider();
  await link({ tx_ref: 'another-shop-1' });
  emulator.shopper.pay('another-shop-1');
  const listed: ProviderPayment[] = [];
  for await (const payment of provider.list!(new Date(0))) listed.push(payment);
  expect(listed).toMatchObject([{ provider_payment: 'another-shop-1', payment: null, status: 'paid' }]);
});
