/** A fresh emulator for one test, with everything that goes in and out of it checked against the contract. */
import { verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { addMistake, listenForEvents } from '../webhook-under-test.ts';
import { signingKey } from './certificate.ts';
import { findEventMistake, findOperation, findResponseMistake } from './contract.ts';
import type { PayPalEvent } from './events.ts';
import { startPayPalEmulator } from './server.ts';
import type { PayPalEmulator, PayPalEmulatorOptions } from './server.ts';

export const WEBHOOK_ID = '1JE4291016473214C';

export type ReceivedEvent = {
  event: PayPalEvent;
  body: string;
  headers: Record<string, string>;
  is_signed: boolean;
};

export type TestWebhook = {
  url: string;
  /** In the order they came in, refused ones included. */
  received: ReceivedEvent[];
  types(): string[];
  /** Statuses of the next answers; after that 200, and 400 where the signature does not hold. */
  answers: number[];
  /** Called while the delivery waits for its answer. */
  onEvent: (event: PayPalEvent) => Promise<void> | void;
};

/** Whatever JSON holds. */
export type Untyped = ReturnType<typeof JSON.parse>;

export type Answer = { status: number; body: Untyped };

export type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<Answer>;

export type TestBench = { emulator: PayPalEmulator; ask: Ask; webhook: TestWebhook };

export async function freshEmulator(options: Partial<PayPalEmulatorOptions> = {}): Promise<TestBench> {
  const webhook = await freshWebhook();
  const emulator = await startPayPalEmulator({
    port: 0,
    webhook_url: webhook.url,
    webhook_id: WEBHOOK_ID,
    retry_ms: 5,
    ...options,
  });
  onTestFinished(() => emulator.close());
  return { emulator, ask: await clientOf(emulator), webhook };
}

export async function tokenFor({ url }: PayPalEmulator, credentials = 'shop:secret'): Promise<Response> {
  return fetch(`${url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

/** Asks with a token; every answer is checked against the contract on the way, whole objects unless told otherwise. */
export async function clientOf(emulator: PayPalEmulator): Promise<Ask> {
  const { access_token } = (await (await tokenFor(emulator)).json()) as { access_token: string };
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${access_token}`,
        prefer: 'return=representation',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, body: text === '' ? null : JSON.parse(text) };
    const found = findOperation(method, path);
    const mistake = found && findResponseMistake(found.operation, answer.status, answer.body);
    if (mistake) addMistake(`${found.operation.name} ${answer.status}: ${mistake}`);
    return answer;
  };
}

export const SHOP = {
  return_url: 'https://shop.example/thanks?order=K-1',
  cancel_url: 'https://shop.example/cart',
};

/** A request for an order of twenty euros unless told otherwise. */
export function orderFor(
  more: { intent?: string; unit?: object; value?: string; currency_code?: string } = {},
): object {
  const { intent = 'CAPTURE', unit = {}, value = '20.00', currency_code = 'EUR' } = more;
  return {
    intent,
    purchase_units: [{ custom_id: 'payment-1', amount: { currency_code, value }, ...unit }],
    payment_source: { paypal: { experience_context: { ...SHOP, user_action: 'PAY_NOW' } } },
  };
}

/** An order the shopper has approved. */
export async function approvedOrder(
  { emulator, ask }: TestBench,
  more?: Parameters<typeof orderFor>[0],
): Promise<string> {
  const { body } = await ask('POST', '/v2/checkout/orders', orderFor(more));
  emulator.shopper.approve(body.id);
  return body.id;
}

/** The capture of an order whose money was taken. */
export async function capturedOrder(bench: TestBench): Promise<{ order: string; capture: string }> {
  const order = await approvedOrder(bench);
  const { body } = await bench.ask('POST', `/v2/checkout/orders/${order}/capture`, {});
  return { order, capture: body.purchase_units[0].payments.captures[0].id };
}

async function freshWebhook(): Promise<TestWebhook> {
  const received: ReceivedEvent[] = [];
  const webhook: TestWebhook = {
    url: await listenForEvents(take),
    received,
    types: () => received.map(({ event }) => event.event_type),
    answers: [],
    onEvent: () => undefined,
  };
  async function take(body: string, headers: Record<string, string>): Promise<number> {
    const event = JSON.parse(body) as PayPalEvent;
    const is_signed = isSigned(body, headers);
    received.push({ event, body, headers, is_signed });
    const mistake = findEventMistake(event);
    if (mistake) addMistake(`${event.event_type}: ${mistake}`);
    await webhook.onEvent(event);
    return webhook.answers.shift() ?? (is_signed ? 200 : 400);
  }
  return webhook;
}

/** With the certificate its address names; that it is served there is a test of its own. */
function isSigned(body: string, headers: Record<string, string>): boolean {
  const { name, pem } = signingKey();
  if (!headers['paypal-cert-url']?.endsWith(`/v1/notifications/certs/${name}`)) return false;
  const [id, time] = [headers['paypal-transmission-id'], headers['paypal-transmission-time']];
  const signed = Buffer.from(`${id}|${time}|${WEBHOOK_ID}|${crc32(body)}`);
  const signature = Buffer.from(headers['paypal-transmission-sig'] ?? '', 'base64');
  return verify('sha256', signed, new X509Certificate(pem).publicKey, signature);
}
