import { expect, test } from 'vitest';
import { freshEmulator, refusalOf } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

async function paidWith({ stripe }: TestBench, payment_method: string): Promise<string> {
  const paid = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'eur',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    confirm: true,
    payment_method,
  });
  expect(paid.status).toBe('succeeded');
  return paid.id;
}

test.each([
  ['pm_card_createDispute', 'needs_response', 'fraudulent'],
  ['pm_card_createDisputeProductNotReceived', 'needs_response', 'product_not_received'],
  ['pm_card_createDisputeInquiry', 'warning_needs_response', 'fraudulent'],
])('%s pays and is disputed: %s, %s', async (card, status, reason) => {
  const bench = await freshEmulator();
  const payment_intent = await paidWith(bench, card);
  const { data } = await bench.stripe.disputes.list({ payment_intent });
  expect(data).toMatchObject([{ status, reason, amount: 5000, currency: 'eur', payment_intent }]);
  expect(await bench.stripe.disputes.retrieve(data[0]?.id ?? '')).toMatchObject({ status });
  expect(bench.emulator.ledger().charges).toMatchObject([{ disputed: true }]);
  await bench.emulator.events.settled();
  const withdrawn = bench.webhook.types().filter((type) => type === 'charge.dispute.funds_withdrawn');
  expect(bench.webhook.types()).toContain('charge.dispute.created');
  expect(withdrawn).toHaveLength(status === 'needs_response' ? 1 : 0);
});

test('a dispute is answered, won, and its money comes back', async () => {
  const bench = await freshEmulator();
  const intent = await paidWith(bench, 'pm_card_visa');
  const { dashboard } = bench.emulator;
  const { id } = dashboard.dispute(intent, { amount: 2000, reason: 'duplicate' });
  expect(dashboard.reviewDispute(id)).toMatchObject({ status: 'under_review', amount: 2000 });
  expect(dashboard.closeDispute(id, 'won').status).toBe('won');
  expect(() => dashboard.closeDispute(id, 'lost')).toThrow('already closed');
  await bench.emulator.events.settled();
  expect(bench.webhook.types().slice(3)).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_reinstated',
  ]);
  expect(bench.webhook.received.at(-1)?.event.request).toEqual({ id: null, idempotency_key: null });
});

test('an inquiry is closed without a loser', async () => {
  const bench = await freshEmulator();
  const intent = await paidWith(bench, 'pm_card_visa');
  const { id } = bench.emulator.dashboard.dispute(intent, { is_inquiry: true });
  expect(bench.emulator.dashboard.closeDispute(id, 'won').status).toBe('warning_closed');
});

test('the shop may give in', async () => {
  const bench = await freshEmulator();
  const { id } = bench.emulator.dashboard.dispute(await paidWith(bench, 'pm_card_visa'));
  expect((await bench.stripe.disputes.close(id)).status).toBe('lost');
});

test('a disputed charge gives nothing back, unless the bank only asks', async () => {
  const bench = await freshEmulator();
  const [disputed, asked] = [await paidWith(bench, 'pm_card_visa'), await paidWith(bench, 'pm_card_visa')];
  const { id } = bench.emulator.dashboard.dispute(disputed);
  bench.emulator.dashboard.dispute(asked, { is_inquiry: true });
  const refusal = await refusalOf(bench.stripe.refunds.create({ payment_intent: disputed }));
  expect(refusal).toMatchObject({ statusCode: 400, code: 'charge_disputed' });
  expect((await bench.stripe.refunds.create({ payment_intent: asked })).status).toBe('succeeded');
  bench.emulator.dashboard.closeDispute(id, 'won');
  expect((await bench.stripe.refunds.create({ payment_intent: disputed })).status).toBe('succeeded');
});

test('what is only authorised is disputed once it is captured', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.paymentIntents.create({
    amount: 5000,
    currency: 'eur',
    capture_method: 'manual',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    confirm: true,
    payment_method: 'pm_card_createDispute',
  });
  expect(() => bench.emulator.dashboard.dispute(id)).toThrow('disputed');
  await bench.stripe.paymentIntents.capture(id, { amount_to_capture: 3000 });
  expect(bench.emulator.ledger().disputes).toMatchObject([{ amount: 3000 }]);
});
