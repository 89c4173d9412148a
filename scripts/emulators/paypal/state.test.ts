import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { approvedOrder, freshEmulator, orderFor } from './emulator-under-test.ts';
import { startPayPalEmulator } from './server.ts';

function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'paypal-emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'nested', 'state.json');
}

test('an order made before a restart is known, approved and captured after it', async () => {
  const state_file = freshFile();
  const before = await freshEmulator({ state_file });
  const once = { 'paypal-request-id': 'payment-1:1' };
  const { id } = (await before.ask('POST', '/v2/checkout/orders', orderFor(), once)).body;
  await before.emulator.close();

  const after = await freshEmulator({ state_file });
  const again = await after.ask('POST', '/v2/checkout/orders', orderFor(), once);
  expect(again).toMatchObject({ status: 200, body: { id } });
  expect(JSON.stringify(again.body.links)).toContain(after.emulator.url);
  after.emulator.shopper.approve(id);
  expect((await after.ask('POST', `/v2/checkout/orders/${id}/capture`, {})).status).toBe(201);
});

test('an event that could not be delivered is delivered after the restart, byte for byte', async () => {
  const state_file = freshFile();
  const before = await freshEmulator({ state_file, retry_ms: 60_000 });
  before.webhook.answers = [503];
  await approvedOrder(before);
  await expect.poll(() => before.emulator.events.deliveries()[0]?.attempts.length).toBe(1);
  await before.emulator.close();

  const after = await freshEmulator({ state_file });
  await after.emulator.events.settled();
  expect(after.webhook.received.map(({ body }) => body)).toEqual(
    before.webhook.received.map(({ body }) => body),
  );
  expect(after.webhook.received.map(({ is_signed }) => is_signed)).toEqual([true]);
});

test('a damaged state file is named, and a taken port is an error', async () => {
  const { emulator } = await freshEmulator();
  await expect(startPayPalEmulator({ port: emulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const state_file = join(mkdtempSync(join(tmpdir(), 'paypal-emulator-')), 'state.json');
  onTestFinished(() => rmSync(state_file));
  writeFileSync(state_file, '{"books":');
  await expect(startPayPalEmulator({ port: 0, state_file })).rejects.toThrow(state_file);
});
