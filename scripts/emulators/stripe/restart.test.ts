import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freshEmulator } from './emulator-under-test.ts';
import { startStripeEmulator } from './server.ts';

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('an intent made before a restart is paid after it', async () => {
  const state_file = join(freshFolder(), 'nested', 'state.json');
  const before = await freshEmulator({ state_file });
  const options = { idempotencyKey: 'payment-1:1' };
  const params = { amount: 5000, currency: 'usd' };
  const made = await before.stripe.paymentIntents.create(params, options);
  await before.emulator.close();

  const after = await freshEmulator({ state_file });
  expect(await after.stripe.paymentIntents.create(params, options)).toMatchObject({ id: made.id });
  const body = new URLSearchParams({ card: 'pm_card_visa' });
  await fetch(`${after.emulator.url}/pay/${made.id}`, { method: 'POST', body });
  expect(await after.stripe.paymentIntents.retrieve(made.id)).toMatchObject({ status: 'succeeded' });
});

test('an event that could not be delivered is delivered after the restart, byte for byte', async () => {
  const state_file = join(freshFolder(), 'state.json');
  const before = await freshEmulator({ state_file, retry_ms: 60_000 });
  before.webhook.answers = [503];
  await before.stripe.customers.create({});
  await expect.poll(() => before.emulator.events.deliveries()[0]?.attempts.length).toBe(1);
  await before.emulator.close();

  const after = await freshEmulator({ state_file });
  await after.emulator.events.settled();
  expect(after.webhook.received.map(({ body }) => body)).toEqual(
    before.webhook.received.map(({ body }) => body),
  );
});

test('the pages of 3-D Secure move along when the port changes', async () => {
  const state_file = join(freshFolder(), 'state.json');
  const before = await freshEmulator({ state_file });
  const { id } = await before.stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: 'https://shop.example',
  });
  await before.emulator.close();
  const after = await freshEmulator({ state_file });
  const intent = await after.stripe.paymentIntents.retrieve(id);
  expect(intent.next_action?.redirect_to_url?.url).toBe(`${after.emulator.url}/pay/${id}`);
});

test('a damaged state file is named instead of being overwritten', async () => {
  const state_file = join(freshFolder(), 'state.json');
  writeFileSync(state_file, '{"books":');
  await expect(startStripeEmulator({ port: 0, state_file })).rejects.toThrow(state_file);
});

test('a taken port is an error, not a crash', async () => {
  const { emulator } = await freshEmulator();
  await expect(startStripeEmulator({ port: emulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a webhook without a secret is refused', async () => {
  await expect(startStripeEmulator({ port: 0, webhook_url: 'http://127.0.0.1:9' })).rejects.toThrow('secret');
});
