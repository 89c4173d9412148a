import { expect, test } from 'vitest';
import { freshStateFile } from '../webhook-under-test.ts';
import { freshEmulator } from './emulator-under-test.ts';

test('an intent made before a restart is paid after it', async () => {
  const state_file = freshStateFile();
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

test('the pages of 3-D Secure move along when the port changes', async () => {
  const state_file = freshStateFile();
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
