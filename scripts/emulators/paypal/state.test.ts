import { expect, test } from 'vitest';
import { freshStateFile } from '../webhook-under-test.ts';
import { freshEmulator, orderFor } from './emulator-under-test.ts';

test('an order made before a restart is known, approved and captured after it', async () => {
  const state_file = freshStateFile();
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
