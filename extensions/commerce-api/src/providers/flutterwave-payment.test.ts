import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readEnv } from '../platform/env.ts';
import { paymentOf, referenceOf, refundStatus } from './flutterwave-payment.ts';
import { failureOf } from '../../../../scripts/emulators/flutterwave/provider-under-test.ts';
import { flutterwavePayments } from './payment-flutterwave.ts';

test('a reference holds our payment, and no other shape does', () => {
  const payment = randomUUID();
  expect(paymentOf(referenceOf(payment, 12))).toBe(payment);
  for (const other of [payment, `${payment}-0`, `${payment}-x`, `x${payment}-1`, 'order-6735-1', ''])
    expect(paymentOf(other)).toBeNull();
});

test.each([
  ['completed', null, 'succeeded'],
  ['completed', 'pending', 'pending'],
  ['completed', 'failed', 'failed'],
  ['completed-momo', 'successful', 'succeeded'],
  ['completed-bank-transfer', null, 'succeeded'],
  ['successful', null, 'succeeded'],
  ['pending-momo', 'pending', 'pending'],
  ['something new', null, 'pending'],
  ['failed', null, 'failed'],
])('a refund that is %s with a payout %s is %s', (status, disburse_status, expected) => {
  expect(refundStatus({ status, disburse_status })).toBe(expected);
});

const tx_ref = `${randomUUID()}-1`;
const transaction = {
  id: 7,
  tx_ref,
  amount: 7500,
  currency: 'NGN',
  status: 'successful',
  created_at: '2026-11-02T10:03:00.000Z',
};
const page = (data: object[], current_page = 1, total_pages = 1) => ({
  status: 'success',
  message: '',
  meta: { page_info: { current_page, total_pages, total: data.length } },
  data,
});
const one = (data: object) => ({ status: 'success', message: '', data });

/** A provider whose API gives these answers, as no emulator would. */
async function answering(answers: (path: string, query: URLSearchParams) => unknown) {
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://x');
    const answer = answers(pathname.replace('/v3', ''), searchParams);
    res.writeHead(200).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return flutterwavePayments(
    readEnv({
      SECRET: 'a-secret-for-these-tests',
      FLUTTERWAVE_API_URL: url,
      FLUTTERWAVE_SECRET_KEY: 'FLWSECK',
    }),
  );
}

/** What Flutterwave would answer to everything that is asked about one paid transaction. */
function truth(path: string): unknown {
  if (path === '/transactions') return page([transaction]);
  if (path === '/refunds') return page([]);
  return one(transaction);
}

test('a provider that tells the truth is believed', async () => {
  const provider = await answering(truth);
  expect(await provider.fetch(tx_ref)).toMatchObject({ status: 'paid', captured_minor: 750_000 });
});

test.each([
  [
    'another reference',
    '/transactions/verify_by_reference',
    one({ ...transaction, tx_ref: `${randomUUID()}-1` }),
  ],
  [
    'another reference for the id',
    '/transactions/7/verify',
    one({ ...transaction, tx_ref: `${randomUUID()}-1` }),
  ],
  ['another id', '/transactions/7/verify', one({ ...transaction, id: 8 })],
  ['no transaction for an id it named', '/transactions/7/verify', { status: 'error', data: null }],
  ['an amount that is none', '/transactions/7/verify', one({ ...transaction, amount: '7.500,00' })],
  ['an amount finer than a kobo', '/transactions/7/verify', one({ ...transaction, amount: 7500.005 })],
  ['a currency that is none', '/transactions/7/verify', one({ ...transaction, currency: 'COWS' })],
  ['no status', '/transactions/7/verify', one({ ...transaction, status: undefined })],
  ['a page of HTML', '/transactions', '<html>'],
  ['a list without pages', '/transactions', one([transaction])],
  ['a refund without an amount', '/refunds', page([{ id: 1, status: 'completed' }])],
])('an answer with %s is no answer', async (_, path, answer) => {
  const provider = await answering((asked) => (asked === path ? answer : truth(asked)));
  expect(await failureOf(provider.fetch(tx_ref))).toMatchObject({
    is_definite: false,
    code: 'unexpected_answer',
  });
});

test('a success that only the verification by id denies is not believed', async () => {
  const provider = await answering((path) =>
    path === '/transactions/7/verify' ? one({ ...transaction, status: 'pending' }) : truth(path),
  );
  expect(await provider.fetch(tx_ref)).toMatchObject({ status: 'processing', captured_minor: 0 });
});

test('amounts and ids that come as texts, and words in capitals, are read', async () => {
  const texts = { ...transaction, id: '7', amount: '7500.00', currency: 'ngn', status: 'SUCCESSFUL' };
  const provider = await answering((path) =>
    path === '/transactions' ? page([texts]) : path === '/refunds' ? page([]) : one(texts),
  );
  expect(await provider.fetch(tx_ref)).toMatchObject({
    status: 'paid',
    captured_minor: 750_000,
    currency: 'NGN',
  });
});

test('rows that come again on the next page count once', async () => {
  const refund = {
    id: 1,
    amount_refunded: 5,
    status: 'completed',
    transaction_id: 7,
    comment: null,
    meta: '{"source":"availablebalance"}',
    created_at: transaction.created_at,
  };
  const provider = await answering((path, query) =>
    path === '/refunds' ? page([refund], Number(query.get('page')), 2) : truth(path),
  );
  expect(await provider.fetch(tx_ref)).toMatchObject({ refunded_minor: 500 });
});

test('a list that does not turn its pages is not read as if it were whole', async () => {
  const provider = await answering((path) => (path === '/refunds' ? page([], 1, 3) : truth(path)));
  expect(await failureOf(provider.fetch(tx_ref))).toMatchObject({ code: 'unexpected_answer' });
});

test('a row of another transaction that cannot be read is none of our concern', async () => {
  const strange = { id: 'R-9', transaction_id: 8, status: null };
  const provider = await answering((path) => (path === '/refunds' ? page([strange]) : truth(path)));
  expect(await provider.fetch(tx_ref)).toMatchObject({ status: 'paid', refunds: [] });
});

test('a refund that carries nothing but a number of ours in its comment is not ours', async () => {
  const comment = `for the customer ${randomUUID()}`;
  const refund = {
    id: 1,
    amount_refunded: 5,
    status: 'completed',
    tx_id: 7,
    comment,
    created_at: '2026-11-02',
  };
  const provider = await answering((path) => (path === '/refunds' ? page([refund]) : truth(path)));
  expect(await provider.fetch(tx_ref)).toMatchObject({ refunds: [{ provider_refund: '1', refund: null }] });
});
