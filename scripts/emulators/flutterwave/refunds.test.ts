import { expect, test } from 'vitest';
import { freshEmulator } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

async function paid(bench: TestBench, payment_type = 'card'): Promise<number> {
  await bench.link();
  return bench.emulator.shopper.pay('order-1', 'successful', { payment_type }).transaction.id;
}

test('a part goes back, then the rest, and nothing more', async () => {
  const bench = await freshEmulator();
  const id = await paid(bench);
  const part = await bench.ask('POST', `/transactions/${id}/refund`, {
    amount: '2500.50',
    comments: 'too late',
  });
  expect(part).toMatchObject({
    status: 200,
    body: { data: { tx_id: id, amount_refunded: 2500.5, status: 'completed', comments: 'too late' } },
  });
  const rest = await bench.ask('POST', `/transactions/${id}/refund`, {});
  expect(rest.body.data.amount_refunded).toBe(4999.5);
  expect((await bench.ask('POST', `/transactions/${id}/refund`, {})).status).toBe(400);
  expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 750_000 }]);
});

test('the same refund asked for twice goes back twice', async () => {
  const bench = await freshEmulator();
  const id = await paid(bench);
  const body = { amount: '1000', comments: 'refund:1' };
  await bench.ask('POST', `/transactions/${id}/refund`, body);
  await bench.ask('POST', `/transactions/${id}/refund`, body);
  expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 200_000 }]);
});

test.each([
  ['more than was paid', { amount: '7500.01' }],
  ['nothing', { amount: 0 }],
  ['a misspelt parameter', { amount: '1', comment: 'x' }],
])('%s is refused', async (_, body) => {
  const bench = await freshEmulator();
  const id = await paid(bench);
  expect((await bench.ask('POST', `/transactions/${id}/refund`, body)).status).toBe(400);
  expect(bench.emulator.ledger().refunds).toEqual([]);
});

test('what was not paid, and what is not there, gives nothing back', async () => {
  const bench = await freshEmulator();
  await bench.link();
  const { transaction } = bench.emulator.shopper.pay('order-1', 'pending');
  expect((await bench.ask('POST', `/transactions/${transaction.id}/refund`, {})).status).toBe(400);
  expect((await bench.ask('POST', '/transactions/1/refund', {})).status).toBe(400);
});

test('refunds are listed newest first, twenty to a page, and an id filters nothing', async () => {
  const bench = await freshEmulator();
  const id = await paid(bench);
  for (let number = 1; number <= 21; number += 1)
    await bench.ask('POST', `/transactions/${id}/refund`, { amount: number, comments: `refund ${number}` });
  const first = (await bench.ask('GET', '/refunds?id=1')).body;
  expect(first.meta.page_info).toEqual({ total: 21, current_page: 1, total_pages: 2, page_size: 20 });
  expect(first.data[0]).toMatchObject({ amount_refunded: 21, comment: 'refund 21', transaction_id: id });
  expect(JSON.parse(first.data[0].meta)).toEqual({ source: 'availablebalance' });
  expect((await bench.ask('GET', '/refunds?page=2')).body.data).toMatchObject([{ amount_refunded: 1 }]);
  expect((await bench.ask('GET', '/refunds?from=2999-01-01')).body.data).toEqual([]);
});

test('a refund to mobile money is pending until it is paid out', async () => {
  const bench = await freshEmulator();
  const id = await paid(bench, 'mobilemoneyghana');
  const { data } = (await bench.ask('POST', `/transactions/${id}/refund`, { amount: 5 })).body;
  expect(data).toMatchObject({ status: 'pending-momo', meta: { disburse_status: 'pending' } });
  expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 0 }]);
  bench.emulator.dashboard.settleRefund(data.id, 'succeeded');
  expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 500 }]);
  expect((await bench.ask('GET', '/refunds')).body.data).toMatchObject([{ status: 'completed-momo' }]);
});

test('a refund that comes back can be made again', async () => {
  const bench = await freshEmulator();
  await paid(bench);
  const { id } = bench.emulator.dashboard.refund('order-1', 750_000);
  expect(() => bench.emulator.dashboard.refund('order-1', 1)).toThrow('left');
  bench.emulator.dashboard.settleRefund(id, 'failed');
  bench.emulator.dashboard.refund('order-1', 750_000, { comment: null });
  expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 750_000 }]);
});
