import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  freshProvider,
  SECRETS,
  signedEvent,
  type ProviderBench,
} from '../../../../scripts/emulators/stripe/provider-under-test.ts';
import type { ProviderEvent } from './payment.ts';

const SAMPLES = new URL('../../../../../shared/contracts/stripe/events/', import.meta.url);

/** What the events so far are about, the oldest first. */
async function readAll({ provider, emulator }: ProviderBench): Promise<ProviderEvent[]> {
  const read: ProviderEvent[] = [];
  for (const event of emulator.events.list()) read.push(await provider.readWebhook(...signedEvent(event)));
  return read;
}

describe('a signature', () => {
  const event = {
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_1', object: 'payment_intent', metadata: { payment: 'p1' } } },
  };

  test.each(SECRETS)('by %s holds, while both are in use', async (secret) => {
    const { provider } = await freshProvider();
    expect(await provider.readWebhook(...signedEvent(event, secret))).toMatchObject({
      event_id: 'evt_1',
      type: 'payment_intent.succeeded',
      provider_payment: 'pi_1',
      payment: 'p1',
      ignore: null,
      payload: event,
    });
  });

  test('that does not hold is refused: another secret, another body, none at all, one of long ago', async () => {
    const { provider } = await freshProvider();
    const [raw, headers] = signedEvent(event);
    const [, foreign] = signedEvent(event, 'whsec_another');
    const old = headers['stripe-signature']!.replace(/t=\d+/, `t=${Math.floor(Date.now() / 1000) - 400}`);
    for (const [body, header] of [
      [raw, foreign['stripe-signature']],
      [Buffer.from(JSON.stringify(event)), headers['stripe-signature']],
      [raw, undefined],
      [raw, 'nonsense'],
      [raw, old],
    ] as const) {
      await expect(provider.readWebhook(body, { 'stripe-signature': header })).rejects.toMatchObject({
        is_definite: true,
        code: 'bad_signature',
      });
    }
  });

  test('never holds where no secret is set', async () => {
    const { provider } = await freshProvider({ STRIPE_WEBHOOK_SECRET: '' });
    await expect(provider.readWebhook(...signedEvent(event, ''))).rejects.toMatchObject({
      code: 'bad_signature',
    });
  });
});

describe('an event', () => {
  test('of another account is ignored, whatever it says', async () => {
    const { provider } = await freshProvider();
    const about = { id: 'pi_1', object: 'payment_intent', metadata: { payment: 'p1' } };
    const event = {
      id: 'evt_1',
      object: 'event',
      type: 'payment_intent.succeeded',
      account: 'acct_1',
      data: { object: about },
    };
    expect(await provider.readWebhook(...signedEvent(event))).toMatchObject({ ignore: 'of another account' });
  });

  test('about the intent of a session names our payment, and one about the session names the session', async () => {
    const bench = await freshProvider();
    const { provider_payment, payment } = await bench.start({ flow: 'hosted' });
    const { id } = bench.emulator.shopper.pay(provider_payment);
    expect(await readAll(bench)).toMatchObject([
      { type: 'payment_intent.created', provider_payment: id, payment },
      { type: 'charge.succeeded', provider_payment: id, payment },
      { type: 'payment_intent.succeeded', provider_payment: id, payment },
      { type: 'checkout.session.completed', provider_payment, payment },
    ]);
  });

  test('about a refund or a dispute names the intent', async () => {
    const bench = await freshProvider();
    const { provider_payment } = await bench.start();
    bench.emulator.shopper.pay(provider_payment);
    bench.emulator.dashboard.refund(provider_payment, 100);
    bench.emulator.dashboard.dispute(provider_payment, { amount: 100 });
    const read = (await readAll(bench)).filter(({ type }) => /refund|dispute/.test(type));
    expect(read.map(({ type }) => type)).toContain('charge.dispute.created');
    for (const event of read) expect(event).toMatchObject({ provider_payment, ignore: null });
  });

  test('about a set-up, or a card that is gone, names it', async () => {
    const bench = await freshProvider();
    const { methods } = bench.provider;
    const ada = { customer: 'c1', email: 'ada@example.com', name: null };
    const provider_customer = await methods.createCustomer(ada);
    const { provider_setup } = await methods.startSetup({ setup: 's1', provider_customer });
    bench.emulator.shopper.setUp(provider_setup);
    const [kept] = await methods.list(provider_customer);
    await methods.remove(kept?.provider_method ?? '');
    expect(await readAll(bench)).toMatchObject([
      { type: 'customer.created', ignore: 'of no interest' },
      { type: 'setup_intent.created', provider_setup, ignore: null },
      { type: 'payment_method.attached', ignore: 'of no interest', removed_method: null },
      { type: 'setup_intent.succeeded', provider_setup, ignore: null },
      { type: 'payment_method.detached', removed_method: kept?.provider_method, ignore: null },
    ]);
  });

  test('that belongs to no payment of any shop is ignored', async () => {
    const { provider } = await freshProvider();
    for (const object of [
      { id: 'ch_1', object: 'charge', payment_intent: null, metadata: { payment: 'p1' } },
      { id: 'cs_1', object: 'checkout.session', mode: 'subscription', metadata: {} },
    ]) {
      const event = { id: 'evt_1', object: 'event', type: `${object.object}.completed`, data: { object } };
      expect((await provider.readWebhook(...signedEvent(event))).ignore).toContain('without a payment');
    }
  });
});

const INTENT = { provider_payment: 'pi_3PgafyB7WZ01zgkW0SjxsAJo', ignore: null };
const SESSION = { provider_payment: expect.stringMatching(/^cs_test_/) as string, ignore: null };
const SETUP = { provider_payment: null, provider_setup: 'seti_1Pgag7B7WZ01zgkWSgwGdb8Z', ignore: null };
const NONE = { provider_payment: null, provider_setup: null, removed_method: null, ignore: 'of no interest' };

/** What each sample is about. */
const EXPECTED: Record<string, object> = {
  'account.updated': { provider_payment: null, ignore: 'of another account' },
  'charge.captured': INTENT,
  'charge.dispute.closed': INTENT,
  'charge.dispute.created': INTENT,
  'charge.dispute.funds_reinstated': INTENT,
  'charge.dispute.funds_withdrawn': INTENT,
  'charge.dispute.updated': INTENT,
  'charge.failed': INTENT,
  'charge.refund.updated': INTENT,
  'charge.refunded': INTENT,
  'charge.succeeded': INTENT,
  'charge.updated': INTENT,
  'checkout.session.async_payment_failed': SESSION,
  'checkout.session.async_payment_succeeded': SESSION,
  'checkout.session.completed': SESSION,
  'checkout.session.expired': SESSION,
  'customer.created': NONE,
  'customer.deleted': NONE,
  'customer.updated': NONE,
  'payment_intent.amount_capturable_updated': INTENT,
  'payment_intent.canceled': INTENT,
  'payment_intent.created': INTENT,
  'payment_intent.partially_funded': INTENT,
  'payment_intent.payment_failed': INTENT,
  'payment_intent.processing': INTENT,
  'payment_intent.requires_action': INTENT,
  'payment_intent.succeeded': INTENT,
  'payment_method.attached': NONE,
  'payment_method.detached': {
    provider_payment: null,
    removed_method: 'pm_1Pgc75B7WZ01zgkWlHVgdEGJ',
    ignore: null,
  },
  'payout.created': NONE,
  'payout.failed': NONE,
  'payout.paid': NONE,
  'refund.created': INTENT,
  'refund.failed': INTENT,
  'refund.updated': INTENT,
  'setup_intent.canceled': SETUP,
  'setup_intent.created': SETUP,
  'setup_intent.requires_action': SETUP,
  'setup_intent.setup_failed': SETUP,
  'setup_intent.succeeded': SETUP,
  'transfer.created': NONE,
  'transfer.reversed': NONE,
};

if (!existsSync(SAMPLES)) {
  console.log('Skipped: the samples of events lie in ../shared/contracts/stripe/events, which is not here.');
}

describe.skipIf(!existsSync(SAMPLES))('the samples of all events', () => {
  test('are those of the table', () => {
    const types = readdirSync(SAMPLES).map((file) => file.replace(/\.json$/, ''));
    expect(types.sort()).toEqual(Object.keys(EXPECTED).sort());
    expect(types).toHaveLength(42);
  });

  test.each(Object.entries(EXPECTED))('%s is taken for what it is', async (type, expected) => {
    const { provider } = await freshProvider();
    const event = JSON.parse(readFileSync(new URL(`${type}.json`, SAMPLES), 'utf8')) as { id: string };
    const read = await provider.readWebhook(...signedEvent(event));
    expect(read).toMatchObject({ event_id: event.id, type, ...expected });
  });
});
