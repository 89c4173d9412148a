import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { httpShippingRates } from './shipping-rates-http.ts';
import { ShippingRatesError, type RateRequest } from './shipping-rates.ts';

const SECRET = 'a-secret-of-the-merchant';
const REQUEST: RateRequest = {
  currency: 'EUR',
  destination: {
    country: 'DE',
    region: null,
    postal_code: '10115',
    city: 'Berlin',
    line1: 'Ring 1',
    line2: null,
    company: null,
  },
  parcel: { subtotal_minor: 5000, quantity: 2, weight_grams: 1200, longest_mm: 300 },
  items: [{ sku: 'L-1', quantity: 2, weight_grams: 600 }],
  methods: [{ method: 'm1', carrier: 'dhl', service: 'express' }],
};

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

async function ratesOf(
  answer: (request: IncomingMessage & { text: string }, response: ServerResponse) => void,
  options: { patience_ms?: number } = {},
) {
  const made = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => answer(Object.assign(request, { text }), response));
  });
  server = made;
  await new Promise<void>((ready) => made.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}/rates`;
  const rates = httpShippingRates(
    { SHIPPING_RATES_URL: url, SHIPPING_RATES_SECRET: SECRET },
    { now: () => 1_700_000_000_500, ...options },
  );
  return () => rates!.quote(REQUEST);
}

const json = (value: unknown) => (_request: unknown, response: ServerResponse) =>
  void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));

describe('the service of shipping rates', () => {
  test('is not there without an address', () => {
    expect(httpShippingRates({ SHIPPING_RATES_URL: '', SHIPPING_RATES_SECRET: '' })).toBeNull();
  });

  test('is asked with a signature over the moment and the body, and answers rates of what it was asked', async () => {
    let seen: { text: string; signature: unknown } | undefined;
    const quote = await ratesOf((request, response) => {
      seen = { text: request.text, signature: request.headers['x-kontor-signature'] };
      json({
        rates: [
          { method: 'm1', amount_minor: 790, min_days: 1, max_days: 2, note: 'ignored' },
          { method: 'another', amount_minor: 1 },
        ],
      })(request, response);
    });
    expect(await quote()).toEqual([{ method: 'm1', amount_minor: 790, min_days: 1, max_days: 2 }]);
    expect(JSON.parse(seen!.text)).toEqual(REQUEST);
    const signature = createHmac('sha256', SECRET).update(`1700000000.${seen!.text}`).digest('hex');
    expect(seen!.signature).toBe(`t=1700000000,v1=${signature}`);
  });

  test('may say nothing about days', async () => {
    const quote = await ratesOf(json({ rates: [{ method: 'm1', amount_minor: 0 }] }));
    expect(await quote()).toEqual([{ method: 'm1', amount_minor: 0, min_days: null, max_days: null }]);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['fails', (_request, response) => void response.writeHead(500).end()],
    ['sends us elsewhere', (_request, response) => void response.writeHead(302, { location: '/' }).end()],
    ['answers no JSON', (_request, response) => void response.end('<html>')],
    ['answers a fraction of a cent', json({ rates: [{ method: 'm1', amount_minor: 1.5 }] })],
    ['answers less than nothing', json({ rates: [{ method: 'm1', amount_minor: -1 }] })],
    ['answers without end', (_request, response) => void response.end(' '.repeat(300 * 1024))],
    ['hangs up', (request) => void request.socket.destroy()],
  ])('that %s gave no answer', async (_what, answer) => {
    const quote = await ratesOf(answer);
    await expect(quote()).rejects.toThrow(ShippingRatesError);
  });

  test('that is silent is not waited for', async () => {
    const quote = await ratesOf(() => undefined, { patience_ms: 50 });
    await expect(quote()).rejects.toThrow(ShippingRatesError);
  });
});
