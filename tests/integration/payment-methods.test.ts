/** Kept payment methods in process, on a real database; the test plays the part of the provider at its port. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from '../../extensions/commerce-api/src/operations/clean-up.ts';
import {
  forgetMethod,
  keepMethod,
  type KeptMethod,
} from '../../extensions/commerce-api/src/payment-methods/keep-method.ts';
import { providerCustomer } from '../../extensions/commerce-api/src/payment-methods/provider-customer.ts';
import { requireMethod } from '../../extensions/commerce-api/src/payment-methods/require-method.ts';
import {
  listMethods,
  makeDefault,
  removeAtProvider,
  removeMethod,
} from '../../extensions/commerce-api/src/payment-methods/saved-methods.ts';
import { readSetup, startSetup } from '../../extensions/commerce-api/src/payment-methods/start-setup.ts';
import { syncSetup } from '../../extensions/commerce-api/src/payment-methods/sync-setup.ts';
import { inTransaction, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  aBareCustomer,
  aCard,
  addMethodKeeper,
  down,
  KEEPER,
  refusing,
  type MethodKeeper,
} from '../support/method-keeper.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let fresh: FreshShop;
let shop: Shop;
let keeper: MethodKeeper;
beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
  keeper = addMethodKeeper(shop);
});
afterEach(() => keeper.restore());
afterAll(() => fresh.stop());

const start = (customer: string, make_default = false) =>
  startSetup(shop, customer, { provider: KEEPER, make_default });
const keep = (customer: string, method = aCard(), more: Partial<KeptMethod> = {}) =>
  inTransaction(shop.db, (trx) =>
    keepMethod(trx, { customer, provider: KEEPER, method, make_default: false, ...more }),
  );
const atProvider = ({ setup }: { setup: string }) => `setup_${setup}`;
const rowOf = (setup: string) =>
  row(
    shop.db,
    `select status, provider_setup, payment_method is not null as has_method, error_code
     from commerce.payment_setups where id = ?`,
    [setup],
  );
const defaultsOf = async (customer: string) =>
  (await listMethods(shop, customer)).filter(({ is_default }) => is_default).map(({ id }) => id);
const age = (setup: string, interval: string) =>
  shop.db.raw(`update commerce.payment_setups set created_at = created_at - ?::interval where id = ?`, [
    interval,
    setup,
  ]);
const outcomes = async (tries: Promise<unknown>[]) =>
  (await Promise.allSettled(tries))
    .map((each) => (each.status === 'fulfilled' ? 'done' : String(each.reason.code ?? each.reason)))
    .sort();
const times = <Made>(count: number, make: (index: number) => Made) =>
  Array.from({ length: count }, (_, index) => make(index));

/** A customer with methods, the newest last, and the provider's ids of them. */
async function aCustomerWith(count: number) {
  const customer = await aBareCustomer(shop);
  const cards = times(count, () => aCard());
  const ids: string[] = [];
  for (const card of cards) ids.push(await keep(customer, card));
  return { customer, ids, cards };
}

describe('keeping a method', () => {
  test('the first is the default, and the list shows the default first, then the newest', async () => {
    const { customer, ids } = await aCustomerWith(3);
    const [first, second, third] = ids;
    const listed = await listMethods(shop, customer);
    expect(listed.map(({ id, is_default }) => [id, is_default])).toEqual([
      [first, true],
      [third, false],
      [second, false],
    ]);
    expect(listed[0]).toEqual({
      id: first,
      provider: KEEPER,
      brand: 'visa',
      last4: '4242',
      exp_month: 12,
      exp_year: 2040,
      is_default: true,
      is_expired: false,
    });
  });

  test('one that is meant to be the default takes the mark', async () => {
    const { customer } = await aCustomerWith(2);
    const third = await keep(customer, aCard(), { make_default: true });
    expect(await defaultsOf(customer)).toEqual([third]);
  });

  test('twice inserts one, and writes what is new about it', async () => {
    const customer = await aBareCustomer(shop);
    const card = aCard({ exp_year: 2030 });
    const id = await keep(customer, card);
    expect(await keep(customer, { ...card, last4: '1881', exp_year: 2044 })).toBe(id);
    expect(await listMethods(shop, customer)).toMatchObject([{ id, last4: '1881', exp_year: 2044 }]);
  });

  test('ten times at once inserts one', async () => {
    const customer = await aBareCustomer(shop);
    const card = aCard();
    const ids = await Promise.all(times(10, () => keep(customer, card)));
    expect(new Set(ids).size).toBe(1);
    expect(await defaultsOf(customer)).toEqual([ids[0]]);
  });

  test('never takes it from the customer who has it', async () => {
    const { customer, ids, cards } = await aCustomerWith(1);
    const stranger = await aBareCustomer(shop);
    const theirs = { ...cards[0]!, last4: '9999' };
    expect(await keep(stranger, theirs, { make_default: true })).toBe(ids[0]);
    expect(await listMethods(shop, stranger)).toEqual([]);
    expect(await listMethods(shop, customer)).toMatchObject([
      { id: ids[0], last4: '4242', is_default: true },
    ]);
  });

  test('keeps no more than four digits, whatever the provider calls the last ones', async () => {
    const customer = await aBareCustomer(shop);
    await keep(customer, aCard({ last4: '4242424242424242' }));
    expect(await listMethods(shop, customer)).toMatchObject([{ last4: '4242' }]);
  });

  test('it expires by the clock of the shop', async () => {
    const customer = await aBareCustomer(shop);
    await keep(customer, aCard({ exp_month: 2, exp_year: 2031 }));
    const at = async (now: string) =>
      (await listMethods({ ...shop, now: () => new Date(now) }, customer)).map(
        ({ is_expired }) => is_expired,
      );
    expect(await at('2031-02-28T23:59:59Z')).toEqual([false]);
    expect(await at('2031-03-01T00:00:00Z')).toEqual([true]);
  });
});

describe('the customer at the provider', () => {
  test('is made once, with the name of the account', async () => {
    const customer = await aBareCustomer(shop, { first_name: 'Ada' });
    await start(customer);
    await start(customer);
    const made = keeper.customers.filter((each) => each.customer === customer);
    expect(made).toMatchObject([{ name: 'Ada', email: expect.stringContaining('@') }]);
  });

  test('of two at once that are answered differently, the first to be written is used by both', async () => {
    const customer = await aBareCustomer(shop);
    const both: (() => void)[] = [];
    keeper.instead('createCustomer', async () => {
      await new Promise<void>((resolve) => {
        both.push(resolve);
        if (both.length === 2) both.forEach((go) => go());
      });
      return `customer_${randomUUID()}`;
    });
    const provider = shop.providers.payments[KEEPER]!;
    const [one, other] = await Promise.all(times(2, () => providerCustomer(shop, provider, customer)));
    expect(one).toBe(other);
    const kept = await rows(
      shop.db,
      'select provider_customer from commerce.provider_customers where customer = ?',
      [customer],
    );
    expect(kept).toEqual([{ provider_customer: one }]);
  });

  test('who is somebody else’s here is refused', async () => {
    const other = await aBareCustomer(shop);
    await start(other);
    const theirs = keeper.customers.find((each) => each.customer === other)!.provider_customer;
    keeper.instead('createCustomer', async () => theirs);
    await expect(start(await aBareCustomer(shop))).rejects.toThrow('somebody else');
  });
});

describe('a set-up', () => {
  test('begins with what the provider’s form needs, and ends with the method', async () => {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    expect(begun).toEqual({
      setup: expect.any(String),
      provider: KEEPER,
      status: 'pending',
      client_data: { client_secret: `secret of ${atProvider(begun)}` },
      payment_method: null,
      error_code: null,
      error_message: null,
    });
    keeper.succeed(atProvider(begun), { last4: '4444' });
    const ended = await readSetup(shop, customer, begun.setup);
    expect(ended).toMatchObject({
      status: 'succeeded',
      client_data: null,
      payment_method: { last4: '4444', is_default: true },
    });
    expect(await listMethods(shop, customer)).toEqual([ended.payment_method]);
  });

  test('gives the mark to its method when that was asked for', async () => {
    const { customer } = await aCustomerWith(2);
    const begun = await start(customer, true);
    keeper.succeed(atProvider(begun));
    const { payment_method } = await readSetup(shop, customer, begun.setup);
    expect(await defaultsOf(customer)).toEqual([payment_method?.id]);
  });

  test('whose card is declined says so, and goes on with another card', async () => {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    keeper.decline(atProvider(begun));
    expect(await readSetup(shop, customer, begun.setup)).toMatchObject({
      status: 'failed',
      error_code: 'card_declined',
      payment_method: null,
      client_data: { client_secret: expect.any(String) },
    });
    keeper.succeed(atProvider(begun));
    expect(await readSetup(shop, customer, begun.setup)).toMatchObject({
      status: 'succeeded',
      error_code: null,
      payment_method: { is_default: true },
    });
  });

  test('heard of ten times at once keeps one method', async () => {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    keeper.succeed(atProvider(begun));
    await Promise.all(times(10, () => syncSetup(shop, KEEPER, atProvider(begun))));
    expect(await listMethods(shop, customer)).toHaveLength(1);
  });

  test('heard of again does not bring back a method that was deleted since', async () => {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    keeper.succeed(atProvider(begun));
    const { payment_method } = await readSetup(shop, customer, begun.setup);
    await removeMethod(shop, customer, payment_method!.id);
    await syncSetup(shop, KEEPER, atProvider(begun));
    expect(await listMethods(shop, customer)).toEqual([]);
    expect(await readSetup(shop, customer, begun.setup)).toMatchObject({
      status: 'succeeded',
      payment_method: null,
    });
  });

  test('is found by our own id when its news outruns our write of the answer', async () => {
    const customer = await aBareCustomer(shop);
    keeper.instead('startSetup', async ({ setup, provider_customer }) => {
      keeper.restore();
      const started = await shop.providers.payments[KEEPER]!.methods!.startSetup({
        setup,
        provider_customer,
      });
      keeper.succeed(started.provider_setup);
      await syncSetup(shop, KEEPER, started.provider_setup);
      return started;
    });
    const begun = await start(customer);
    expect(begun).toMatchObject({ status: 'succeeded', client_data: null });
    expect(await listMethods(shop, customer)).toEqual([begun.payment_method]);
  });

  test('two that end at once leave one default', async () => {
    const customers = await Promise.all(times(5, () => aBareCustomer(shop)));
    for (const customer of customers) {
      const begun = await Promise.all(times(3, () => start(customer, true)));
      for (const each of begun) keeper.succeed(atProvider(each));
      await Promise.all(begun.map((each) => syncSetup(shop, KEEPER, atProvider(each))));
      expect(await listMethods(shop, customer)).toHaveLength(3);
      expect(await defaultsOf(customer)).toHaveLength(1);
    }
  });

  test.each<[string, (mine: string) => string | null]>([
    ['nobody’s', () => null],
    ['of others who use the account', () => 'invoice 5'],
    ['of a set-up that does not exist', () => randomUUID()],
    ['of another set-up at the provider', (mine) => mine],
  ])('%s is ignored', async (_whose, claimed) => {
    const customer = await aBareCustomer(shop);
    const { setup } = await start(customer);
    const provider_setup = `setup_foreign_${randomUUID()}`;
    keeper.setups.set(provider_setup, {
      ...keeper.setups.get(`setup_${setup}`)!,
      provider_setup,
      setup: claimed(setup),
      status: 'succeeded',
      method: aCard(),
    });
    await syncSetup(shop, KEEPER, provider_setup);
    expect(await listMethods(shop, customer)).toEqual([]);
    expect(await rowOf(setup)).toMatchObject({ status: 'pending', provider_setup: `setup_${setup}` });
  });

  test('that the provider does not know, or of a provider that is gone, is ignored', async () => {
    await expect(syncSetup(shop, KEEPER, 'setup_unknown')).resolves.toBeUndefined();
    await expect(syncSetup(shop, 'gone', 'setup_unknown')).resolves.toBeUndefined();
  });

  test('whose method another account keeps already fails and shows nothing of it', async () => {
    const { cards } = await aCustomerWith(1);
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    keeper.succeed(atProvider(begun), cards[0]);
    expect(await readSetup(shop, customer, begun.setup)).toMatchObject({
      status: 'failed',
      error_code: 'method_of_another',
      payment_method: null,
    });
  });

  test('is not another customer’s to see', async () => {
    const { setup } = await start(await aBareCustomer(shop));
    await expect(readSetup(shop, await aBareCustomer(shop), setup)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('is as it was when the provider does not answer about it', async () => {
    const customer = await aBareCustomer(shop);
    const { setup } = await start(customer);
    keeper.instead('fetchSetup', down);
    await expect(readSetup(shop, customer, setup)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      status: 502,
      extensions: { reason: 'unreachable' },
    });
    await expect(syncSetup(shop, KEEPER, `setup_${setup}`)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
    });
    expect(await rowOf(setup)).toMatchObject({ status: 'pending' });
  });
});

describe('what does not begin', () => {
  test.each(['manual', 'nobody', '__proto__', 'constructor'])(
    '%s keeps no methods, and is refused with those who do',
    async (provider) => {
      const customer = await aBareCustomer(shop);
      await expect(startSetup(shop, customer, { provider })).rejects.toMatchObject({
        code: 'PROVIDER_UNKNOWN',
        extensions: { path: 'provider', offered: expect.arrayContaining([KEEPER]) },
      });
    },
  );

  test.each([
    ['refuses', refusing, 'PAYMENT_METHOD_REFUSED', 'failed', 'not_allowed'],
    ['does not answer', down, 'PROVIDER_FAILED', 'cancelled', 'unreachable'],
  ] as const)(
    'a set-up whose provider %s is over, and does not count',
    async (_what, answer, code, status, reason) => {
      const customer = await aBareCustomer(shop);
      for (const call of ['createCustomer', 'startSetup'] as const) {
        keeper.instead(call, answer);
        const failures = await Promise.allSettled(times(6, () => start(customer)));
        expect(failures).toHaveLength(6);
        for (const failure of failures)
          expect(failure).toMatchObject({ reason: { code, extensions: { reason } } });
        keeper.restore();
      }
      const left = await rows(
        shop.db,
        'select distinct status, error_code from commerce.payment_setups where customer = ?',
        [customer],
      );
      expect(left).toEqual([{ status, error_code: reason }]);
      expect(await start(customer)).toMatchObject({ status: 'pending' });
    },
  );

  test('more than ten in an hour are refused, at once or in turn, and however they ended', async () => {
    const customer = await aBareCustomer(shop);
    expect(await outcomes(times(14, () => start(customer)))).toEqual([
      ...times(4, () => 'PAYMENT_METHOD_TRIES'),
      ...times(10, () => 'done'),
    ]);
    const begun = await rows<{ id: string }>(
      shop.db,
      'select id from commerce.payment_setups where customer = ?',
      [customer],
    );
    for (const { id } of begun) {
      keeper.decline(`setup_${id}`);
      await readSetup(shop, customer, id);
    }
    await expect(start(customer)).rejects.toMatchObject({ code: 'PAYMENT_METHOD_TRIES', status: 429 });
    await age(begun[0]!.id, '61 minutes');
    expect(await start(customer)).toMatchObject({ status: 'pending' });
    await expect(start(customer)).rejects.toMatchObject({ code: 'PAYMENT_METHOD_TRIES' });
  });

  test('beyond twenty methods, open set-ups among them, none is begun until one is deleted', async () => {
    const { customer, ids } = await aCustomerWith(18);
    const begun = [await start(customer), await start(customer)];
    for (const each of begun) {
      await expect(start(customer)).rejects.toMatchObject({
        code: 'PAYMENT_METHOD_LIMIT',
        status: 422,
        extensions: { max: 20 },
      });
      keeper.succeed(atProvider(each));
      await readSetup(shop, customer, each.setup);
    }
    expect(await listMethods(shop, customer)).toHaveLength(20);
    await removeMethod(shop, customer, ids[5]!);
    expect(await start(customer)).toMatchObject({ status: 'pending' });
  });
});

describe('the default', () => {
  test('goes where its owner says, however many say it at once', async () => {
    const { customer, ids } = await aCustomerWith(4);
    await makeDefault(shop, customer, ids[2]!);
    expect(await defaultsOf(customer)).toEqual([ids[2]]);
    await Promise.all(ids.flatMap((id) => times(3, () => makeDefault(shop, customer, id))));
    expect(await defaultsOf(customer)).toHaveLength(1);
  });

  test('stays when a stranger, or nothing, is named', async () => {
    const { customer, ids } = await aCustomerWith(2);
    const stranger = await aBareCustomer(shop);
    for (const [who, id] of [
      [stranger, ids[1]!],
      [customer, randomUUID()],
    ] as const)
      await expect(makeDefault(shop, who, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await defaultsOf(customer)).toEqual([ids[0]]);
  });

  test('moves to the newest when it is deleted here or at the provider', async () => {
    const { customer, ids, cards } = await aCustomerWith(4);
    await removeMethod(shop, customer, ids[0]!);
    expect(await defaultsOf(customer)).toEqual([ids[3]]);
    await forgetMethod(shop.db, KEEPER, cards[3]!.provider_method);
    expect(await defaultsOf(customer)).toEqual([ids[2]]);
    await forgetMethod(shop.db, KEEPER, cards[1]!.provider_method);
    await forgetMethod(shop.db, KEEPER, cards[1]!.provider_method);
    await forgetMethod(shop.db, KEEPER, 'method_unknown');
    expect((await listMethods(shop, customer)).map(({ id }) => id)).toEqual([ids[2]]);
  });

  test('is one while methods come, go and are marked at once', async () => {
    const { customer, ids } = await aCustomerWith(6);
    const done = await outcomes([
      ...ids.slice(0, 3).map((id) => removeMethod(shop, customer, id)),
      ...ids.slice(3).map((id) => makeDefault(shop, customer, id)),
      ...times(3, () => keep(customer, aCard(), { make_default: true })),
      ...times(3, () => keep(customer)),
    ]);
    expect(done).toEqual(times(12, () => 'done'));
    expect(await listMethods(shop, customer)).toHaveLength(9);
    expect(await defaultsOf(customer)).toHaveLength(1);
  });
});

describe('deleting a method', () => {
  /** One that the provider holds as well. */
  async function aKeptCard() {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    const provider_method = keeper.succeed(atProvider(begun));
    const { payment_method } = await readSetup(shop, customer, begun.setup);
    return { customer, id: payment_method!.id, provider_method };
  }
  /** The worker writes a failure down without waiting for it, so it may come after the end of a drain. */
  const failureOf = (provider_method: string) =>
    until('the job has failed', () =>
      row<{ attempts: number; max_attempts: number }>(
        shop.db,
        `select attempts, max_attempts from graphile_worker._private_jobs
         where payload::text like ? and last_error is not null and locked_at is null`,
        [`%${provider_method}%`],
      ),
    );

  test('takes it from the list at once and from the provider by a job', async () => {
    const { customer, id, provider_method } = await aKeptCard();
    await removeMethod(shop, customer, id);
    expect(await listMethods(shop, customer)).toEqual([]);
    await expect(requireMethod(shop.db, customer, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await fresh.drain();
    expect(keeper.methods.has(provider_method)).toBe(false);
  });

  test('succeeds while the provider is down, which hears of it once it answers', async () => {
    const { customer, id, provider_method } = await aKeptCard();
    keeper.instead('remove', down);
    await removeMethod(shop, customer, id);
    await fresh.drain();
    expect(await listMethods(shop, customer)).toEqual([]);
    expect(keeper.methods.has(provider_method)).toBe(true);
    expect(await failureOf(provider_method)).toEqual({ attempts: 1, max_attempts: 15 });
    keeper.restore();
    await shop.db.raw('update graphile_worker._private_jobs set run_at = now() where payload::text like ?', [
      `%${provider_method}%`,
    ]);
    await fresh.drain();
    expect(keeper.methods.has(provider_method)).toBe(false);
  });

  test('works for its owner alone, and for one of two at once', async () => {
    const { customer, ids } = await aCustomerWith(3);
    await expect(removeMethod(shop, await aBareCustomer(shop), ids[0]!)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await outcomes(times(2, () => removeMethod(shop, customer, ids[0]!)))).toEqual([
      'NOT_FOUND',
      'done',
    ]);
    expect(await defaultsOf(customer)).toEqual([ids[2]]);
    expect(await outcomes(ids.slice(1).map((id) => removeMethod(shop, customer, id)))).toEqual([
      'done',
      'done',
    ]);
    expect(await listMethods(shop, customer)).toEqual([]);
  });

  test('drops our row again when news of a payment brought it back before the provider heard', async () => {
    const { customer, id, provider_method } = await aKeptCard();
    await removeMethod(shop, customer, id);
    await keep(customer, aCard({ provider_method }));
    await removeAtProvider(shop, KEEPER, provider_method);
    expect(await listMethods(shop, customer)).toEqual([]);
  });

  test('waits as a job while the shop does not offer the provider', async () => {
    await expect(removeAtProvider(shop, 'gone', 'method_x')).rejects.toMatchObject({
      code: 'PROVIDER_UNKNOWN',
    });
  });

  test('an account that is deleted takes its methods along', async () => {
    const { customer } = await aKeptCard();
    await shop.db.raw('delete from customers where id = ?', [customer]);
    const left = await row(
      shop.db,
      `select (select count(*) from payment_methods where customer = ?) + (select count(*) from commerce.payment_setups where customer = ?)
         + (select count(*) from commerce.provider_customers where customer = ?) as count`,
      [customer, customer, customer],
    );
    expect(left).toEqual({ count: 0 });
  });
});

describe('paying with a method', () => {
  test('needs one of one’s own', async () => {
    const { customer, ids, cards } = await aCustomerWith(1);
    expect(await requireMethod(shop.db, customer, ids[0]!)).toEqual({
      id: ids[0],
      provider: KEEPER,
      provider_method: cards[0]!.provider_method,
      exp_month: 12,
      exp_year: 2040,
    });
    const stranger = await aBareCustomer(shop);
    for (const [who, id] of [
      [stranger, ids[0]!],
      [customer, randomUUID()],
    ] as const)
      await expect(requireMethod(shop.db, who, id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        extensions: { path: 'payment.payment_method' },
      });
  });
});

describe('the clean-up', () => {
  test('closes set-ups that stayed open for a day, and leaves younger ones', async () => {
    const customer = await aBareCustomer(shop);
    const [old, young] = [await start(customer), await start(customer)];
    await age(old.setup, '25 hours');
    await age(young.setup, '23 hours');
    await cleanUp(shop);
    await cleanUp(shop);
    expect(await rowOf(old.setup)).toMatchObject({ status: 'cancelled' });
    expect(await rowOf(young.setup)).toMatchObject({ status: 'pending' });
    expect(await readSetup(shop, customer, old.setup)).toMatchObject({ client_data: null });
  });

  test('keeps the method of one whose news were lost', async () => {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    keeper.succeed(atProvider(begun));
    await age(begun.setup, '25 hours');
    await cleanUp(shop);
    expect(await rowOf(begun.setup)).toMatchObject({ status: 'succeeded', has_method: true });
    expect(await listMethods(shop, customer)).toHaveLength(1);
  });

  test('leaves those the provider does not answer about for the next time', async () => {
    const { setup } = await start(await aBareCustomer(shop));
    await age(setup, '25 hours');
    keeper.instead('fetchSetup', down);
    await cleanUp(shop);
    expect(await rowOf(setup)).toMatchObject({ status: 'pending' });
    keeper.restore();
    await cleanUp(shop);
    expect(await rowOf(setup)).toMatchObject({ status: 'cancelled' });
  });

  test('a closed one that its shopper ends after all is heard', async () => {
    const customer = await aBareCustomer(shop);
    const begun = await start(customer);
    await age(begun.setup, '25 hours');
    await cleanUp(shop);
    keeper.succeed(atProvider(begun));
    await syncSetup(shop, KEEPER, atProvider(begun));
    expect(await listMethods(shop, customer)).toHaveLength(1);
  });
});
