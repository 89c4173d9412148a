/** The README's example of a payment provider: the same text as `tests/support/acme-payments.ts`, and that keeps the port's promises. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { format, type Options } from 'prettier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { jobHandlers } from '../../extensions/commerce-api/src/job-handlers.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { receiveWebhook } from '../../extensions/commerce-api/src/payments/receive-webhook.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { drainJobs } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { makeShop, type Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { guardProvider } from '../../extensions/commerce-api/src/providers/guard-provider.ts';
import {
  PaymentProviderError,
  type PaymentProvider,
  type StartPayment,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import { aStartPayment } from '../support/a-start-payment.ts';
import { startAcme, type AcmeDouble } from '../support/acme-double.ts';
import { acmePayments } from '../support/acme-payments.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aVariant, place } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { SILENT } from '../support/silent-log.ts';
import { standingOf } from '../support/stripe-shop.ts';

let acme: AcmeDouble;
let provider: PaymentProvider;
beforeAll(async () => {
  acme = await startAcme();
  provider = acmePayments({ ...acme.env, PAYMENT_TIMEOUT_MS: 5000 });
});
afterAll(() => acme.close());

async function begun(change: Partial<StartPayment> = {}): Promise<string> {
  return (await provider.start(aStartPayment(change))).provider_payment;
}

async function paid(): Promise<string> {
  const id = await begun();
  acme.move(id, 'done');
  return id;
}

const chargesOf = (payment: string) => acme.charges().filter(({ reference }) => reference === payment);

async function failureOf(call: Promise<unknown> | undefined): Promise<PaymentProviderError> {
  const outcome = await call?.catch((error: unknown) => error);
  if (outcome instanceof PaymentProviderError) return outcome;
  throw new Error('the call was expected to fail', { cause: outcome });
}

describe('the example', () => {
  test('begins a payment, once however often it is asked, and another attempt anew', async () => {
    const input = aStartPayment();

    const [first, again] = [await provider.start(input), await provider.start(input)];
    const next = await provider.start({ ...input, attempt: 2 });

    expect(first).toMatchObject({
      payment: input.payment,
      status: 'pending',
      amount_minor: 2599,
      currency: 'USD',
      captured_minor: 0,
      refunded_minor: 0,
      client_data: { redirect_url: `${acme.env.ACME_URL}/pay/${first.provider_payment}` },
    });
    expect(again).toEqual(first);
    expect(next.provider_payment).not.toBe(first.provider_payment);
    expect(chargesOf(input.payment)).toHaveLength(2);
  });

  test('begins one payment where the answer was lost', async () => {
    const input = aStartPayment();
    acme.fail(0, { is_done: true });

    expect(await failureOf(provider.start(input))).toMatchObject({ is_definite: false, code: 'unreachable' });
    const { provider_payment } = await provider.start(input);

    expect(chargesOf(input.payment)).toMatchObject([{ id: provider_payment }]);
  });

  test('finds a payment by our id once Acme has forgotten the key, and not one that is dead', async () => {
    const input = aStartPayment();
    const { payment, attempt } = input;
    const lookUp = () => provider.find({ payment, attempt, since: new Date() });

    expect(await lookUp()).toBeNull();
    const { provider_payment: id } = await provider.start(input);
    acme.forgetKeys();

    expect(await lookUp()).toMatchObject({ provider_payment: id, payment });
    acme.move(id, 'dead');
    expect(await lookUp()).toBeNull();
  });

  test.each([
    ['open', 'pending', 0],
    ['running', 'processing', 0],
    ['done', 'paid', 2599],
    ['dead', 'cancelled', 0],
  ] as const)('tells of a charge that is %s that it is %s', async (state, status, captured_minor) => {
    const id = await begun();
    if (state !== 'open') acme.move(id, state);
    expect(await provider.fetch(id)).toMatchObject({ status, captured_minor, amount_minor: 2599 });
  });

  test('knows nothing of what Acme does not know', async () => {
    expect(await provider.fetch('ch_nobody')).toBeNull();
    expect(await provider.fetch('../references/x?y#z')).toBeNull();
  });

  test.each([
    ['open', 'cancelled', 'dead'],
    ['running', 'cannot_cancel', 'running'],
    ['done', 'paid', 'done'],
  ] as const)('asked to cancel what is %s it says %s', async (state, outcome, after) => {
    const payment = randomUUID();
    const id = await begun({ payment });
    if (state !== 'open') acme.move(id, state);

    expect([await provider.cancel(id), await provider.cancel(id)]).toEqual([outcome, outcome]);

    expect(chargesOf(payment)).toMatchObject([{ state: after }]);
  });

  test('gives money back once, however often and however late it is asked', async () => {
    const id = await paid();
    const refund = { provider_payment: id, refund: randomUUID(), amount_minor: 599, currency: 'USD' };

    const first = await provider.refund(refund);
    acme.forgetKeys();
    const again = await provider.refund(refund);
    const rest = await provider.refund({ ...refund, refund: randomUUID(), amount_minor: 2000 });

    expect(first).toMatchObject({ status: 'succeeded' });
    expect(again).toEqual(first);
    expect(rest.provider_refund).not.toBe(first.provider_refund);
    expect(await provider.fetch(id)).toMatchObject({
      captured_minor: 2599,
      refunded_minor: 2599,
      refunds: [
        { provider_refund: first.provider_refund, refund: refund.refund, amount_minor: 599 },
        { amount_minor: 2000 },
      ],
    });
  });

  test('gives back nothing where Acme refuses: more than was taken, or nothing was', async () => {
    const refund = { refund: randomUUID(), amount_minor: 2600, currency: 'USD' };
    for (const provider_payment of [await paid(), await begun(), 'ch_nobody']) {
      const error = await failureOf(provider.refund({ ...refund, provider_payment }));
      expect(error).toMatchObject({ is_definite: true });
    }
  });

  test('reads an event that is signed', async () => {
    const payment = randomUUID();
    const id = await begun({ payment });
    const { raw, headers } = acme.event(id, 'charge.paid');
    const { id: event_id } = JSON.parse(raw.toString('utf8')) as { id: string };
    expect(await provider.readWebhook?.(raw, headers)).toMatchObject({
      event_id,
      type: 'charge.paid',
      provider_payment: id,
      payment,
    });
  });

  test.each<[string, (raw: Buffer, signature: string) => [Buffer, string | undefined]]>([
    ['of another body', (raw, signature) => [Buffer.concat([raw, Buffer.from(' ')]), signature]],
    ['that is cut short', (raw, signature) => [raw, signature.slice(0, -2)]],
    ['with something behind it', (raw, signature) => [raw, `${signature}00`]],
    ['of no hexadecimal digits', (raw, signature) => [raw, 'ä'.repeat(signature.length)]],
    ['that is empty', (raw) => [raw, '']],
    ['that is missing', (raw) => [raw, undefined]],
  ])('takes no event with a signature %s', async (_what, change) => {
    const { raw, headers } = acme.event(await begun());
    const [body, signature] = change(raw, headers['acme-signature'] ?? '');
    const error = await failureOf(provider.readWebhook?.(body, { 'acme-signature': signature }));
    expect(error).toMatchObject({ is_definite: true, code: 'bad_signature' });
  });

  test('takes no event where nobody has set a secret', async () => {
    const { raw, headers } = acme.event(await begun());
    const careless = acmePayments({ ...acme.env, ACME_SECRET: '', PAYMENT_TIMEOUT_MS: 5000 });
    expect(await failureOf(careless.readWebhook?.(raw, headers))).toMatchObject({ code: 'bad_signature' });
  });

  test.each([400, 402, 403, 404, 422])('takes a %i for a refusal', async (status) => {
    acme.fail(status);
    const error = await failureOf(provider.start(aStartPayment()));
    expect(error).toMatchObject({ is_definite: true, code: `acme_${status}` });
  });

  test.each([408, 409, 425, 429, 500, 502, 503])('cannot know what a %i has done', async (status) => {
    acme.fail(status);
    const error = await failureOf(provider.start(aStartPayment()));
    expect(error).toMatchObject({ is_definite: false, code: `acme_${status}` });
    expect(error.retry_after_s).toBe(status === 429 ? 7 : undefined);
  });

  test.each(['', 'null', '<html>', '{"id":"ch_1"}'])(
    'cannot know what an answer of %j has done',
    async (body) => {
      const id = await begun();
      for (const call of [
        () => provider.start(aStartPayment()),
        () => provider.fetch(id),
        () => provider.cancel(id),
      ]) {
        acme.fail(200, { body });
        expect(await failureOf(call())).toMatchObject({ is_definite: false });
      }
    },
  );

  test('is refused with a key that is not Acme’s', async () => {
    const stranger = acmePayments({ ...acme.env, ACME_KEY: 'another', PAYMENT_TIMEOUT_MS: 5000 });
    expect(await failureOf(stranger.start(aStartPayment()))).toMatchObject({
      is_definite: true,
      code: 'acme_401',
    });
  });
});

describe('a shop with the example', () => {
  let fresh: FreshShop;
  let shop: Shop;
  beforeAll(async () => {
    fresh = await freshShop();
    shop = makeShop({
      db: fresh.db,
      env: fresh.shop.env,
      log: SILENT,
      payments: (env) => ({ acme: guardProvider(acmePayments({ ...env, ...acme.env })) }),
      vat_check: vatCheck,
      shipping_rates: httpShippingRates,
    });
  });
  afterAll(() => fresh.stop());

  const drain = () => drainJobs(shop, fresh.pool, jobHandlers);

  async function anOrder() {
    const variant = await aVariant(shop, { kind: 'digital', price_minor: 2500 });
    const cart = await aReadyCart(shop, '', [{ variant, quantity: 1 }]);
    return (await place(shop, cart, { provider: 'acme' })).order;
  }

  async function chargeOf(order: string) {
    const { payments } = await standingOf(shop, order);
    const charges = chargesOf(payments.at(-1)?.id ?? '');
    expect(charges).toHaveLength(1);
    return charges[0]!;
  }

  async function hear(charge: string): Promise<void> {
    const { raw, headers } = acme.event(charge);
    for (const _copy of [1, 2]) await receiveWebhook(shop, 'acme', raw, headers);
    await drain();
  }

  test('takes an order, is paid by its webhook, and gives the money back', async () => {
    const { id } = await anOrder();
    const charge = await chargeOf(id);
    expect(charge).toMatchObject({ amount: 2500, currency: 'USD', state: 'open' });

    acme.move(charge.id, 'done');
    await hear(charge.id);
    expect(await standingOf(shop, id)).toMatchObject({ payment_status: 'paid', paid_minor: 2500 });

    await refundOrder(shop, id, { amount_minor: 500 }, { actor_kind: 'staff' });
    await drain();
    expect(await standingOf(shop, id)).toMatchObject({ refunded_minor: 500, needs_attention: false });
    expect((await chargeOf(id)).refunds).toMatchObject([{ amount: 500, status: 'succeeded' }]);

    await refundOrder(shop, id, { amount_minor: 2000 }, { actor_kind: 'staff' });
    await drain();
    await hear(charge.id);
    expect(await standingOf(shop, id)).toMatchObject({ payment_status: 'refunded', refunded_minor: 2500 });
    expect((await chargeOf(id)).refunds).toHaveLength(2);
  });

  test('makes one charge of an order whose first answer was lost', async () => {
    acme.fail(503, { is_done: true });
    const order = await anOrder();
    expect((await standingOf(shop, order.id)).payments).toMatchObject([{ provider_payment: null }]);

    const { payment } = await payOrder(shop, order, {});

    expect((await chargeOf(order.id)).id).toBe(payment.provider_payment);
  });

  test('lets nobody pay an order that was cancelled', async () => {
    const order = await anOrder();
    await cancelOrder(shop, order, { actor_kind: 'customer' });
    expect(await standingOf(shop, order.id)).toMatchObject({ status: 'cancelled' });
    expect(await chargeOf(order.id)).toMatchObject({ state: 'dead' });
  });

  test('has sound books in the end', async () => {
    await anOrder();
    await drain();
    await expectSoundBooks(shop);
  });
});

test('the README shows the example as it is tested', async () => {
  const at = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const options = { ...(JSON.parse(at('.prettierrc.json')) as Options), parser: 'typescript' };
  const blocks = at('README.md').matchAll(/^```ts\n(.*?)^```$/gms);
  const shown = [...blocks].map(([, text = '']) =>
    text.replaceAll(`'./`, `'../../extensions/commerce-api/src/providers/`),
  );
  const formatted = await Promise.all(shown.map((text) => format(text, options)));
  expect(formatted).toContain(at('tests/support/acme-payments.ts'));
});
