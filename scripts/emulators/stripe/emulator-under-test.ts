/** A fresh emulator for one test, with a client and a webhook that hold it to the contract. */
import Stripe from 'stripe';
import { onTestFinished, vi } from 'vitest';
import { addMistake, listenForEvents } from '../webhook-under-test.ts';
import eventTypes from './contract/event-types.json' with { type: 'json' };
import { findObjectMistake, findOperation, findResponseMistake } from './contract.ts';
import { UNKNOWN_TYPE } from './events.ts';
import { startStripeEmulator } from './server.ts';
import type { StripeEmulator, StripeEmulatorOptions } from './server.ts';

// The first use of an operation compiles its schemas, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

export const WEBHOOK_SECRET = 'whsec_under_test';

export type ReceivedEvent = { event: Stripe.Event; body: string; signature: string };

export type TestWebhook = {
  url: string;
  /** In the order they came in, refused ones included. */
  received: ReceivedEvent[];
  types(): string[];
  /** How many deliveries had a signature that does not hold. A mistake, unless `expects_forgery`. */
  forged: number;
  expects_forgery: boolean;
  /** Statuses of the next answers; 200 after that. */
  answers: number[];
  /** Called while the delivery waits for its answer. */
  onEvent: (event: Stripe.Event) => Promise<void> | void;
};

/** Fifty dollars by card. */
export const BY_CARD = {
  amount: 5000,
  currency: 'usd',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const;

/** The same, paid at once. */
export const PAYING = { ...BY_CARD, confirm: true, payment_method: 'pm_card_visa' };

export type TestBench = { emulator: StripeEmulator; stripe: Stripe; webhook: TestWebhook };

export async function freshEmulator(options: Partial<StripeEmulatorOptions> = {}): Promise<TestBench> {
  const webhook = await freshWebhook();
  const emulator = await startStripeEmulator({
    port: 0,
    webhook_url: webhook.url,
    webhook_secret: WEBHOOK_SECRET,
    retry_ms: 5,
    ...options,
  });
  onTestFinished(() => emulator.close());
  return { emulator, stripe: clientOf(emulator), webhook };
}

/** Stripe's own client; every answer it gets is checked against the contract on the way. */
export function clientOf({ port }: StripeEmulator, key = 'sk_test_bench'): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(checkedFetch),
  });
}

/** What a refused call was refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw new Error('the call was expected to be refused', { cause: outcome });
}

/** A request the client would not send. */
export async function postRaw(
  { url }: StripeEmulator,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return checkedFetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      Authorization: 'Bearer sk_test_bench',
      'Content-Type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body,
  });
}

const checkedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  const found = findOperation(init?.method ?? 'GET', pathname);
  if (found) {
    const body: unknown = await response.clone().json();
    const mistake = findResponseMistake(found.operation, response.status, body);
    if (mistake) addMistake(`${found.operation.name}: ${mistake}`);
  }
  return response;
};

async function freshWebhook(): Promise<TestWebhook> {
  const received: ReceivedEvent[] = [];
  const webhook: TestWebhook = {
    url: await listenForEvents(take),
    received,
    types: () => received.map(({ event }) => event.type),
    forged: 0,
    expects_forgery: false,
    answers: [],
    onEvent: () => undefined,
  };
  async function take(body: string, headers: Record<string, string>): Promise<number> {
    const signature = String(headers['stripe-signature']);
    const event = openedEvent(body, signature);
    if (!event) {
      webhook.forged += 1;
      if (!webhook.expects_forgery) addMistake('a signature does not hold');
      return 400;
    }
    received.push({ event, body, signature });
    eventMistakes(event).forEach(addMistake);
    await webhook.onEvent(event);
    return webhook.answers.shift() ?? 200;
  }
  return webhook;
}

function openedEvent(body: string, signature: string): Stripe.Event | null {
  try {
    return new Stripe('sk_test_bench').webhooks.constructEvent(body, signature, WEBHOOK_SECRET);
  } catch {
    return null;
  }
}

function eventMistakes(event: Stripe.Event): string[] {
  if ((event.type as string) === UNKNOWN_TYPE) return [];
  const types: Record<string, { object: string } | undefined> = eventTypes.types;
  const kind = types[event.type]?.object;
  if (!kind) return [`${event.type} is no event type`];
  return [findObjectMistake('event', event), findObjectMistake(kind, event.data.object)]
    .filter((mistake) => mistake !== null)
    .map((mistake) => `${event.type}: ${mistake}`);
}
