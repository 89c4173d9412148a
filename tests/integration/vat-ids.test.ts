import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { askAboutUncheckedVatIds } from '../../extensions/commerce-api/src/customers/check-vat-id.ts';
import { readProfile, updateProfile } from '../../extensions/commerce-api/src/customers/update-profile.ts';
import { cleanUp } from '../../extensions/commerce-api/src/operations/clean-up.ts';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { aCart } from '../support/cart-desk.ts';
import { ADDRESS, aVariant } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

const GERMAN = 'DE136695976';
const DUTCH = 'NL004495445B01';

/** Plays VIES: says what the test wants, and keeps what it was asked. */
const register = { says: 'VALID', asked: [] as string[], whenAsked: async () => {} };
let server: Server;
let fresh: FreshShop;

beforeAll(async () => {
  server = createServer((req, res) => {
    register.asked.push(req.url ?? '');
    const body = JSON.stringify({
      isValid: register.says === 'VALID',
      userError: register.says,
      name: '---',
    });
    void register.whenAsked().then(() => res.writeHead(200).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  fresh = await freshShop({ env: { VAT_CHECK: 'vies', VAT_CHECK_URL: `http://127.0.0.1:${port}` } });
});
afterAll(async () => {
  await fresh.stop();
  server.close();
});
beforeEach(() => {
  register.says = 'VALID';
  register.asked = [];
  register.whenAsked = async () => {};
});

async function aCustomer(): Promise<string> {
  const id = randomUUID();
  await inTransaction(fresh.shop.db, (trx) =>
    insertRows(trx, 'customers', [
      {
        id,
        email: `${id}@example.com`,
        accepts_marketing: false,
        tax_exempt: false,
        vat_id_status: 'unchecked',
      },
    ]),
  );
  return id;
}

const standingOf = (customer: string) =>
  row(
    fresh.shop.db,
    'select vat_id, vat_id_status as status, vat_id_checked_at is not null as is_dated from customers where id = ?',
    [customer],
  );

describe('a VAT id on the profile', () => {
  test('is unchecked at first, and then what the register says', async () => {
    const customer = await aCustomer();
    const profile = await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    expect(profile).toMatchObject({ vat_id: GERMAN, vat_id_status: 'unchecked' });
    await fresh.drain();
    expect(register.asked).toEqual(['/ms/DE/vat/136695976']);
    expect(await standingOf(customer)).toEqual({ vat_id: GERMAN, status: 'valid', is_dated: true });
    expect(await readProfile(fresh.shop.db, customer)).toMatchObject({ vat_id_status: 'valid' });
  });

  test('is asked about once, and not again with every other change', async () => {
    const customer = await aCustomer();
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    await fresh.drain();
    await updateProfile(fresh.shop, customer, { first_name: 'Ada' });
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    await fresh.drain();
    expect(register.asked).toHaveLength(1);
    expect(await standingOf(customer)).toMatchObject({ status: 'valid' });
  });

  test('is invalid when the register does not know it, and unchecked again when it is changed', async () => {
    const customer = await aCustomer();
    register.says = 'INVALID';
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    await fresh.drain();
    expect(await standingOf(customer)).toEqual({ vat_id: GERMAN, status: 'invalid', is_dated: true });
    await updateProfile(fresh.shop, customer, { vat_id: DUTCH });
    expect(await standingOf(customer)).toEqual({ vat_id: DUTCH, status: 'unchecked', is_dated: false });
    await updateProfile(fresh.shop, customer, { vat_id: null });
    await fresh.drain();
    expect(await standingOf(customer)).toEqual({ vat_id: null, status: 'unchecked', is_dated: false });
  });

  test('that was changed while the register was asked does not get the answer about the old one', async () => {
    const customer = await aCustomer();
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    register.whenAsked = async () => {
      register.whenAsked = async () => {};
      await updateProfile(fresh.shop, customer, { vat_id: DUTCH });
      register.says = 'INVALID';
    };
    await fresh.drain();
    expect(register.asked).toEqual(['/ms/DE/vat/136695976', '/ms/NL/vat/004495445B01']);
    expect(await standingOf(customer)).toMatchObject({ vat_id: DUTCH, status: 'invalid' });
  });

  test('stays unchecked while the register is busy, and is asked about again by the clock', async () => {
    const customer = await aCustomer();
    register.says = 'MS_UNAVAILABLE';
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    await fresh.drain();
    expect(await standingOf(customer)).toMatchObject({ status: 'unchecked', is_dated: false });
    register.says = 'VALID';
    await cleanUp(fresh.shop);
    await fresh.drain();
    expect(await standingOf(customer)).toMatchObject({ status: 'valid' });
  });

  test('of a country the register does not serve is asked of nobody', async () => {
    const customer = await aCustomer();
    await updateProfile(fresh.shop, customer, { vat_id: 'GB980780684' });
    await askAboutUncheckedVatIds(fresh.shop);
    await fresh.drain();
    expect(register.asked).toEqual([]);
    expect(await standingOf(customer)).toMatchObject({ status: 'unchecked' });
  });

  test('is asked of nobody where the shop asks nobody', async () => {
    const shop = { ...fresh.shop, env: { ...fresh.shop.env, VAT_CHECK: 'off' as const } };
    const customer = await aCustomer();
    await updateProfile(shop, customer, { vat_id: DUTCH });
    await askAboutUncheckedVatIds(shop);
    await fresh.drain();
    expect(register.asked).toEqual([]);
  });
});

describe('a VAT id on a cart, where ids are looked up', () => {
  const BERLIN = { ...ADDRESS, region: null, country: 'DE', postal_code: '10115', city: 'Berlin' };
  beforeAll(async () => {
    await fresh.shop.db('shop_settings').update({ reverse_charge: true, default_country: 'AT' });
  });
  afterAll(async () => {
    await fresh.shop.db('shop_settings').update({ reverse_charge: false, default_country: 'US' });
  });
  const aSale = async (customer: string | null, vat_id?: string, shop = fresh.shop) =>
    aCart(
      shop,
      {
        lines: [{ variant: await aVariant(fresh.shop), quantity: 1 }],
        shipping_address: BERLIN,
        vat_id,
      },
      customer,
    );
  const exemptionOf = async (customer: string | null, vat_id?: string) => {
    const { id, holder, quoted } = await aSale(customer, vat_id);
    expect((await readCart(fresh.shop, id, holder)).quote).toEqual(quoted.quote);
    return quoted.quote.tax_exemption;
  };

  test('that a guest made up is well-formed, and the guest pays tax', async () => {
    expect(await exemptionOf(null, GERMAN)).toBeNull();
    const offline = { ...fresh.shop, env: { ...fresh.shop.env, VAT_CHECK: 'off' as const } };
    expect((await aSale(null, GERMAN, offline)).quoted.quote.tax_exemption).toBe('reverse_charge');
  });

  test('counts once the register has confirmed it as the customer’s own, and then typed as well; no other does', async () => {
    const customer = await aCustomer();
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    expect([await exemptionOf(customer), await exemptionOf(customer, GERMAN)]).toEqual([null, null]);
    await fresh.drain();
    expect(await exemptionOf(customer)).toBe('reverse_charge');
    expect(await exemptionOf(customer, GERMAN.toLowerCase())).toBe('reverse_charge');
    expect(await exemptionOf(customer, DUTCH)).toBeNull();
  });

  test('that was refuted serves neither its customer, nor signed out, nor another typed instead', async () => {
    const customer = await aCustomer();
    register.says = 'INVALID';
    await updateProfile(fresh.shop, customer, { vat_id: GERMAN });
    await fresh.drain();
    const tried = [
      await exemptionOf(customer),
      await exemptionOf(null, GERMAN),
      await exemptionOf(customer, DUTCH),
    ];
    expect(tried).toEqual([null, null, null]);
  });
});

describe('what people type', () => {
  test.each([
    ['de 136.695.976', GERMAN],
    ['GR 094259216', 'EL094259216'],
  ])('%s is kept in its normal spelling', async (text, vat_id) => {
    const customer = await aCustomer();
    expect(await updateProfile(fresh.shop, customer, { vat_id: text })).toMatchObject({ vat_id });
  });

  test.each([
    ['DE136695970', 'wrong_check_digit'],
    ['DE12', 'wrong_format'],
    ['hello', 'unknown_country'],
  ])('%s is refused with the reason, and nothing is changed', async (text, reason) => {
    const customer = await aCustomer();
    const refused = updateProfile(fresh.shop, customer, { first_name: 'Ada', vat_id: text });
    await expect(refused).rejects.toMatchObject({
      code: 'VAT_ID_INVALID',
      extensions: { path: 'vat_id', reason },
    });
    expect(await readProfile(fresh.shop.db, customer)).toMatchObject({ first_name: null, vat_id: null });
  });
});
