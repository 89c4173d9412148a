/** Each payment provider with its emulator, its shopper and its books, in the same words. */
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { receiveWebhook } from '../../extensions/commerce-api/src/payments/receive-webhook.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentOf } from '../../extensions/commerce-api/src/providers/flutterwave-payment.ts';
import type { Faults } from '../../scripts/emulators/faults.ts';
import { startFlutterwaveEmulator } from '../../scripts/emulators/flutterwave/server.ts';
import { startPayPalEmulator } from '../../scripts/emulators/paypal/server.ts';
import { startStripeEmulator } from '../../scripts/emulators/stripe/server.ts';
import type { Settings } from '../../scripts/environment.ts';

export const BENCHES = ['stripe', 'paypal', 'flutterwave'] as const;
export type BenchName = (typeof BENCHES)[number];

/** What a provider's books hold of one of our payments. */
export interface Held {
  payment: string;
  currency: string;
  captured_minor: number;
  refunded_minor: number;
}

/** Requests of a provider's API by what they do, as faults match them. */
export interface Routes {
  start: string;
  read: string;
  /** Taking money that was approved or authorised. */
  take: string | null;
  refund: string;
  /** Ending an unpaid payment. */
  cancel: string | null;
}

export interface ProviderBench {
  name: BenchName;
  /** What makes the shop ask this emulator. */
  env: Settings;
  url: string;
  faults: Faults;
  routes: Routes;
  /** The shopper on the provider's page. */
  pay: (provider_payment: string, outcome?: 'pays' | 'declined' | 'processing') => void;
  /** What becomes of money that was being processed. */
  settle: (provider_payment: string, outcome: 'pays' | 'fails') => void;
  /** The merchant gives money back in the provider's dashboard. */
  refund: (provider_payment: string, amount_minor: number) => void;
  held: () => Held[];
  /** Every event so far as it would be sent now, each with headers that hold. */
  deliveries: () => { id: string; body: string; attempts: { status: number | null }[]; state: string }[];
  /** Sends what a fault kept back. */
  release: () => Promise<void>;
  /** Resolves when every event that is not held has been taken. */
  settled: () => Promise<void>;
  /** A day and more has passed for the provider's idempotency keys. */
  forgetKeys: () => void;
  close: () => Promise<void>;
}

/** @param timeout_ms how long the shop waits for an answer: short where silence is on the programme, and a false alarm does no harm */
export async function startBench(
  name: BenchName,
  webhook_url: string,
  timeout_ms = 400,
): Promise<ProviderBench> {
  const bench = await { stripe: stripeBench, paypal: paypalBench, flutterwave: flutterwaveBench }[name](
    webhook_url,
  );
  return { ...bench, env: { ...bench.env, PAYMENT_TIMEOUT_MS: String(timeout_ms) } };
}

async function stripeBench(webhook_url: string): Promise<ProviderBench> {
  const webhook_secret = 'whsec_of_the_bench';
  const emulator = await startStripeEmulator({ port: 0, webhook_url, webhook_secret, retry_ms: 20 });
  const cards = {
    pays: 'pm_card_visa',
    declined: 'pm_card_visa_chargeDeclined',
    processing: 'pm_usBankAccount_processing',
  };
  return {
    name: 'stripe',
    url: emulator.url,
    env: {
      STRIPE_SECRET_KEY: 'sk_test_bench',
      STRIPE_WEBHOOK_SECRET: webhook_secret,
      STRIPE_API_URL: emulator.url,
    },
    faults: emulator.faults,
    routes: {
      start: 'POST /v1/payment_intents',
      read: 'GET /v1/payment_intents/*',
      take: 'POST /v1/payment_intents/*/capture',
      refund: 'POST /v1/refunds',
      cancel: 'POST /v1/payment_intents/*/cancel',
    },
    pay: (id, outcome = 'pays') => void emulator.shopper.pay(id, cards[outcome]),
    settle: (id, outcome) => void emulator.dashboard.settle(id, outcome === 'pays' ? 'succeeded' : 'failed'),
    refund: (id, amount_minor) => void emulator.dashboard.refund(id, amount_minor),
    held() {
      const { payment_intents, refunds } = emulator.ledger();
      return payment_intents.map((intent) => ({
        payment: intent.metadata['payment'] ?? '',
        currency: intent.currency.toUpperCase(),
        captured_minor: intent.amount_received,
        refunded_minor: refunds
          .filter((refund) => refund.payment_intent === intent.id && refund.status === 'succeeded')
          .reduce((sum, refund) => sum + refund.amount, 0),
      }));
    },
    deliveries: () => emulator.events.deliveries(),
    release: () => emulator.events.release(),
    settled: () => emulator.events.settled(),
    forgetKeys: () => emulator.forgetKeys(),
    close: () => emulator.close(),
  };
}

async function paypalBench(webhook_url: string): Promise<ProviderBench> {
  const webhook_id = 'WH-BENCH';
  const emulator = await startPayPalEmulator({ port: 0, webhook_url, webhook_id, retry_ms: 20 });
  const outcomes = { pays: 'pays', declined: 'declined', processing: 'pending' } as const;
  return {
    name: 'paypal',
    url: emulator.url,
    env: {
      PAYPAL_CLIENT_ID: 'bench',
      PAYPAL_CLIENT_SECRET: 'secret-of-the-bench',
      PAYPAL_WEBHOOK_ID: webhook_id,
      PAYPAL_API_URL: emulator.url,
    },
    faults: emulator.faults,
    routes: {
      start: 'POST /v2/checkout/orders',
      read: 'GET /v2/checkout/orders/*',
      take: 'POST /v2/checkout/orders/*/capture',
      refund: 'POST /v2/payments/captures/*/refund',
      cancel: null,
    },
    pay: (id, outcome = 'pays') => void emulator.shopper.approve(id, outcomes[outcome]),
    settle: (id, outcome) => emulator.dashboard.settle(id, outcome === 'pays' ? 'completes' : 'denied'),
    refund: (id, amount_minor) => void emulator.dashboard.refund(id, amount_minor),
    held: () =>
      emulator.ledger().orders.map((order) => ({
        payment: order.custom_id ?? '',
        currency: order.currency,
        captured_minor: order.captured_minor,
        refunded_minor: order.refunded_minor,
      })),
    deliveries: () => emulator.events.deliveries(),
    release: () => emulator.events.release(),
    settled: () => emulator.events.settled(),
    forgetKeys: () => emulator.forgetKeys(),
    close: () => emulator.close(),
  };
}

async function flutterwaveBench(webhook_url: string): Promise<ProviderBench> {
  const secret_hash = 'hash-of-the-bench';
  const emulator = await startFlutterwaveEmulator({ port: 0, webhook_url, secret_hash, retry_ms: 20 });
  const outcomes = { pays: 'successful', declined: 'failed', processing: 'pending' } as const;
  return {
    name: 'flutterwave',
    url: emulator.url,
    env: {
      FLUTTERWAVE_SECRET_KEY: 'FLWSECK_TEST-bench',
      FLUTTERWAVE_SECRET_HASH: secret_hash,
      FLUTTERWAVE_API_URL: emulator.url,
    },
    faults: emulator.faults,
    routes: {
      start: 'POST /v3/payments',
      read: 'GET /v3/transactions/*',
      take: null,
      refund: 'POST /v3/transactions/*/refund',
      cancel: null,
    },
    pay: (id, outcome = 'pays') => void emulator.shopper.pay(id, outcomes[outcome]),
    settle: (id, outcome) => void emulator.dashboard.settle(id, outcome === 'pays' ? 'successful' : 'failed'),
    refund: (id, amount_minor) => void emulator.dashboard.refund(id, amount_minor),
    held: () =>
      emulator.ledger().payments.map(({ tx_ref, currency, captured_minor, refunded_minor }) => ({
        payment: paymentOf(tx_ref) ?? '',
        currency,
        captured_minor,
        refunded_minor,
      })),
    deliveries: () => emulator.events.deliveries(),
    release: () => emulator.events.release(),
    settled: () => emulator.events.settled(),
    forgetKeys: () => undefined,
    close: () => emulator.close(),
  };
}

/** Where providers bring their events, as `/webhooks/:provider` takes them, in front of a shop that may be another one later. */
export interface WebhookDoor {
  port: number;
  /** Where one provider brings its events. */
  urlOf: (name: BenchName) => string;
  open: (shop: Shop) => void;
  /** What nobody should have been answered: our own failures. */
  failures: unknown[];
  close: () => Promise<void>;
}

/** @param port 0 chooses a free one */
export async function webhookDoor(port = 0): Promise<WebhookDoor> {
  let inside: Shop | undefined;
  const failures: unknown[] = [];
  const server = createServer((request, response) => {
    const take = async () => {
      const raw = await bytesOf(request);
      if (!inside) throw new Error('nobody is at the door yet');
      const name = (request.url ?? '').slice(1);
      await receiveWebhook(inside, name, raw, request.headers as Record<string, string>);
      response.writeHead(200).end();
    };
    take().catch((error: unknown) => {
      const isRefusal = isKontorError(error, 'INVALID_SIGNATURE');
      if (!isRefusal && inside) failures.push(error);
      response.writeHead(isRefusal ? 400 : 500).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    port: own,
    urlOf: (name) => `http://127.0.0.1:${own}/${name}`,
    open: (shop) => (inside = shop),
    failures,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
