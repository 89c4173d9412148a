import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freshEmulator } from './emulator-under-test.ts';
import { startFlutterwaveEmulator } from './server.ts';

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flutterwave-emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a page made before a restart is paid after it, and ids go on', async () => {
  const state_file = join(freshFolder(), 'nested', 'state.json');
  const before = await freshEmulator({ state_file });
  await before.link();
  const failed = before.emulator.shopper.pay('order-1', 'failed');
  await before.emulator.close();

  const after = await freshEmulator({ state_file });
  const { transaction } = after.emulator.shopper.pay('order-1');
  expect(transaction.id).toBe(failed.transaction.id + 1);
  after.emulator.dashboard.refund('order-1', 100);
  expect(after.emulator.ledger().payments).toMatchObject([{ captured_minor: 750_000, refunded_minor: 100 }]);
});

test('an event that could not be delivered is delivered after the restart, byte for byte', async () => {
  const state_file = join(freshFolder(), 'state.json');
  const before = await freshEmulator({ state_file, retry_ms: 60_000 });
  before.webhook.answers = [503];
  await before.link();
  before.emulator.shopper.pay('order-1');
  await expect.poll(() => before.emulator.events.deliveries()[0]?.attempts.length).toBe(1);
  await before.emulator.close();

  const after = await freshEmulator({ state_file });
  await after.emulator.events.settled();
  expect(after.webhook.received.map(({ raw }) => raw)).toEqual(before.webhook.received.map(({ raw }) => raw));
});

test('a damaged state file, a taken port and a webhook without a hash are refused', async () => {
  const state_file = join(freshFolder(), 'state.json');
  writeFileSync(state_file, '{"books":');
  await expect(startFlutterwaveEmulator({ port: 0, state_file })).rejects.toThrow(state_file);
  const { emulator } = await freshEmulator();
  await expect(startFlutterwaveEmulator({ port: emulator.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await expect(startFlutterwaveEmulator({ port: 0, webhook_url: 'http://127.0.0.1:9' })).rejects.toThrow(
    'hash',
  );
});
