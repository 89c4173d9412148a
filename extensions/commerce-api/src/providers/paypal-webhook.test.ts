import { sign, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSigningKey, type SigningKey } from '../../../../scripts/emulators/paypal/certificate.ts';
import {
  approvedOrder,
  capturedOrder,
  freshEmulator,
  WEBHOOK_ID,
  type ReceivedEvent,
  type TestBench,
} from '../../../../scripts/emulators/paypal/emulator-under-test.ts';
import { readEnv, type Env } from '../platform/env.ts';
import { payPalApi } from './paypal-api.ts';
import { isChain } from './paypal-certificate.ts';
import { payPalWebhooks, type PayPalWebhooks } from './paypal-webhook.ts';
import { PaymentProviderError } from './payment.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

function envFor(settings: Record<string, string>): Env {
  return readEnv({
    SECRET: 'a-secret-of-a-test',
    PAYPAL_CLIENT_ID: 'shop',
    PAYPAL_CLIENT_SECRET: 'secret',
    PAYPAL_WEBHOOK_ID: WEBHOOK_ID,
    PAYMENT_TIMEOUT_MS: '20000',
    ...settings,
  });
}

function webhooksOf(env: Env, now?: () => number): PayPalWebhooks {
  return payPalWebhooks(env, payPalApi(env), now);
}

type Listening = TestBench & { webhooks: PayPalWebhooks; env: Env };

async function listening(options: Parameters<typeof freshEmulator>[0] = {}): Promise<Listening> {
  const bench = await freshEmulator(options);
  const env = envFor({ PAYPAL_API_URL: bench.emulator.url });
  return { ...bench, env, webhooks: webhooksOf(env) };
}

/** The first event of this type that has come in. */
async function received({ emulator, webhook }: TestBench, type: string): Promise<ReceivedEvent> {
  await emulator.events.settled();
  const found = webhook.received.find(({ event }) => event.event_type === type);
  if (!found) throw new Error(`no ${type} has come in`);
  return found;
}

async function refusalOf(call: Promise<unknown>): Promise<PaymentProviderError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof PaymentProviderError) return outcome;
  throw new Error('the event was expected to be refused', { cause: outcome });
}

const bad = { is_definite: true, code: 'bad_signature' };

describe('an event', () => {
  test('names the order and our payment', async () => {
    const bench = await listening();
    const { order } = await capturedOrder(bench);
    for (const type of ['CHECKOUT.ORDER.APPROVED', 'CHECKOUT.ORDER.COMPLETED', 'PAYMENT.CAPTURE.COMPLETED']) {
      const { event, body, headers } = await received(bench, type);
      expect(await bench.webhooks.read(Buffer.from(body), headers)).toMatchObject({
        event_id: event.id,
        type,
        provider_payment: order,
        payment: 'payment-1',
        payload: { id: event.id },
      });
    }
  });

  test('of an authorization names its order', async () => {
    const bench = await listening();
    const order = await approvedOrder(bench, { intent: 'AUTHORIZE' });
    await bench.ask('POST', `/v2/checkout/orders/${order}/authorize`, {});
    const { body, headers } = await received(bench, 'PAYMENT.AUTHORIZATION.CREATED');
    expect(await bench.webhooks.read(Buffer.from(body), headers)).toMatchObject({ provider_payment: order });
  });

  test('of a refund leads over its capture to the order, and takes no id of a refund for a payment', async () => {
    const bench = await listening();
    const { order, capture } = await capturedOrder(bench);
    await bench.ask('POST', `/v2/payments/captures/${capture}/refund`, { custom_id: 'refund-1' });
    const { body, headers } = await received(bench, 'PAYMENT.CAPTURE.REFUNDED');
    expect(await bench.webhooks.read(Buffer.from(body), headers)).toMatchObject({
      provider_payment: order,
      payment: null,
    });
  });

  test('of a refund comes again when its capture cannot be asked for', async () => {
    const bench = await listening();
    const { order } = await capturedOrder(bench);
    bench.emulator.dashboard.refund(order);
    const { body, headers } = await received(bench, 'PAYMENT.CAPTURE.REFUNDED');
    for (const status of [503, 403]) {
      const route = 'GET /v2/payments/captures/*';
      bench.emulator.faults.add({ kind: 'error_before_acting', status, route, times: 1 });
      expect(await refusalOf(bench.webhooks.read(Buffer.from(body), headers))).toMatchObject({
        is_definite: false,
      });
    }
    expect(await bench.webhooks.read(Buffer.from(body), headers)).toMatchObject({ provider_payment: order });
  });

  test('of an unknown type is of no interest', async () => {
    const bench = await listening();
    bench.emulator.faults.add({ kind: 'unknown_event', times: 1 });
    await approvedOrder(bench);
    const { body, headers } = await received(bench, 'CATALOG.SHELF.DUSTED');
    expect(await bench.webhooks.read(Buffer.from(body), headers)).toMatchObject({
      provider_payment: null,
      payment: null,
      ignore: 'of no interest',
    });
  });

  test('of another merchant is ignored once it is known whose account this is', async () => {
    const bench = await listening();
    bench.emulator.faults.add({ kind: 'foreign_event', times: 1 });
    await approvedOrder(bench);
    const { body, headers } = await received(bench, 'CHECKOUT.ORDER.APPROVED');
    const read = () => bench.webhooks.read(Buffer.from(body), headers);
    expect((await read()).ignore).toBeUndefined();
    bench.webhooks.learnMerchant('C7CYMKZDG8D6E');
    expect(await read()).toMatchObject({
      provider_payment: null,
      payment: null,
      ignore: 'of another account',
    });
    const own = bench.webhook.received.at(-1)!;
    expect((await bench.webhooks.read(Buffer.from(own.body), own.headers)).ignore).toBeUndefined();
  });
});

describe('a signature', () => {
  async function oneEvent(): Promise<Listening & ReceivedEvent> {
    const bench = await listening();
    await approvedOrder(bench);
    return { ...bench, ...(await received(bench, 'CHECKOUT.ORDER.APPROVED')) };
  }

  test('holds for the very bytes only', async () => {
    const { webhooks, body, headers } = await oneEvent();
    expect(await webhooks.read(Buffer.from(body), headers)).toMatchObject({
      type: 'CHECKOUT.ORDER.APPROVED',
    });
    for (const other of [`${body} `, JSON.stringify(JSON.parse(body)), body.replace('20.00', '20.01'), '']) {
      expect(await refusalOf(webhooks.read(Buffer.from(other), headers))).toMatchObject(bad);
    }
  });

  test.each([
    ['paypal-transmission-id', 'another'],
    ['paypal-transmission-id', undefined],
    ['paypal-transmission-time', '2020-01-01T00:00:00Z'],
    ['paypal-transmission-time', 'yesterday'],
    ['paypal-transmission-time', undefined],
    ['paypal-transmission-sig', 'bm8='],
    ['paypal-transmission-sig', undefined],
    ['paypal-auth-algo', 'SHA1withRSA'],
    ['paypal-auth-algo', undefined],
    ['paypal-cert-url', 'https://certs.example/v1/notifications/certs/CERT-1'],
    ['paypal-cert-url', 'nonsense'],
    ['paypal-cert-url', undefined],
  ])('does not hold with %s %s', async (name, value) => {
    const { webhooks, body, headers } = await oneEvent();
    expect(await refusalOf(webhooks.read(Buffer.from(body), { ...headers, [name]: value }))).toMatchObject(
      bad,
    );
  });

  test('does not hold for another webhook, nor where none is set up', async () => {
    const { env, body, headers } = await oneEvent();
    for (const PAYPAL_WEBHOOK_ID of ['another', '']) {
      expect(
        await refusalOf(webhooksOf({ ...env, PAYPAL_WEBHOOK_ID }).read(Buffer.from(body), headers)),
      ).toMatchObject(bad);
    }
  });

  test('holds for as long as PayPal delivers again, and not for a copy kept longer', async () => {
    const { env, body, headers } = await oneEvent();
    const hour_ms = 60 * 60 * 1000;
    const readIn = (hours: number) => {
      const webhooks = webhooksOf(env, () => Date.now() + hours * hour_ms);
      return webhooks.read(Buffer.from(body), headers);
    };
    expect(await readIn(3 * 24)).toMatchObject({ type: 'CHECKOUT.ORDER.APPROVED' });
    expect(await refusalOf(readIn(4 * 24 + 1))).toMatchObject(bad);
    expect(await refusalOf(readIn(-2))).toMatchObject(bad);
  });

  test('that was spoilt on its way does not hold', async () => {
    const bench = await listening();
    bench.emulator.faults.add({ kind: 'bad_signature', times: 1 });
    await approvedOrder(bench);
    await bench.emulator.events.settled();
    const [spoilt, good] = bench.webhook.received;
    expect(await refusalOf(bench.webhooks.read(Buffer.from(spoilt!.body), spoilt!.headers))).toMatchObject(
      bad,
    );
    expect(await bench.webhooks.read(Buffer.from(good!.body), good!.headers)).toMatchObject({
      type: 'CHECKOUT.ORDER.APPROVED',
    });
  });
});

const APPROVED = {
  id: 'WH-1',
  event_type: 'CHECKOUT.ORDER.APPROVED',
  resource: { id: '5O190127TN364715T', purchase_units: [{ custom_id: 'payment-1' }] },
};

/** A message signed with a key of ours, as PayPal would. */
function signedWith(key: SigningKey, certificate_url: string, body: unknown = APPROVED) {
  const raw = Buffer.from(JSON.stringify(body));
  const time = new Date().toISOString();
  const message = Buffer.from(`transmission|${time}|${WEBHOOK_ID}|${crc32(raw)}`);
  const headers = {
    'paypal-transmission-id': 'transmission',
    'paypal-transmission-time': time,
    'paypal-transmission-sig': sign('sha256', message, key.private_key).toString('base64'),
    'paypal-cert-url': certificate_url,
    'paypal-auth-algo': 'SHA256withRSA',
  };
  return { raw, headers };
}

describe('a certificate', () => {
  /** Serves these in turn, the last one for good; counts. */
  async function serving(...answers: { status: number; text: string }[]) {
    let asked = 0;
    const server = createServer((_req, res) => {
      const { status, text } = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      res.writeHead(status).end(text);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const PAYPAL_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const webhooks = webhooksOf(envFor({ PAYPAL_API_URL }));
    return { webhooks, url: `${PAYPAL_API_URL}/v1/notifications/certs/CERT-1`, asked: () => asked };
  }

  const key = createSigningKey();

  test('is fetched once for many events', async () => {
    const { webhooks, url, asked } = await serving({ status: 200, text: key.pem });
    const { raw, headers } = signedWith(key, url);
    await Promise.all([1, 2, 3].map(() => webhooks.read(raw, headers)));
    expect(await webhooks.read(raw, headers)).toMatchObject({ provider_payment: '5O190127TN364715T' });
    expect(asked()).toBe(1);
  });

  test('does not make an event of what is none', async () => {
    const { webhooks, url } = await serving({ status: 200, text: key.pem });
    for (const body of [[], 'text', { ...APPROVED, id: '' }, { id: 'WH-1' }]) {
      const { raw, headers } = signedWith(key, url, body);
      expect(await refusalOf(webhooks.read(raw, headers))).toMatchObject({
        is_definite: true,
        code: 'bad_event',
      });
    }
  });

  test('makes an event that names neither order nor payment one to ignore', async () => {
    const { webhooks, url } = await serving({ status: 200, text: key.pem });
    const old = {
      id: 'WH-1',
      event_type: 'PAYMENT.AUTHORIZATION.CREATED',
      resource: { id: '2DC8', state: 'authorized' },
    };
    const { raw, headers } = signedWith(key, url, old);
    expect(await webhooks.read(raw, headers)).toMatchObject({
      provider_payment: null,
      payment: null,
      ignore: 'of no order',
    });
  });

  test('that cannot be fetched leaves the event for later, and is asked for again', async () => {
    const { webhooks, url } = await serving({ status: 503, text: '' }, { status: 200, text: key.pem });
    const { raw, headers } = signedWith(key, url);
    expect(await refusalOf(webhooks.read(raw, headers))).toMatchObject({
      is_definite: false,
      code: 'certificate_unreachable',
    });
    expect(await webhooks.read(raw, headers)).toMatchObject({ payment: 'payment-1' });
  });

  test.each([
    ['is not there', { status: 404, text: '' }],
    ['is none', { status: 200, text: '<html>' }],
    ['cannot be read', { status: 200, text: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
    ['belongs to another key', { status: 200, text: createSigningKey().pem }],
    ['is over', { status: 200, text: createSigningKey({ not_after: new Date(Date.now() - 60_000) }).pem }],
    [
      'has not begun',
      { status: 200, text: createSigningKey({ not_before: new Date(Date.now() + 60_000) }).pem },
    ],
  ])('that %s proves nothing', async (_what, answer) => {
    const { webhooks, url } = await serving(answer);
    const { raw, headers } = signedWith(key, url);
    expect(await refusalOf(webhooks.read(raw, headers))).toMatchObject(bad);
  });

  test.each([
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://api.paypal.com.example/v1/notifications/certs/CERT-1',
    'https://shop@api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/notifications/certs/../../oauth2/token',
    'https://api.paypal.com/v1/notifications/certs/CERT-1?as=another',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
  ])('is not fetched from %s', async (url) => {
    const fetched = vi.fn();
    vi.stubGlobal('fetch', fetched);
    const { raw, headers } = signedWith(key, url);
    expect(await refusalOf(webhooksOf(envFor({})).read(raw, headers))).toMatchObject(bad);
    expect(fetched).not.toHaveBeenCalled();
  });

  test.each([
    ['live', 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-df8cd2d5'],
    ['sandbox', 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77'],
  ])('of PayPal itself is taken in %s when somebody vouches for it', async (PAYPAL_MODE, url) => {
    const authority = createSigningKey({ common_name: 'an authority' });
    const issued = createSigningKey({ issuer: authority });
    const pems: Record<string, string> = { chain: issued.pem + authority.pem, alone: key.pem };
    const read = (name: string, signer: SigningKey) => {
      vi.stubGlobal('fetch', () => Promise.resolve(new Response(pems[name])));
      const { raw, headers } = signedWith(signer, url);
      return webhooksOf(envFor({ PAYPAL_MODE })).read(raw, headers);
    };
    expect(await read('chain', issued)).toMatchObject({ payment: 'payment-1' });
    expect(await refusalOf(read('alone', key))).toMatchObject(bad);
  });

  test('stands in a chain only with whoever signed it', () => {
    const authority = createSigningKey({ common_name: 'an authority' });
    const namesake = createSigningKey({ common_name: 'an authority' });
    const issued = createSigningKey({ issuer: authority });
    const read = (...keys: SigningKey[]) => keys.map(({ pem }) => new X509Certificate(pem));
    expect(isChain(read(issued, authority))).toBe(true);
    expect(isChain(read(issued))).toBe(true);
    expect(isChain(read(issued, namesake))).toBe(false);
    expect(isChain(read(issued, key))).toBe(false);
    expect(isChain(read(authority))).toBe(false);
    expect(isChain([])).toBe(false);
  });

  test('leads up to a root that is trusted, or does not pass for issued by it', () => {
    const root = createSigningKey({ common_name: 'a root' });
    const namesake = createSigningKey({ common_name: 'a root' });
    const issuedBy = (issuer: SigningKey) => new X509Certificate(createSigningKey({ issuer }).pem);
    expect(isChain([issuedBy(root)], [root.pem])).toBe(true);
    expect(isChain([issuedBy(namesake)], [root.pem])).toBe(false);
  });
});
