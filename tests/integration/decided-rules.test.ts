/**
 * Where commerce systems disagree, Kontor has decided. The rules that arithmetic alone answers have their cases, by the same
 * names, beside core/; these are the ones that need a cart, a checkout or a provider.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCode, addToCart, readCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { mergeCart } from '../../extensions/commerce-api/src/cart/merge-cart.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aCart, aCustomerRow, aPromotionRow } from '../support/cart-desk.ts';
import { aReadyCart, aShippingMethod, aVariant, place, type ReadyCart } from '../support/factories.ts';
import { outcomes } from '../support/stock.ts';
import { payWith, stripeShop, type StripeShop } from '../support/stripe-shop.ts';

let desk: StripeShop;
let shop: Shop;
let method: string;
beforeAll(async () => {
  desk = await stripeShop();
  shop = desk.shop;
  method = await aShippingMethod(shop);
});
afterAll(async () => {
  await expectSoundBooks(shop);
  await desk.stop();
});

test('cart merge at sign-in: the guest’s quantity wins for the same variant and metadata, other lines of both are kept', async () => {
  const [both, own, guests] = [await aVariant(shop), await aVariant(shop), await aVariant(shop)];
  const customer = await aCustomerRow(shop);
  const account = { caller: { customer }, token: undefined };
  const mine = await aCart(shop, { lines: [{ variant: own, quantity: 1 }] }, customer);
  await addToCart(shop, mine.id, account, { variant: both, quantity: 5 });
  await addToCart(shop, mine.id, account, { variant: both, quantity: 1, metadata: { engraving: 'Ada' } });
  const guest = await aCart(shop, {
    lines: [
      { variant: both, quantity: 2 },
      { variant: guests, quantity: 1 },
    ],
  });

  const merged = await mergeCart(shop, { cart: guest.id, token: guest.holder.token!, customer });

  const { lines } = await readCart(shop, merged, account);
  const held = lines.map(({ variant, quantity, metadata }) => [variant, quantity, metadata?.['engraving']]);
  expect(held.sort()).toEqual(
    [
      [both, 2, undefined],
      [both, 1, 'Ada'],
      [own, 1, undefined],
      [guests, 1, undefined],
    ].sort(),
  );
});

test('adding more than there is: refused whole with 409 INSUFFICIENT_STOCK and what is available, and nothing is changed', async () => {
  const variant = await aVariant(shop, { on_hand: 3 });
  const cart = await aCart(shop, { lines: [{ variant, quantity: 2 }] });
  await expect(addToCart(shop, cart.id, cart.holder, { variant, quantity: 2 })).rejects.toMatchObject({
    status: 409,
    code: 'INSUFFICIENT_STOCK',
    extensions: { requested: 4, available: 3 },
  });
  expect((await readCart(shop, cart.id, cart.holder)).lines).toMatchObject([{ quantity: 2 }]);
});

test('usage limits: counted at placement, safe under parallel checkouts, released on cancel', async () => {
  const code = 'TWICE';
  await aPromotionRow(shop, { code, requires_code: true, usage_limit: 2 });
  const variant = await aVariant(shop, { on_hand: 20 });
  const withCode = async (): Promise<ReadyCart> => {
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
    const { quote } = await addCode(shop, cart.id, cart.holder, code);
    return { ...cart, total_minor: quote.total_minor };
  };
  const carts = await Promise.all(Array.from({ length: 6 }, withCode));
  const placed = carts.map((cart) => place(shop, cart));

  expect(await outcomes(placed)).toEqual({ done: 2, PRICE_CHANGED: 4 });

  const [first] = (await Promise.allSettled(placed)).flatMap((one) =>
    one.status === 'fulfilled' ? [one.value.order] : [],
  );
  await cancelOrder(shop, first!, { actor_kind: 'customer' });
  await expect(place(shop, await withCode())).resolves.toMatchObject({ order: { discount_minor: 100 } });
});

test('provider’s amount or currency ≠ the payment’s: never marked paid, the order is flagged with an event', async () => {
  const variant = await aVariant(shop);
  const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
  const { order, payment } = await place(shop, cart, { provider: 'stripe' });
  const intent = payment.provider_payment!;
  await desk.stripe.paymentIntents.update(intent, { amount: cart.total_minor - 1 });
  await payWith(desk.stripe, intent);
  await desk.hear(intent);

  const now = await shop.db('orders').where({ id: order.id }).first();
  expect(now).toMatchObject({ status: 'pending', paid_minor: 0, needs_attention: true });
  const kinds = await shop.db('order_events').where({ order: order.id }).orderBy('id').pluck('kind');
  expect(kinds).toEqual(['placed', 'flagged']);
});
