/** How long the bodies of webhooks are kept, which name shoppers. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp } from '../../extensions/commerce-api/src/operations/clean-up.ts';
import { insertWebhookEvent, webhookEventById } from '../../extensions/commerce-api/src/payments/queries.ts';
import { inTransaction } from '../../extensions/commerce-api/src/platform/database.ts';
import { freshShop } from '../support/shop.ts';

let fresh: Awaited<ReturnType<typeof freshShop>>;
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(() => fresh.stop());

async function anEvent(status: string, days: number): Promise<string> {
  const event = { type: 'payment.paid', provider_payment: 'pi_1', payment: null };
  const payload = { payer: 'ada@example.com' };
  const id = await inTransaction(fresh.db, (trx) =>
    insertWebhookEvent(trx, 'stripe', { event_id: randomUUID(), ...event, payload }),
  );
  const at = new Date(Date.now() - days * 86_400_000);
  await fresh.db('webhook_events').update({ status, received_at: at, processed_at: at }).where({ id });
  return id!;
}

test.each([
  ['processed', 31, null],
  ['ignored', 31, null],
  ['processed', 29, { payer: 'ada@example.com' }],
  ['failed', 31, { payer: 'ada@example.com' }],
  ['received', 31, { payer: 'ada@example.com' }],
])('the body of an event that is %s and %i days old is then %j', async (status, days, payload) => {
  const id = await anEvent(status, days);
  await cleanUp(fresh.shop);
  await cleanUp(fresh.shop);
  const kept = await webhookEventById(fresh.db, id);
  expect(kept).toMatchObject({
    type: 'payment.paid',
    status,
    payload: { provider_payment: 'pi_1', payload },
  });
});
