/** A fresh emulator for one test, with a client and a webhook that hold it to the contract. */
import { expect, onTestFinished } from 'vitest';
import { addMistake, listenForEvents } from '../webhook-under-test.ts';
import { findObjectMistake, findOperation, findResponseMistake } from './contract.ts';
import { startFlutterwaveEmulator } from './server.ts';
import type { FlutterwaveEmulator, FlutterwaveEmulatorOptions } from './server.ts';

export const SECRET_HASH = 'hash-under-test';
export const SECRET_KEY = 'FLWSECK_TEST-bench';

/** What was read from JSON, for tests to look into. */
type Untyped = ReturnType<typeof JSON.parse>;

export type ReceivedEvent = { body: Untyped; raw: string; hash: string };

export type TestWebhook = {
  url: string;
  /** In the order they came in, those with a wrong hash included. */
  received: ReceivedEvent[];
  /** Statuses of the next answers to events whose hash holds; 200 after that. A wrong hash is always answered 401. */
  answers: number[];
  /** Called while the delivery waits for its answer. */
  onEvent: (event: ReceivedEvent) => Promise<void> | void;
};

export type Answer = { status: number; body: Untyped };

export type TestBench = {
  emulator: FlutterwaveEmulator;
  webhook: TestWebhook;
  /** Asks the API under `/v3`; what it answers is checked against the contract on the way. */
  ask: (method: string, path: string, body?: unknown, key?: string) => Promise<Answer>;
  /** A page to pay 7500 NGN on. @returns its address */
  link: (more?: Record<string, unknown>) => Promise<string>;
};

export async function freshEmulator(options: Partial<FlutterwaveEmulatorOptions> = {}): Promise<TestBench> {
  const webhook = await freshWebhook();
  const emulator = await startFlutterwaveEmulator({
    port: 0,
    webhook_url: webhook.url,
    secret_hash: SECRET_HASH,
    retry_ms: 5,
    ...options,
  });
  onTestFinished(() => emulator.close());
  const ask: TestBench['ask'] = (method, path, body, key = SECRET_KEY) =>
    askChecked(emulator.url, method, path, body, key);
  return {
    emulator,
    webhook,
    ask,
    async link(more = {}) {
      const { status, body } = await ask('POST', '/payments', { ...order, ...more });
      expect(status).toBe(200);
      return body.data.link;
    },
  };
}

export const order = {
  tx_ref: 'order-1',
  amount: '7500',
  currency: 'NGN',
  redirect_url: 'https://shop.example/thanks?order=K-1001',
  customer: { email: 'shopper@example.com' },
  customizations: { title: 'Order K-1001' },
  meta: { payment: 'p-1' },
};

async function askChecked(
  url: string,
  method: string,
  path: string,
  body: unknown,
  key: string,
): Promise<Answer> {
  const response = await fetch(`${url}/v3${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer: Answer = { status: response.status, body: await response.json() };
  const found = findOperation(method, new URL(`${url}/v3${path}`).pathname);
  const mistake = found && findResponseMistake(found.operation, answer.status, answer.body);
  if (mistake) addMistake(`${found.operation.name}: ${mistake}`);
  return answer;
}

async function freshWebhook(): Promise<TestWebhook> {
  const received: ReceivedEvent[] = [];
  const webhook: TestWebhook = {
    url: await listenForEvents(take),
    received,
    answers: [],
    onEvent: () => undefined,
  };
  async function take(raw: string, headers: Record<string, string>): Promise<number> {
    const event = { body: JSON.parse(raw), raw, hash: String(headers['verif-hash']) };
    received.push(event);
    const mistake = findObjectMistake(event.body.event ? 'webhook_v3' : 'webhook_v3_refund', event.body);
    if (mistake) addMistake(`event: ${mistake}`);
    if (event.hash !== SECRET_HASH) return 401;
    await webhook.onEvent(event);
    return webhook.answers.shift() ?? 200;
  }
  return webhook;
}
