/** That the one read behind a cart finds what its price depends on, and nothing else. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as carts from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { cartView } from '../../extensions/commerce-api/src/cart/cart-view.ts';
import { pricingRows } from '../../extensions/commerce-api/src/cart/pricing-queries.ts';
import {
  inTransaction,
  row,
  rows,
  type Transaction,
} from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { aCart, aCustomerRow, aPromotionRow, insert, outcomeOf, productOf } from '../support/cart-desk.ts';
import { ADDRESS, aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let shop: Shop;
let method: string;
beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
  method = await aShippingMethod(shop);
});
afterAll(() => fresh.stop());

const one = (variant: string, quantity = 1) => ({ variant, quantity });
const BERLIN = { ...ADDRESS, city: 'Berlin', region: undefined, postal_code: '10115', country: 'DE' };
const VAT_ID = 'DE136695976';

async function taxRate(values: Record<string, unknown>): Promise<void> {
  const known = await row<{ id: string }>(shop.db, 'select id from tax_classes where is_default');
  await insert(shop, 'tax_rates', { tax_class: known!.id, name: 'Tax', ...values });
}

async function settings(values: Record<string, unknown>): Promise<void> {
  await shop.db('shop_settings').update(values);
}

describe('promotions', () => {
  test('one for a category is for everything below it, one for a tag for what carries it', async () => {
    const [lamps, desk_lamps] = await Promise.all(
      ['lamps', 'desk-lamps'].map((slug) =>
        insert(shop, 'categories', { name: slug, slug: `${slug}-${randomUUID()}`, status: 'published' }),
      ),
    );
    await shop.db.raw('update categories set parent = ? where id = ?', [lamps, desk_lamps]);
    const tag = await insert(shop, 'tags', { name: 'Sale', slug: randomUUID() });
    const [lamp, tagged, plain] = [await aVariant(shop), await aVariant(shop), await aVariant(shop)];
    const product = await productOf(shop, lamp);
    await insert(shop, 'products_categories', { product, category: desk_lamps });
    await insert(shop, 'products_tags', { product: await productOf(shop, tagged), tag });
    const scopes = [
      [await aPromotionRow(shop, { code: 'LAMPS', name: 'Lamps', requires_code: true }), { category: lamps }],
      [await aPromotionRow(shop, { code: 'TAGGED', name: 'Tagged', requires_code: true }), { tag }],
    ] as const;
    for (const [promotion, scope] of scopes)
      await insert(shop, 'promotion_scopes', { promotion, side: 'target', effect: 'include', ...scope });

    const { quoted } = await aCart(shop, {
      lines: [one(lamp), one(tagged), one(plain)],
      codes: ['lamps', 'tagged'],
    });
    expect(cartView(shop.env, quoted).lines.map((line) => line.discounts)).toEqual([
      [{ code: 'LAMPS', label: 'Lamps', amount_minor: 100 }],
      [{ code: 'TAGGED', label: 'Tagged', amount_minor: 100 }],
      [],
    ]);
  });

  test('one code of many works once it is given; a used one is refused', async () => {
    const promotion = await aPromotionRow(shop, { name: 'Bulk', requires_code: true });
    const [fresh_code, used] = [`BULK-${randomUUID()}`, `BULK-${randomUUID()}`];
    await insert(shop, 'promotion_codes', { promotion, code: fresh_code, usage_limit: 1, usage_count: 0 });
    await insert(shop, 'promotion_codes', { promotion, code: used, usage_limit: 1, usage_count: 1 });
    const { id, holder, quoted } = await aCart(shop, { lines: [one(await aVariant(shop))] });
    expect(quoted.quote.discount_minor).toBe(0);
    const { quote } = await carts.addCode(shop, id, holder, fresh_code.toLowerCase());
    expect(quote).toMatchObject({ discount_minor: 100, codes: [{ applied: true, reason: null }] });
    expect(quote.adjustments[0]).toMatchObject({ promotion, code: fresh_code.toUpperCase() });
    expect(await outcomeOf(carts.addCode(shop, id, holder, used))).toMatchObject({
      code: 'CODE_REFUSED',
      reason: 'code_used_up',
    });
  });

  test('a code on a promotion is asked for, also where nobody said that it requires one', async () => {
    await aPromotionRow(shop, { code: 'OLD-STYLE', requires_code: false });
    const { quoted } = await aCart(shop, { lines: [one(await aVariant(shop))] });
    expect(quoted.quote.discount_minor).toBe(0);
  });

  test.each([
    ['for a first order', { first_order_only: true }, 'first_order_only'],
    ['of one use per customer', { usage_limit_per_customer: 1 }, 'used_up_by_customer'],
  ])(
    '%s tells nobody but its own customer that an e-mail has ordered, until the order',
    async (_, limit, reason) => {
      const code = `WELCOME-${randomUUID()}`.toUpperCase();
      await aPromotionRow(shop, { code, requires_code: true, ...limit });
      const variant = await aVariant(shop);
      const email = `ada-${randomUUID()}@example.com`;
      const lines = [one(variant)];
      const first = await aReadyCart(shop, method, lines, email);
      const { quote } = await carts.addCode(shop, first.id, first.holder, code);
      await place(shop, { ...first, total_minor: quote.total_minor });
      const shown = async (customer: string | null, named: string) =>
        outcomeOf(aCart(shop, { lines, codes: [code], email: named }, customer));

      const unknown = await aCart(shop, { lines, codes: [code], email: `new-${email}` });
      const known = await aCart(shop, { lines, codes: [code], email: email.toUpperCase() });
      expect({ ...known.quoted.quote, lines: [] }).toEqual({ ...unknown.quoted.quote, lines: [] });
      expect(known.quoted.quote.discount_minor).toBe(100);
      const stranger = await aCustomerRow(shop, { email_verified_at: new Date() });
      expect(await shown(stranger, email)).toEqual({ code: 'ok' });
      const claimed = await aCustomerRow(shop, { email });
      expect(await shown(claimed, email)).toEqual({ code: 'ok' });
      await shop.db.raw('update customers set email_verified_at = now() where id = ?', [claimed]);
      expect(await shown(claimed, email)).toMatchObject({ code: 'CODE_REFUSED', reason });

      const again = await aReadyCart(shop, method, lines, email);
      const lost = await carts.addCode(shop, again.id, again.holder, code);
      expect(lost.quote.discount_minor).toBe(100);
      const ordered = place(shop, { ...again, total_minor: lost.quote.total_minor });
      expect(await outcomeOf(ordered)).toMatchObject({
        code: 'PRICE_CHANGED',
        quote: { discount_minor: 0, total_minor: again.total_minor },
      });
      expect((await place(shop, again)).order.discount_minor).toBe(0);
    },
  );

  test('only what can matter is read: running, of this currency and group, or asked for by code', async () => {
    const group = await insert(shop, 'customer_groups', {
      name: 'Trade',
      code: randomUUID(),
      tax_exempt: false,
    });
    const [ended, other_group, euro, coded] = await Promise.all([
      aPromotionRow(shop, { ends_at: '2020-01-01T00:00:00Z' }),
      aPromotionRow(shop, { customer_group: group, code: null, value_ppm: 10 }),
      aPromotionRow(shop, { currency: 'EUR' }),
      aPromotionRow(shop, { code: `C-${randomUUID()}`, requires_code: true }),
    ]);
    const ids = async (request: Parameters<typeof pricingRows>[1]) =>
      (await pricingRows(shop.db, request)).promotions.map((promotion) => promotion.id);
    const guest = await ids({});
    for (const promotion of [ended, other_group, euro, coded]) expect(guest).not.toContain(promotion);
    const customer = await aCustomerRow(shop, { group });
    expect(await ids({ customer })).toContain(other_group);
    await shop.db.raw(`update promotions set status = 'inactive' where id = any(?)`, [[other_group, euro]]);
  });
});

describe('prices', () => {
  test('a list is named on the line, and the price before it stands beside', async () => {
    const variant = await aVariant(shop);
    await shop.db.raw('update product_variants set compare_at_price_minor = 1200 where id = ?', [variant]);
    const list = await insert(shop, 'price_lists', {
      name: 'Summer',
      kind: 'sale',
      status: 'active',
      priority: 1,
    });
    const price = { variant, currency: 'USD', min_quantity: 1, amount_minor: 800, price_list: list };
    await insert(shop, 'prices', price);
    const { quoted } = await aCart(shop, { lines: [one(variant)] });
    expect(cartView(shop.env, quoted).lines[0]).toMatchObject({
      unit_price_minor: 800,
      compare_at_price_minor: 1200,
      price_reason: 'sale',
      price_list: 'Summer',
    });
  });
});

describe('taxes', () => {
  test('the rate is that of the closest place: postal code before region before country', async () => {
    const rates = {
      country: { country: 'CA', rate_ppm: 50_000 },
      region: { country: 'CA', region: 'ON', rate_ppm: 60_000 },
      range: { country: 'CA', postal_pattern: 'K1A-K1Z', rate_ppm: 70_000 },
      beginning: { country: 'CA', postal_pattern: 'k2*', rate_ppm: 80_000 },
      code: { country: 'CA', postal_pattern: 'K2P 1L4', rate_ppm: 90_000 },
      elsewhere: { country: 'CA', postal_pattern: 'V5*', rate_ppm: 1 },
    };
    for (const [name, rate] of Object.entries(rates)) await taxRate({ ...rate, name });
    const { id, holder } = await aCart(shop, { lines: [one(await aVariant(shop))] });
    const taxedIn = async (region: string | undefined, postal_code: string) => {
      const shipping_address = { ...ADDRESS, country: 'CA', region, postal_code };
      const changed = await carts.updateDetails(shop, id, holder, { shipping_address });
      const read = await carts.readCart(shop, id, holder);
      expect(read.quote.tax_summary).toEqual(changed.quote.tax_summary);
      return changed.quote.lines[0]!.tax_name;
    };
    expect(await taxedIn('QC', 'H0H 0H0')).toBe('country');
    expect(await taxedIn('on', 'L0L 0L0')).toBe('region');
    expect(await taxedIn('ON', 'K1B 3X9')).toBe('range');
    expect(await taxedIn('ON', 'k2c 1a1')).toBe('beginning');
    expect(await taxedIn('ON', 'k2p1l4')).toBe('code');
    const rows = await pricingRows(shop.db, { cart: id });
    expect(rows.tax_rates.map((rate) => rate.name)).not.toContain('elsewhere');
  });

  test('by reverse charge a business in another member of the union pays no tax, and the cart says why', async () => {
    await settings({ reverse_charge: true, default_country: 'AT', vat_id: 'ATU13585627' });
    try {
      const input = { lines: [one(await aVariant(shop))], shipping_address: BERLIN };
      const { id, holder, quoted } = await aCart(shop, input);
      expect(quoted.quote.lines[0]!.tax_rate_ppm).toBe(190_000);
      const business = await carts.updateDetails(shop, id, holder, { vat_id: 'de 136 695 976' });
      expect(cartView(shop.env, business)).toMatchObject({
        vat_id: VAT_ID,
        tax_exemption: 'reverse_charge',
        tax_minor: 0,
        tax_summary: [],
      });
      const private_again = await carts.updateDetails(shop, id, holder, { vat_id: null });
      expect(private_again.quote.tax_exemption).toBeNull();
      const wrong = await outcomeOf(carts.updateDetails(shop, id, holder, { vat_id: 'DE123456789' }));
      expect(wrong).toEqual({ code: 'VAT_ID_INVALID', path: 'vat_id', reason: 'wrong_check_digit' });
    } finally {
      await settings({ reverse_charge: false, default_country: 'US', vat_id: null });
    }
  });

  test('a customer’s own VAT id counts until it was looked up and not found', async () => {
    await settings({ reverse_charge: true, default_country: 'AT' });
    try {
      const customer = await aCustomerRow(shop, { vat_id: VAT_ID });
      const { id, holder, quoted } = await aCart(
        shop,
        { lines: [one(await aVariant(shop))], shipping_address: BERLIN },
        customer,
      );
      expect([quoted.quote.tax_exemption, quoted.vat_id]).toEqual(['reverse_charge', VAT_ID]);
      await shop.db.raw(`update customers set vat_id_status = 'invalid' where id = ?`, [customer]);
      expect((await carts.readCart(shop, id, holder)).quote.tax_exemption).toBeNull();
    } finally {
      await settings({ reverse_charge: false, default_country: 'US' });
    }
  });

  test('who is exempt, alone or with their group, pays none', async () => {
    const group = await insert(shop, 'customer_groups', {
      name: 'Club',
      code: randomUUID(),
      tax_exempt: true,
    });
    const lines = [one(await aVariant(shop))];
    const exemptionOf = async (values: Record<string, unknown>) => {
      const { quoted } = await aCart(shop, { lines }, await aCustomerRow(shop, values));
      return quoted.quote.tax_exemption;
    };
    expect(await exemptionOf({})).toBeNull();
    expect(await exemptionOf({ group })).toBe('group');
    expect(await exemptionOf({ group, tax_exempt: true })).toBe('customer');
  });
});

describe('in a large shop', () => {
  /** Rows a cart's read went through one by one, by table. */
  const readThrough = async (trx: Transaction) =>
    Object.fromEntries(
      (
        await rows<{ name: string; seen: number }>(
          trx,
          `select relname as name, seq_tup_read as seen from pg_stat_xact_user_tables
           where relname in ('promotions', 'promotion_codes', 'tax_rates', 'products', 'product_variants', 'prices', 'carts')`,
        )
      ).map(({ name, seen }) => [name, seen]),
    );

  test('a cart is read by indexes: ten thousand codes, five thousand rates and as many variants are not gone through', async () => {
    const variant = await aVariant(shop);
    await insert(shop, 'prices', { variant, currency: 'EUR', amount_minor: 900, min_quantity: 1 });
    const promotion = await aPromotionRow(shop, { name: 'Bulk', requires_code: true });
    const tax_class = (await row<{ id: string }>(shop.db, 'select id from tax_classes where is_default'))!.id;
    await shop.db.raw(
      `insert into promotion_codes (promotion, code, usage_limit, usage_count)
       select ?, 'MANY-' || n, 1, 0 from generate_series(1, 10000) n`,
      [promotion],
    );
    await shop.db.raw(
      `insert into promotions (name, status, kind, value_ppm, allocation, requires_code, code)
       select 'P' || n, 'active', 'percentage', 1000, 'across', true, 'OWN-' || n from generate_series(1, 5000) n`,
    );
    await shop.db.raw(
      `insert into tax_rates (tax_class, country, region, postal_pattern, name, rate_ppm)
       select ?, 'US', 'NY', lpad(n::text, 5, '0'), 'Tax ' || n, 80000 from generate_series(1, 5000) n`,
      [tax_class],
    );
    await shop.db.raw(
      `insert into product_variants (product, status, sku, title, price_minor, currency, track_stock, allow_backorder)
       select product, 'published', 'V-' || n, 'V', 100, 'USD', true, false from product_variants, generate_series(1, 5000) n
       where id = ?`,
      [variant],
    );
    await shop.db.raw('analyze');
    const shipping_address = { ...ADDRESS, region: 'NY', postal_code: '04321' };
    const { quoted } = await aCart(shop, {
      lines: [one(variant)],
      shipping_address,
      codes: ['many-7', 'own-8'],
      currency: 'EUR',
    });
    expect(quoted.quote.lines[0]!.tax_name).toBe('Tax 4321');
    await inTransaction(shop.db, async (trx) => {
      // Its plan is kept after a few times, and then has to be one that serves every cart.
      for (let time = 1; time <= 7; time += 1) {
        const found = await pricingRows(trx, { cart: quoted.cart.id });
        expect(found.promotions.map(({ name }) => name)).toEqual(expect.arrayContaining(['Bulk', 'P8']));
      }
      await pricingRows(trx, { currency: 'EUR', variants: [variant] });
      for (const [table, seen] of Object.entries(await readThrough(trx)))
        expect([table, seen < 1000]).toEqual([table, true]);
    });
  });
});
