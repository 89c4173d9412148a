/** What every emulator does when it stops and starts again. What each remembers is in the tests beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as flutterwave from './flutterwave/emulator-under-test.ts';
import { startFlutterwaveEmulator } from './flutterwave/server.ts';
import * as paypal from './paypal/emulator-under-test.ts';
import { startPayPalEmulator } from './paypal/server.ts';
import * as stripe from './stripe/emulator-under-test.ts';
import { startStripeEmulator } from './stripe/server.ts';
import { freshStateFile } from './webhook-under-test.ts';

type Options = { state_file?: string; retry_ms?: number };

const stripeBench = async (options: Options) => {
  const bench = await stripe.freshEmulator(options);
  return {
    ...bench,
    cause: () => bench.stripe.customers.create({}),
    bodies: () => bench.webhook.received.map(({ body }) => body),
  };
};

const paypalBench = async (options: Options) => {
  const bench = await paypal.freshEmulator(options);
  return {
    ...bench,
    cause: () => paypal.approvedOrder(bench),
    bodies: () => bench.webhook.received.filter(({ is_signed }) => is_signed).map(({ body }) => body),
  };
};

const flutterwaveBench = async (options: Options) => {
  const bench = await flutterwave.freshEmulator(options);
  return {
    ...bench,
    cause: async () => {
      await bench.link();
      bench.emulator.shopper.pay('order-1');
    },
    bodies: () =>
      bench.webhook.received.filter(({ hash }) => hash === flutterwave.SECRET_HASH).map(({ raw }) => raw),
  };
};

describe.each([
  { name: 'Stripe', fresh: stripeBench, start: startStripeEmulator, lacks: 'secret' },
  { name: 'PayPal', fresh: paypalBench, start: startPayPalEmulator, lacks: 'an id' },
  { name: 'Flutterwave', fresh: flutterwaveBench, start: startFlutterwaveEmulator, lacks: 'secret hash' },
])('$name', ({ fresh, start, lacks }) => {
  test('an event that could not be delivered is delivered after the restart, byte for byte', async () => {
    const state_file = freshStateFile();
    const before = await fresh({ state_file, retry_ms: 60_000 });
    before.webhook.answers = [503];
    await before.cause();
    await expect.poll(() => before.emulator.events.deliveries()[0]?.attempts.length).toBe(1);
    await before.emulator.close();

    const after = await fresh({ state_file });
    await after.emulator.events.settled();
    expect(before.bodies()).toHaveLength(1);
    expect(after.bodies()).toEqual(before.bodies());
  });

  test('a damaged state file is named instead of being overwritten', async () => {
    const state_file = freshStateFile();
    mkdirSync(dirname(state_file));
    writeFileSync(state_file, '{"books":');
    await expect(start({ port: 0, state_file })).rejects.toThrow(state_file);
  });

  test('a taken port is an error, not a crash', async () => {
    const { emulator } = await fresh({});
    await expect(start({ port: emulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('a webhook is refused where nothing can be signed', async () => {
    await expect(start({ port: 0, webhook_url: 'http://127.0.0.1:9' })).rejects.toThrow(lacks);
  });
});
