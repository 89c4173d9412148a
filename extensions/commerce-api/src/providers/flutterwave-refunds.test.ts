import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  failureOf,
  freshProvider,
  IMPATIENT,
  startOf,
  type ProviderBench,
} from '../../../../scripts/emulators/flutterwave/provider-under-test.ts';

const REFUND_ROUTE = 'POST /v3/transactions/*/refund';

function refundOf(provider_payment: string, amount_minor = 100_000, refund: string = randomUUID()) {
  return { provider_payment, refund, amount_minor, currency: 'NGN' };
}

function gone({ emulator }: ProviderBench): number {
  return emulator.ledger().payments.reduce((sum, { refunded_minor }) => sum + refunded_minor, 0);
}

test('a refund is made, told with our id, and the same one when it is asked for again', async () => {
  const bench = await freshProvider();
  const input = refundOf(await bench.paid());
  const made = await bench.provider.refund(input);
  expect(made).toEqual({ provider_refund: expect.stringMatching(/^\d+$/), status: 'succeeded' });
  expect(await bench.provider.refund(input)).toEqual(made);
  expect(gone(bench)).toBe(100_000);
  expect(await bench.provider.fetch(input.provider_payment)).toMatchObject({
    status: 'paid',
    captured_minor: 750_000,
    refunded_minor: 100_000,
    refunds: [{ ...made, refund: input.refund, amount_minor: 100_000 }],
  });
});

test('two refunds of the same amount are two', async () => {
  const bench = await freshProvider();
  const tx_ref = await bench.paid();
  await bench.provider.refund(refundOf(tx_ref));
  await bench.provider.refund(refundOf(tx_ref));
  expect(gone(bench)).toBe(200_000);
});

test.each(['lost_answer', 'silence_after_acting', 'error_after_acting'] as const)(
  '%s: a refund whose answer is missing is not repeatable, and still not made twice',
  async (kind) => {
    const bench = await freshProvider({}, IMPATIENT);
    const input = refundOf(await bench.paid());
    bench.emulator.faults.add({ kind, route: REFUND_ROUTE, times: 1 });
    expect(await failureOf(bench.provider.refund(input))).toMatchObject({
      is_definite: false,
      is_repeatable: false,
      code: 'refund_unclear',
    });
    // Whoever asks finds it by our id, as does a process that died before it heard of the failure.
    expect(await bench.provider.fetch(input.provider_payment)).toMatchObject({
      refunds: [{ refund: input.refund, status: 'succeeded' }],
    });
    expect(await bench.provider.refund(input)).toMatchObject({ status: 'succeeded' });
    expect(gone(bench)).toBe(100_000);
  },
);

test.each(['lost_request', 'silence_before_acting', 'error_before_acting'] as const)(
  '%s: a refund that was not made cannot be told from one that was',
  async (kind) => {
    const bench = await freshProvider({}, IMPATIENT);
    const input = refundOf(await bench.paid());
    bench.emulator.faults.add({ kind, route: REFUND_ROUTE, times: 1 });
    expect(await failureOf(bench.provider.refund(input))).toMatchObject({ is_repeatable: false });
    expect(gone(bench)).toBe(0);
  },
);

test('too many requests and an unreachable provider have given nothing back: the refund may be repeated', async () => {
  const bench = await freshProvider();
  const input = refundOf(await bench.paid());
  bench.emulator.faults.add({ kind: 'error_before_acting', status: 429, route: REFUND_ROUTE, times: 1 });
  const refused = await failureOf(bench.provider.refund(input));
  expect(refused).toMatchObject({ is_definite: false, is_repeatable: true, code: 'http_429' });
  await bench.emulator.close();
  expect(await failureOf(bench.provider.refund(input))).toMatchObject({
    is_definite: false,
    is_repeatable: true,
  });
});

test('a look-up that fails asks for nothing, and may be repeated', async () => {
  const bench = await freshProvider();
  const input = refundOf(await bench.paid());
  for (const route of ['GET /v3/transactions/verify_by_reference', 'GET /v3/refunds']) {
    bench.emulator.faults.add({ kind: 'error_before_acting', status: 503, route, times: 1 });
    expect(await failureOf(bench.provider.refund(input))).toMatchObject({ is_repeatable: true });
  }
  expect(gone(bench)).toBe(0);
  await bench.provider.refund(input);
  expect(gone(bench)).toBe(100_000);
});

test('where comments do not come back, a lost refund is not asked for again', async () => {
  const bench = await freshProvider();
  const tx_ref = await bench.paid();
  // What an earlier call may have made: of the same amount, without a word of whose it is.
  bench.emulator.dashboard.refund(tx_ref, 100_000, { comment: null });
  expect(await failureOf(bench.provider.refund(refundOf(tx_ref)))).toMatchObject({
    is_definite: false,
    is_repeatable: false,
  });
  expect(gone(bench)).toBe(100_000);
  await bench.provider.refund(refundOf(tx_ref, 100_001));
  expect(gone(bench)).toBe(200_001);
});

test('a refund made in the dashboard is told, and is nobody’s of ours', async () => {
  const bench = await freshProvider();
  const tx_ref = await bench.paid();
  const { id } = bench.emulator.dashboard.refund(tx_ref, 300_000);
  expect(await bench.provider.fetch(tx_ref)).toMatchObject({
    refunded_minor: 300_000,
    refunds: [{ provider_refund: String(id), refund: null, amount_minor: 300_000, status: 'succeeded' }],
  });
  await bench.provider.refund(refundOf(tx_ref, 300_000));
  expect(gone(bench)).toBe(600_000);
});

test('a refund to mobile money is pending until it is paid out, and may come back after all', async () => {
  const bench = await freshProvider();
  const tx_ref = await bench.begin();
  bench.emulator.shopper.pay(tx_ref, 'successful', { payment_type: 'mobilemoneyghana' });
  const made = await bench.provider.refund(refundOf(tx_ref));
  expect(made.status).toBe('pending');
  expect(await bench.provider.fetch(tx_ref)).toMatchObject({ refunded_minor: 0, refunds: [made] });
  bench.emulator.dashboard.settleRefund(Number(made.provider_refund), 'succeeded');
  expect(await bench.provider.fetch(tx_ref)).toMatchObject({ refunded_minor: 100_000 });
  bench.emulator.dashboard.settleRefund(Number(made.provider_refund), 'failed');
  expect(await bench.provider.fetch(tx_ref)).toMatchObject({
    refunded_minor: 0,
    refunds: [{ provider_refund: made.provider_refund, status: 'failed' }],
  });
});

test('a refund among hundreds of others is found', async () => {
  const bench = await freshProvider();
  const input = refundOf(await bench.paid());
  await bench.provider.refund(input);
  const other = await bench.paid();
  for (let count = 0; count < 45; count += 1) bench.emulator.dashboard.refund(other, 100);
  await bench.provider.refund(input);
  expect(await bench.provider.fetch(input.provider_payment)).toMatchObject({ refunded_minor: 100_000 });
  expect((await bench.provider.fetch(other))?.refunds).toHaveLength(45);
});

test.each([
  ['more than is left', 750_001],
  ['more than is left of a transaction that gave some back', 700_000],
])('%s is refused, and nothing goes back', async (_, amount_minor) => {
  const bench = await freshProvider();
  const tx_ref = await bench.paid();
  bench.emulator.dashboard.refund(tx_ref, 60_000);
  expect(await failureOf(bench.provider.refund(refundOf(tx_ref, amount_minor)))).toMatchObject({
    is_definite: true,
    code: 'refund_too_much',
  });
  expect(gone(bench)).toBe(60_000);
});

test('what was not paid, or in another currency, gives nothing back', async () => {
  const bench = await freshProvider();
  const [open, other] = [await bench.begin(), await bench.begin()];
  bench.emulator.shopper.pay(other, 'successful', { currency: 'GHS' });
  expect(await failureOf(bench.provider.refund(refundOf(open)))).toMatchObject({ is_definite: true });
  expect(await failureOf(bench.provider.refund(refundOf(other)))).toMatchObject({ is_definite: true });
  expect(bench.emulator.ledger().refunds).toEqual([]);
});

test('of a reference that was paid twice, each transaction gives back its own', async () => {
  const bench = await freshProvider();
  const input = startOf();
  const { provider_payment } = await bench.provider.start(input);
  await bench.provider.start(input);
  bench.emulator.shopper.pay(provider_payment);
  bench.emulator.shopper.pay(provider_payment);
  await bench.provider.refund(refundOf(provider_payment, 750_000));
  await bench.provider.refund(refundOf(provider_payment, 750_000));
  expect(gone(bench)).toBe(1_500_000);
  const again = bench.provider.refund(refundOf(provider_payment, 1));
  expect(await failureOf(again)).toMatchObject({ is_definite: true });
});
