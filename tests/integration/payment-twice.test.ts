/** One reference that is paid twice, as Flutterwave does not prevent: the second money goes back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { compareBooks } from '../../extensions/commerce-api/src/payments/compare-with-providers.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { aStartPayment } from '../support/a-start-payment.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { work } from '../support/payment-walks.ts';
import { startBench, webhookDoor, type ProviderBench, type WebhookDoor } from '../support/provider-bench.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let door: WebhookDoor;
let bench: ProviderBench;
let fresh: FreshShop;
let method: string;
beforeAll(async () => {
  door = await webhookDoor();
  bench = await startBench('flutterwave', door.urlOf('flutterwave'), 2000);
  fresh = await freshShop({ env: bench.env });
  door.open(fresh.shop);
  method = await aShippingMethod(fresh.shop);
});
afterAll(async () => {
  await bench.close();
  await door.close();
  await fresh.stop();
});

test('a shopper who pays on two pages of one payment gets the second money back, and staff are told', async () => {
  const { shop, pool } = fresh;
  const cart = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
  const { order, payment } = await place(shop, cart, { provider: 'flutterwave' });
  const page = payment.provider_payment!;
  const again = aStartPayment({
    payment: payment.id,
    attempt: payment.attempt,
    order: order.id,
    order_number: order.number,
    amount_minor: payment.amount_minor,
    currency: payment.currency,
    email: order.email,
  });
  await shop.providers.payments['flutterwave']!.start(again);
  bench.pay(page);
  await bench.settled();
  await work({ shop, pool, bench, method });
  expect(await orderById(shop.db, order.id)).toMatchObject({ status: 'processing', paid_minor: 1500 });

  bench.pay(page);
  await bench.settled();
  await work({ shop, pool, bench, method });
  await syncPayment(shop, payment.id);
  await work({ shop, pool, bench, method });
  expect(await orderById(shop.db, order.id)).toMatchObject({
    status: 'processing',
    payment_status: 'paid',
    paid_minor: 3000,
    refunded_minor: 1500,
    attention_code: 'paid_twice',
  });
  expect(bench.held()).toMatchObject([{ captured_minor: 3000, refunded_minor: 1500 }]);
  await expectSoundBooks(shop);
  const compared = await compareBooks(shop, { since: new Date(0) });
  expect(compared.flatMap(({ broken }) => broken)).toEqual([]);
});
