/** What a cart may be shipped by, and carriers that are asked what they want for it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as carts from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { offeredMethod } from '../../extensions/commerce-api/src/cart/method-view.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  ShippingRatesError,
  type RateRequest,
  type ShippingRate,
} from '../../extensions/commerce-api/src/providers/shipping-rates.ts';
import { aCart, insert, outcomeOf } from '../support/cart-desk.ts';
import { ADDRESS, aVariant } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let shop: Shop;
let zone: string;
/** What the carriers were asked, and what they answer. */
let asked: RateRequest[];
let answer: (request: RateRequest) => ShippingRate[];
beforeAll(async () => {
  fresh = await freshShop();
  const quote = async (request: RateRequest) => {
    asked.push(request);
    return answer(request);
  };
  shop = {
    ...fresh.shop,
    providers: { ...fresh.shop.providers, shipping_rates: { name: 'double', quote } },
  };
});
afterAll(() => fresh.stop());
beforeEach(async () => {
  asked = [];
  answer = () => [];
  await shop.db.raw('update shipping_zones set priority = 0');
  zone = await insert(shop, 'shipping_zones', { name: 'US', countries: ['US'], priority: 10 });
});

const one = (variant: string, quantity = 1) => ({ variant, quantity });
const aMethod = (values: Record<string, unknown> = {}) =>
  insert(shop, 'shipping_methods', {
    zone,
    name: 'Method',
    active: true,
    kind: 'flat',
    amount_minor: 500,
    currency: 'USD',
    ...values,
  });
const aCarrier = (service = 'express') =>
  aMethod({ kind: 'carrier', carrier: 'dhl', carrier_service: service, amount_minor: 0 });
const rate = (method: string, amount_minor: number): ShippingRate => {
  return { method, amount_minor, min_days: 1, max_days: 2 };
};

async function weighed(weight_grams: number, length_mm = 100): Promise<string> {
  const variant = await aVariant(shop, { on_hand: 100 });
  await shop.db.raw('update product_variants set weight_grams = ?, length_mm = ? where id = ?', [
    weight_grams,
    length_mm,
    variant,
  ]);
  return variant;
}

const idsOf = (methods: readonly { id: string }[]) => methods.map(({ id }) => id).sort();

describe('methods', () => {
  test('are those that take the parcel, at the price this cart pays', async () => {
    const by_weight = await aMethod({
      kind: 'weight_tiers',
      tiers: [
        { from: 0, amount_minor: 300 },
        { from: 1000, amount_minor: 700 },
      ],
    });
    const by_piece = await aMethod({ kind: 'per_item', amount_minor: 100, per_item_minor: 50 });
    const letters = await aMethod({ max_weight_grams: 500 });
    const short = await aMethod({ max_length_mm: 50 });
    const variant = await weighed(400);
    const { id, holder, quoted } = await aCart(shop, { lines: [one(variant)], shipping_address: ADDRESS });
    expect(idsOf(quoted.methods)).toEqual([by_weight, by_piece, letters].sort());
    const more = await carts.addToCart(shop, id, holder, one(variant, 2));
    expect(idsOf(more.methods)).toEqual([by_weight, by_piece].sort());
    const prices = new Map(more.methods.map((method) => [method.id, method.price_minor]));
    expect([prices.get(by_weight), prices.get(by_piece)]).toEqual([700, 250]);
    expect(await outcomeOf(carts.updateDetails(shop, id, holder, { shipping_method: short }))).toMatchObject({
      code: 'SHIPPING_METHOD_UNAVAILABLE',
    });
  });

  test('pick-up says where, and is taxed there', async () => {
    const location = await insert(shop, 'stock_locations', {
      name: 'Workshop',
      code: 'workshop',
      active: true,
      priority: 0,
      country: 'CA',
      city: 'Ottawa',
    });
    const tax_class = (await shop.db('tax_classes').where({ is_default: true }).first()).id;
    await insert(shop, 'tax_rates', { tax_class, country: 'CA', name: 'GST', rate_ppm: 50_000 });
    const pickup = await aMethod({ kind: 'pickup', location, amount_minor: 0 });
    const { id, holder } = await aCart(shop, {
      lines: [one(await aVariant(shop))],
      shipping_address: ADDRESS,
    });
    const { methods, quote } = await carts.updateDetails(shop, id, holder, { shipping_method: pickup });
    expect(offeredMethod(methods[0]!)).toMatchObject({
      kind: 'pickup',
      amount_minor: 0,
      pickup_location: { name: 'Workshop', city: 'Ottawa', country: 'CA' },
    });
    expect(quote.lines[0]!.tax_name).toBe('GST');
    expect((await carts.readCart(shop, id, holder)).quote.lines[0]!.tax_name).toBe('GST');
    await shop.db.raw('update stock_locations set active = false where id = ?', [location]);
    expect((await carts.readCart(shop, id, holder)).methods).toEqual([]);
  });
});

describe('a carrier', () => {
  test('is asked once when methods are listed, and the shopper pays what the list showed', async () => {
    const [express, slow] = [await aCarrier('express'), await aCarrier('slow')];
    answer = () => [rate(express, 1234)];
    const variant = await weighed(750, 320);
    const { id, holder, quoted } = await aCart(shop, { lines: [one(variant, 2)], shipping_address: ADDRESS });
    expect([quoted.methods, asked]).toEqual([[], []]);

    const { methods } = await carts.readMethods(shop, id, holder);
    expect(methods.map(offeredMethod)).toMatchObject([
      { id: express, amount_minor: 1234, min_days: 1, max_days: 2, carrier: 'dhl' },
    ]);
    expect(asked).toMatchObject([
      {
        currency: 'USD',
        destination: { country: 'US', postal_code: '78701', city: 'Austin' },
        parcel: { quantity: 2, weight_grams: 1500, longest_mm: 320, subtotal_minor: 2000 },
        items: [{ quantity: 2, weight_grams: 750 }],
      },
    ]);
    expect(idsOf(asked[0]!.methods.map(({ method }) => ({ id: method })))).toEqual([express, slow].sort());

    const chosen = await carts.updateDetails(shop, id, holder, { shipping_method: express });
    expect(chosen.quote.shipping_minor).toBe(1234);
    expect((await carts.readCart(shop, id, holder)).quote.shipping_minor).toBe(1234);
    await carts.readMethods(shop, id, holder);
    expect(asked).toHaveLength(1);
  });

  test('is asked when it is chosen unseen, also by a cart that starts with it', async () => {
    const express = await aCarrier();
    answer = () => [rate(express, 900)];
    const lines = [one(await aVariant(shop))];
    const { id, holder } = await aCart(shop, { lines });
    const details = { shipping_address: ADDRESS, shipping_method: express };
    const chosen = await carts.updateDetails(shop, id, holder, details);
    expect([chosen.quote.shipping_minor, chosen.has_valid_method, asked.length]).toEqual([900, true, 1]);
    const { quoted } = await aCart(shop, { lines, ...details });
    expect([quoted.quote.shipping_minor, asked.length]).toEqual([900, 2]);
    expect(asked[1]!.parcel.weight_grams).toBeNull();
  });

  test('has to be asked again once the goods or the address change, or time has passed', async () => {
    const express = await aCarrier();
    answer = () => [rate(express, 900)];
    const variant = await aVariant(shop);
    const { id, holder } = await aCart(shop, {
      lines: [one(variant)],
      shipping_address: ADDRESS,
      shipping_method: express,
    });
    const isValid = async () => (await carts.readCart(shop, id, holder)).has_valid_method;
    const changes = [
      () => carts.addToCart(shop, id, holder, one(variant)),
      () => carts.updateDetails(shop, id, holder, { shipping_address: { ...ADDRESS, city: 'Dallas' } }),
      () =>
        shop.db.raw(
          `update carts set shipping_rate = jsonb_set(shipping_rate::jsonb, '{expires_at}', '"2020-01-01T00:00:00Z"') where id = ?`,
          [id],
        ),
    ];
    for (const [index, change] of changes.entries()) {
      expect(await isValid()).toBe(true);
      await change();
      expect(await isValid()).toBe(false);
      await carts.readMethods(shop, id, holder);
      expect(asked).toHaveLength(index + 2);
    }
    expect(await isValid()).toBe(true);
  });

  test('that does not answer is not offered, and the other methods are', async () => {
    const [express, post] = [await aCarrier(), await aMethod()];
    answer = () => {
      throw new ShippingRatesError('down');
    };
    const { id, holder } = await aCart(shop, {
      lines: [one(await aVariant(shop))],
      shipping_address: ADDRESS,
    });
    expect(idsOf((await carts.readMethods(shop, id, holder)).methods)).toEqual([post]);
    expect(
      await outcomeOf(carts.updateDetails(shop, id, holder, { shipping_method: express })),
    ).toMatchObject({ code: 'SHIPPING_METHOD_UNAVAILABLE' });
  });

  test('is not offered by a shop that asks nobody', async () => {
    const express = await aCarrier();
    const input = { lines: [one(await aVariant(shop))], shipping_address: ADDRESS };
    const { id, holder } = await aCart(fresh.shop, input);
    expect((await carts.readMethods(fresh.shop, id, holder)).methods).toEqual([]);
    const choice = carts.updateDetails(fresh.shop, id, holder, { shipping_method: express });
    expect(await outcomeOf(choice)).toMatchObject({ code: 'SHIPPING_METHOD_UNAVAILABLE' });
  });
});
