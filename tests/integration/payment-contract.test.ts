/**
 * What every payment provider keeps to, whoever is behind it: the port’s promises, asked of each provider against its emulator over HTTP.
 * With STRIPE_TEST_KEY in the environment the cases that need no emulator run against Stripe itself, too (README “Payments”).
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import {
  PaymentProviderError,
  type PaymentProvider,
  type ProviderPayment,
  type StartPayment,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import type { FaultInput } from '../../scripts/emulators/faults.ts';
import { aStartPayment } from '../support/a-start-payment.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { eventsAtDoor, type EventsAtDoor } from '../support/events-at-door.ts';
import { BENCHES, startBench, type ProviderBench } from '../support/provider-bench.ts';
import { SILENT } from '../support/silent-log.ts';
import { stripeItself, type RealBench } from '../support/stripe-itself.ts';

const TIMEOUT_MS = 2000;
const MANUAL = ['manual', 'cash_on_delivery'] as const;

/** Stripe itself keeps to it, too, where a key of its test mode is at hand; what needs an emulator to misbehave is left out there. */
const ITSELF = 'stripe itself';
const STRIPE_TEST_KEY = process.env['STRIPE_TEST_KEY'] ?? '';
const OFFERED = [...BENCHES, ...(STRIPE_TEST_KEY ? ([ITSELF] as const) : [])];

type Bench = (ProviderBench | RealBench) & { name?: string };

describe.each(OFFERED)('%s', (name) => {
  const isItself = name === ITSELF;
  const provider_name = isItself ? 'stripe' : name;
  const emulated = test.skipIf(isItself);
  let bench: Bench;
  /** The emulator behind it. */
  const fake = () => bench as ProviderBench;
  let door: EventsAtDoor;
  let provider: PaymentProvider;
  beforeAll(async () => {
    door = await eventsAtDoor();
    bench = isItself ? stripeItself(STRIPE_TEST_KEY) : await startBench(name, door.url, TIMEOUT_MS);
    provider = providerOf();
  });
  afterAll(async () => {
    if (!isItself) await fake().close();
    await door.close();
  });

  /** A fresh one: nothing an earlier case did to its breaker is left. */
  function providerOf(): PaymentProvider {
    return paymentProviders(readEnv({ ...TEST_SETTINGS, ...bench.env }), SILENT)[provider_name]!;
  }

  const flow = () => provider.flows[0]!;
  const begin = (change: Partial<StartPayment> = {}) => aStartPayment({ flow: flow(), ...change });
  const heldOf = async (payment: string) => (await bench.held()).find((each) => each.payment === payment);
  const captured = async (payment: string) => (await heldOf(payment))?.captured_minor ?? 0;
  const refunded = async (payment: string) => (await heldOf(payment))?.refunded_minor ?? 0;

  /** As far as the shop goes after the shopper has paid. */
  async function newest(input: StartPayment, id: string): Promise<ProviderPayment> {
    const truth = (await provider.fetch(id))!;
    if (truth.status !== 'approved') return truth;
    const { payment, attempt, amount_minor, currency } = input;
    return provider.proceed!({ provider_payment: id, payment, attempt, amount_minor, currency });
  }

  async function aPaidOne(change: Partial<StartPayment> = {}): Promise<{ input: StartPayment; id: string }> {
    const input = begin(change);
    const { provider_payment: id } = await provider.start(input);
    await bench.pay(id);
    expect(await newest(input, id)).toMatchObject({ status: 'paid' });
    return { input, id };
  }

  const refundOf = (id: string, refund: string, amount_minor: number, currency = 'USD') =>
    provider.refund({ provider_payment: id, refund, amount_minor, currency });

  test('begins a payment with our id, our money, and what the shopper needs to go on', async () => {
    const input = begin();
    const begun = await provider.start(input);
    expect(begun).toMatchObject({
      payment: input.payment,
      status: 'pending',
      amount_minor: 2599,
      currency: 'USD',
      captured_minor: 0,
      refunded_minor: 0,
    });
    expect(begun.client_data['redirect_url'] ?? begun.client_data['client_secret']).toEqual(
      expect.any(String),
    );
  });

  test('answers a repeated start with the same payment, and another attempt with another', async () => {
    const input = begin();
    const [first, again, next] = [
      await provider.start(input),
      await provider.start(input),
      await provider.start({ ...input, attempt: 2 }),
    ];
    expect(again.provider_payment).toBe(first.provider_payment);
    expect(next.provider_payment).not.toBe(first.provider_payment);
  });

  test('knows nothing of a payment nobody began', async () => {
    const unknown = {
      stripe: 'pi_unknown',
      [ITSELF]: 'pi_unknown',
      paypal: 'UNKNOWN0ORDER0ID',
      flutterwave: `${randomUUID()}:1`,
    }[name];
    expect(await provider.fetch(unknown)).toBeNull();
  });

  test('tells of a paid payment what it took', async () => {
    const { input, id } = await aPaidOne();
    expect(await provider.fetch(id)).toMatchObject({
      payment: input.payment,
      status: 'paid',
      amount_minor: 2599,
      captured_minor: 2599,
      refunded_minor: 0,
    });
    expect(await captured(input.payment)).toBe(2599);
  });

  test('takes money once, however often it is told to go on', async () => {
    const input = begin();
    const { provider_payment: id } = await provider.start(input);
    await bench.pay(id);
    await Promise.all([newest(input, id), newest(input, id)]);
    expect(await newest(input, id)).toMatchObject({ status: 'paid', captured_minor: 2599 });
    expect(await captured(input.payment)).toBe(2599);
  });

  test('lets a shopper whose card was declined pay after all', async () => {
    const input = begin();
    const { provider_payment: id } = await provider.start(input);
    await bench.pay(id, 'declined');
    const declined = await newest(input, id);
    expect(declined).toMatchObject({ status: 'failed', captured_minor: 0 });
    expect(declined.error_code).toEqual(expect.any(String));
    await bench.pay(id);
    expect(await newest(input, id)).toMatchObject({ status: 'paid' });
  });

  emulated.each(['pays', 'fails'] as const)(
    'follows money that takes its time until the bank %s',
    async (outcome) => {
      const input = begin();
      const { provider_payment: id } = await provider.start(input);
      await bench.pay(id, 'processing');
      expect(await newest(input, id)).toMatchObject({ status: 'processing', captured_minor: 0 });
      expect(await provider.cancel(id)).toBe('cannot_cancel');
      fake().settle(id, outcome);
      const { status, captured_minor } = await newest(input, id);
      expect(outcome === 'pays' ? ['paid'] : ['failed', 'cancelled']).toContain(status);
      expect(captured_minor).toBe(outcome === 'pays' ? 2599 : 0);
    },
  );

  test('ends an unpaid payment or says that it cannot, as often as it is asked', async () => {
    const { provider_payment: id } = await provider.start(begin());
    const outcome = await provider.cancel(id);
    expect(['cancelled', 'cannot_cancel']).toContain(outcome);
    expect(await provider.cancel(id)).toBe(outcome);
    if (outcome === 'cancelled') expect(await provider.fetch(id)).toMatchObject({ status: 'cancelled' });
  });

  test('does not end a payment that is paid', async () => {
    const { id } = await aPaidOne();
    expect(await provider.cancel(id)).toBe('paid');
  });

  test('gives money back in parts, and names each by our id', async () => {
    const { input, id } = await aPaidOne();
    const [first, second] = [randomUUID(), randomUUID()];
    await refundOf(id, first, 1000);
    await refundOf(id, second, 1599);
    const truth = (await provider.fetch(id))!;
    expect(truth.refunded_minor).toBe(2599);
    expect(truth.refunds.map(({ refund, amount_minor }) => ({ refund, amount_minor }))).toEqual(
      expect.arrayContaining([
        { refund: first, amount_minor: 1000 },
        { refund: second, amount_minor: 1599 },
      ]),
    );
    expect(await refunded(input.payment)).toBe(2599);
  });

  test('gives money back once for one refund, however often it is asked', async () => {
    const { input, id } = await aPaidOne();
    const refund = randomUUID();
    const [first, again] = [await refundOf(id, refund, 700), await refundOf(id, refund, 700)];
    expect(again.provider_refund).toBe(first.provider_refund);
    expect(await refunded(input.payment)).toBe(700);
  });

  emulated.each<FaultInput['kind']>(['lost_answer', 'error_after_acting', 'silence_after_acting'])(
    'gives money back once when the answer to a refund is lost (%s)',
    async (kind) => {
      const { input, id } = await aPaidOne();
      const refund = randomUUID();
      fake().faults.add({
        kind,
        route: fake().routes.refund,
        times: name === 'stripe' ? 2 : 1,
      } as FaultInput);
      await refundOf(id, refund, 700).catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'PaymentProviderError', is_definite: false });
      });
      fake().faults.clear();
      const known = (await provider.fetch(id))!.refunds.some((each) => each.refund === refund);
      if (!known) await refundOf(id, refund, 700);
      expect(await refunded(input.payment)).toBe(700);
    },
  );

  test('refuses to give back more than is there, for good', async () => {
    const { input, id } = await aPaidOne();
    await expect(refundOf(id, randomUUID(), 5000)).rejects.toMatchObject({
      name: 'PaymentProviderError',
      is_definite: true,
    });
    expect(await refunded(input.payment)).toBe(0);
  });

  test('tells of money the merchant gave back in the dashboard, as nobody’s refund of ours', async () => {
    const { id } = await aPaidOne();
    await bench.refund(id, 900);
    const truth = (await provider.fetch(id))!;
    expect(truth).toMatchObject({ status: 'paid', captured_minor: 2599, refunded_minor: 900 });
    expect(truth.refunds).toMatchObject([{ refund: null, amount_minor: 900 }]);
  });

  test.each([
    ['JPY', 5000],
    ['USD', 1],
    ['EUR', 123_456],
  ])('counts %s in our minor units', async (currency, amount_minor) => {
    // A provider may ask for more than a cent: then it refuses, and says so.
    const begun = await provider.start(begin({ currency, amount_minor })).catch((error: unknown) => error);
    if (begun instanceof PaymentProviderError) {
      expect(begun).toMatchObject({ is_definite: true });
      expect(amount_minor).toBe(1);
      return;
    }
    expect(begun).toMatchObject({ currency, amount_minor });
  });

  emulated('reads each of its events, and knows which payment it is about', async () => {
    const { input, id } = await aPaidOne();
    await fake().settled();
    const heard = door.all().filter(({ body }) => body.includes(id) || body.includes(input.payment));
    expect(heard.length).toBeGreaterThan(0);
    for (const { raw, headers } of heard) {
      const event = await provider.readWebhook!(raw, headers);
      expect(event.event_id).toBeTruthy();
      expect(event.type).toBeTruthy();
      if (event.ignore == null)
        expect(event.provider_payment === id || event.payment === input.payment).toBe(true);
    }
    expect(
      new Set(
        await Promise.all(
          heard.map(async (each) => (await provider.readWebhook!(each.raw, each.headers)).event_id),
        ),
      ).size,
    ).toBe(new Set(heard.map(({ body }) => body)).size);
  });

  emulated('refuses an event whose signature does not hold', async () => {
    await aPaidOne();
    await fake().settled();
    const { raw, headers } = door.all().at(-1)!;
    const forged = Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [
        header,
        /signature|sig$|hash/.test(header) ? (value ?? '').replace(/.{4}$/, 'AAAA') : value,
      ]),
    );
    await expect(provider.readWebhook!(raw, forged)).rejects.toMatchObject({
      name: 'PaymentProviderError',
      is_definite: true,
    });
    await expect(provider.readWebhook!(raw, {})).rejects.toMatchObject({ is_definite: true });
  });

  emulated.each([
    ['silence', { kind: 'silence_before_acting' }, false],
    ['a cut connection', { kind: 'lost_request' }, false],
    ['500', { kind: 'error_before_acting', status: 500 }, false],
    ['429', { kind: 'error_before_acting', status: 429 }, false],
  ] as [string, FaultInput, boolean][])(
    'takes %s for no answer, within its time',
    async (_what, fault, is_definite) => {
      const { id } = await aPaidOne();
      fake().faults.add({ ...fault, route: fake().routes.read, times: 2 });
      const began = performance.now();
      await expect(providerOf().fetch(id)).rejects.toMatchObject({
        name: 'PaymentProviderError',
        is_definite,
      });
      expect(performance.now() - began).toBeLessThan(3 * TIMEOUT_MS);
      fake().faults.clear();
    },
  );

  emulated('is left alone once it has failed again and again, and says for how long', async () => {
    const failing = providerOf();
    fake().faults.add({ kind: 'error_before_acting', status: 503, route: fake().routes.start });
    const refusals: unknown[] = [];
    for (let tries = 0; tries < 8; tries += 1)
      refusals.push(await failing.start(begin()).catch((error: unknown) => error));
    fake().faults.clear();
    expect(refusals.at(-1)).toMatchObject({ code: 'circuit_open', retry_after_s: expect.any(Number) });
  });

  test('finds a payment of ours that could take money without us', async () => {
    const input = begin();
    const { provider_payment: id } = await provider.start(input);
    const ref = { payment: input.payment, attempt: 1, since: new Date(Date.now() - 60_000) };
    const found = await provider.find(ref);
    if (found) expect(found.provider_payment).toBe(id);
    await bench.pay(id);
    const paid = await provider.find(ref);
    // PayPal moves money only when the shop asks, so nothing need be found there.
    if (name !== 'paypal') expect(paid).toMatchObject({ provider_payment: id, payment: input.payment });
    expect(await provider.find({ ...ref, payment: randomUUID() })).toBeNull();
  });

  test('promises money, and takes a part of it later, where it can', async () => {
    if (!provider.capture) return void expect(provider.capture).toBeNull();
    const input = begin({ capture: 'later' });
    const { provider_payment: id } = await provider.start(input);
    await bench.pay(id);
    expect(await newest(input, id)).toMatchObject({ status: 'authorised', captured_minor: 0 });
    const { payment, attempt, currency } = input;
    const move = { provider_payment: id, payment, attempt, amount_minor: 2000, currency };
    expect(await provider.capture(move)).toMatchObject({ status: 'paid', captured_minor: 2000 });
    expect(await provider.capture(move).catch(() => provider.fetch(id))).toMatchObject({
      captured_minor: 2000,
    });
    expect(await captured(payment)).toBe(2000);
  });

  test('gives up promised money, where it can promise any', async () => {
    if (!provider.capture) return void expect(provider.capture).toBeNull();
    const input = begin({ capture: 'later' });
    const { provider_payment: id } = await provider.start(input);
    await bench.pay(id);
    await newest(input, id);
    expect(await provider.cancel(id)).toBe('cancelled');
    expect(await provider.fetch(id)).toMatchObject({ status: 'cancelled', captured_minor: 0 });
    expect(await captured(input.payment)).toBe(0);
  });

  test('lists its payments, where it can', async () => {
    if (!provider.list) return void expect(provider.list).toBeNull();
    const { input } = await aPaidOne();
    const listed: ProviderPayment[] = [];
    for await (const each of provider.list(new Date(Date.now() - 60_000))) listed.push(each);
    expect(listed.find(({ payment }) => payment === input.payment)).toMatchObject({ captured_minor: 2599 });
  });
});

describe.each(MANUAL)('%s', (name) => {
  const provider = paymentProviders(readEnv(TEST_SETTINGS), SILENT)[name]!;

  test('moves no money by itself', async () => {
    const input = aStartPayment({ flow: 'offline' });
    expect(await provider.start(input)).toMatchObject({
      payment: input.payment,
      status: 'pending',
      captured_minor: 0,
      client_data: { reference: 'K-1001' },
    });
    expect(await provider.fetch(`manual-${input.payment}`)).toBeNull();
    expect(await provider.cancel(`manual-${input.payment}`)).toBe('cancelled');
    expect(provider.readWebhook).toBeNull();
  });

  test('takes a refund for done once it is asked for', async () => {
    const refund = randomUUID();
    const made = { provider_payment: 'manual-1', refund, amount_minor: 100, currency: 'USD' };
    expect(await provider.refund(made)).toEqual(await provider.refund(made));
    expect(await provider.refund(made)).toMatchObject({ status: 'succeeded' });
  });
});
