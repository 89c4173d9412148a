import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readEnv } from '../../../extensions/commerce-api/src/platform/env.ts';
import { flutterwavePayments } from '../../../extensions/commerce-api/src/providers/payment-flutterwave.ts';
import { paypalPayments } from '../../../extensions/commerce-api/src/providers/payment-paypal.ts';
import { stripePayments } from '../../../extensions/commerce-api/src/providers/payment-stripe.ts';
import type {
  PaymentProvider,
  StartPayment,
} from '../../../extensions/commerce-api/src/providers/payment.ts';
import { aStartPayment } from '../../../tests/support/a-start-payment.ts';

// Processes take seconds to start on a busy machine.
vi.setConfig({ testTimeout: 30_000 });
const PATIENT = { timeout: 10_000 };

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const NAMES = ['stripe', 'paypal', 'flutterwave'] as const;
type Name = (typeof NAMES)[number];

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'payment-emulators-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function startProcess(...flags: string[]): ChildProcess {
  const child = fork(MAIN, flags, { silent: true, execArgv: ['--disable-warning=ExperimentalWarning'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function addressesOf(child: ChildProcess): Promise<Record<Name, string>> {
  if (!child.stdout) throw new Error('the process has no output');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return JSON.parse(chunk.toString('utf8')) as Record<Name, string>;
}

/** A shop's door that answers 503 until it opens, and keeps what came, by provider. */
async function door(isOpen: boolean) {
  const received: { provider: Name; raw: Buffer; headers: Record<string, string> }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const provider = (request.url ?? '').replace('/webhooks/', '') as Name;
      received.push({
        provider,
        raw: Buffer.concat(chunks),
        headers: request.headers as Record<string, string>,
      });
      response.writeHead(isOpen ? 200 : 503).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { received, webhooks: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks` };
}

/** What `npm start` gives the process, made anew as it does. */
function secretsOf(start: number) {
  return { stripe: `whsec_${start}`, paypal: `WH-${start}`, flutterwave: `hash-of-start-${start}` };
}

async function startAll(start: number, folder: string, webhooks: string) {
  const secrets = secretsOf(start);
  const child = startProcess(
    `--webhooks=${webhooks}`,
    `--stripe-secret=${secrets.stripe}`,
    `--paypal-id=${secrets.paypal}`,
    `--flutterwave-hash=${secrets.flutterwave}`,
    `--state-folder=${folder}`,
  );
  const urls = await addressesOf(child);
  const env = readEnv({
    SECRET: 'a-secret-for-these-tests',
    STRIPE_SECRET_KEY: 'sk_test_emulator',
    STRIPE_WEBHOOK_SECRET: secrets.stripe,
    STRIPE_API_URL: urls.stripe,
    PAYPAL_CLIENT_ID: 'emulator',
    PAYPAL_CLIENT_SECRET: `secret-of-start-${start}`,
    PAYPAL_WEBHOOK_ID: secrets.paypal,
    PAYPAL_API_URL: urls.paypal,
    FLUTTERWAVE_SECRET_KEY: 'FLWSECK_TEST-emulator',
    FLUTTERWAVE_SECRET_HASH: secrets.flutterwave,
    FLUTTERWAVE_API_URL: urls.flutterwave,
  });
  const providers: Record<Name, PaymentProvider> = {
    stripe: stripePayments(env),
    paypal: paypalPayments(env),
    flutterwave: flutterwavePayments(env),
  };
  return { child, urls, providers };
}

function startOf(name: Name): StartPayment {
  return aStartPayment({ amount_minor: 2500, flow: name === 'stripe' ? 'element' : 'hosted' });
}

const FORMS: Record<Name, Record<string, string>> = {
  stripe: { card: 'pm_card_visa' },
  paypal: { decision: 'approve' },
  flutterwave: { outcome: 'successful' },
};

test('events a closed shop did not take are taken after a restart with other keys and secrets', async () => {
  const folder = freshFolder();
  const closed = await door(false);
  const before = await startAll(1, folder, closed.webhooks);
  const payments: Record<string, string> = {};
  for (const name of NAMES) {
    const begun = await before.providers[name].start(startOf(name));
    payments[name] = begun.provider_payment;
    const page = begun.client_data['emulator_page'] ?? begun.client_data['redirect_url'];
    const paid = await fetch(String(page), {
      method: 'POST',
      body: new URLSearchParams(FORMS[name]),
      redirect: 'manual',
    });
    expect(paid.status).toBe(303);
  }
  const providersAt = (seen: typeof closed.received) => new Set(seen.map(({ provider }) => provider)).size;
  await expect.poll(() => providersAt(closed.received), PATIENT).toBe(3);
  before.child.kill('SIGTERM');
  expect(await once(before.child, 'exit')).toEqual([0, null]);

  const open = await door(true);
  const { providers } = await startAll(2, folder, open.webhooks);
  const ids = (received: typeof open.received) => new Set(received.map(({ raw }) => raw.toString('utf8')));
  const missing = () => [...ids(closed.received)].filter((body) => !ids(open.received).has(body));
  await expect.poll(missing, PATIENT).toEqual([]);
  for (const { provider, raw, headers } of open.received) {
    await expect(providers[provider].readWebhook?.(raw, headers)).resolves.toMatchObject({
      provider_payment: payments[provider],
    });
  }
});

test('each provider keeps what it knew in a file of its own', async () => {
  const folder = freshFolder();
  const { webhooks } = await door(true);
  const before = await startAll(1, folder, webhooks);
  const begun = await before.providers.paypal.start(startOf('paypal'));
  const intent = await before.providers.stripe.start(startOf('stripe'));
  before.child.kill('SIGINT');
  expect(await once(before.child, 'exit')).toEqual([0, null]);
  rmSync(join(folder, 'stripe-emulator.json'));

  const { providers } = await startAll(2, folder, webhooks);

  expect(await providers.paypal.fetch(begun.provider_payment)).toMatchObject({ amount_minor: 2500 });
  expect(await providers.stripe.fetch(intent.provider_payment)).toBeNull();
});

test('it prints three addresses, and ends with its parent', async () => {
  const child = startProcess();
  const urls = await addressesOf(child);
  expect(Object.keys(urls)).toEqual(NAMES);
  expect(new Set(Object.values(urls).filter((url) => /^http:\/\/127\.0\.0\.1:\d+$/.test(url))).size).toBe(3);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  ['a flag it does not know', () => ['--port', '1'], '--port'],
  ['a webhook without secrets', () => ['--webhooks', 'http://127.0.0.1:9'], 'secret'],
  [
    'a damaged state file',
    () => {
      const folder = freshFolder();
      writeFileSync(join(folder, 'paypal-emulator.json'), '{"books":');
      return ['--state-folder', folder];
    },
    'paypal-emulator.json',
  ],
])('%s ends it with words about it', async (_what, flags, words) => {
  const child = startProcess(...flags());
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toContain(words);
});
