import { expect, test } from 'vitest';
import { freshStateFile } from '../webhook-under-test.ts';
import { freshEmulator } from './emulator-under-test.ts';

test('a page made before a restart is paid after it, and ids go on', async () => {
  const state_file = freshStateFile();
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
