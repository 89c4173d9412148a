/**
 * No card number and no security code is anywhere: not in a table, not in what the server logs, however much it is told to log.
 * Shoppers keep cards, pay by them and by typed ones, are declined, and send a number where none belongs.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { cardDataIn, cardDataInDatabase } from '../support/card-numbers.ts';
import { ADDRESS, aShippingMethod, aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aCustomer, clientOf, type Call, type Customer } from '../support/store-client.ts';
import { ownerOf, standingOf } from '../support/stripe-shop.ts';
import { until } from '../support/until.ts';

const NUMBERS = ['4242424242424242', '4242 4242 4242 4242', '3782-822463-10005', '5555555555554444'];
const TYPED = { number: '5555555555554444', exp_month: 11, exp_year: 2041, cvc: '737' };
const METHODS = '/store/me/payment-methods';

let server: TestServer;
let call: Call;
let method: string;
let logged = '';
beforeAll(async () => {
  server = await startServer({ env: { LOG_LEVEL: 'trace' } });
  for (const stream of [server.directus.process.stdout, server.directus.process.stderr])
    stream?.on('data', (chunk: Buffer) => (logged += chunk.toString()));
  call = clientOf(server.url);
  method = await aShippingMethod(server.shop);
});
afterAll(() => server.stop());

const idIn = (secret: string) => secret.split('_secret_')[0]!;

async function keepCard({ token }: Customer, card: string): Promise<string> {
  const { data: begun } = await call('POST', METHODS, { provider: 'stripe' }, { token });
  server.emulator.shopper.setUp(idIn(begun.client_data.client_secret), card);
  const { data } = await call('GET', `${METHODS}/setups/${begun.setup}`, undefined, { token });
  return data.payment_method?.id ?? data.error_code;
}

async function order({ token, email }: Customer, payment: object = {}) {
  const variant = await aVariant(server.shop, { on_hand: 5 });
  const { data: cart } = await call(
    'POST',
    '/store/carts',
    { email, shipping_address: ADDRESS, shipping_method: method, lines: [{ variant, quantity: 1 }] },
    { token },
  );
  const { status, data, text } = await call(
    'POST',
    `/store/carts/${cart.id}/complete`,
    { expected_total_minor: cart.total_minor, payment: { provider: 'stripe', ...payment } },
    { token, idempotency_key: randomUUID() },
  );
  expect(status, text).toBe(201);
  return { id: data.order.id as string, payment: data.payment };
}

/** What the server wrote from before something until after it. Its output comes in order, so a mark at the end is waited for. */
async function loggedWhile(happens: () => Promise<unknown>): Promise<string> {
  const from = logged.length;
  await happens();
  const mark = randomUUID();
  // Of the catalogue nothing is logged: it is answered below Express.
  await call('GET', `/store/carts/${mark}`);
  await until('the server has logged all of it', () => logged.includes(mark, from));
  return logged.slice(from);
}

const isPaid = (id: string) =>
  until('the order is paid', async () => (await standingOf(server.shop, id)).payment_status === 'paid');

/** Everything each kind of shopper does with a card, once. */
async function tradeByCard(): Promise<void> {
  const customer = await aCustomer(call);
  const kept = await keepCard(customer, 'pm_card_visa');
  for (const card of ['pm_card_amex', 'pm_card_authenticationRequired', 'pm_card_visa_chargeDeclined'])
    await keepCard(customer, card);

  const byKept = await order(customer, { payment_method: kept });
  await isPaid(byKept.id);

  // What the provider's form does with what is typed into it.
  const stripe = ownerOf(server.emulator);
  const typed = await order(customer, { save_method: true });
  const made = await stripe.paymentMethods.create({ type: 'card', card: TYPED });
  const return_url = 'https://shop.example/return';
  await stripe.paymentIntents.confirm(idIn(typed.payment.client_data.client_secret), {
    payment_method: made.id,
    return_url,
  });
  await isPaid(typed.id);

  const declined = await order(customer);
  const refusal = stripe.paymentIntents.confirm(idIn(declined.payment.client_data.client_secret), {
    payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    return_url,
  });
  await expect(refusal).rejects.toMatchObject({ code: 'card_declined' });
  await until('the decline is on record', async () => {
    const { payments } = await standingOf(server.shop, declined.id);
    return payments.some(({ status }) => status === 'failed');
  });

  const { token } = customer;
  expect((await call('DELETE', `${METHODS}/${kept}`, undefined, { token })).status).toBe(204);
  await server.emulator.events.settled();
  await until('all jobs are done', async () => {
    const left = await row<{ count: number }>(
      server.db,
      'select count(*) as count from graphile_worker._private_jobs where run_at <= now()',
    );
    return left?.count === 0;
  });
}

describe('the search', () => {
  test.each([
    ['4242424242424242', 1],
    ['paid by 4242 4242 4242 4242, thanks', 1],
    ['{"note":"3782-822463-10005"}', 1],
    ['at 17954242424242424242 ms', 1],
    ['5555.5555.5555.4444 or 4242424242424242', 2],
    ['\\"cvc\\": \\"737\\"', 1],
    ['card[cvc]=737', 1],
    ['CVV: 1234', 1],
    ['4242424242424241', 0],
    ['4242 and 4242', 0],
    ['"cvc_check":"pass","last4":"4242"', 0],
    ['2026-11-28 20:52:29.123456', 0],
  ])('reads %j rightly', (text, count) => {
    expect(cardDataIn('here', text)).toHaveLength(count);
  });

  /** Every kind of column, and two tables that others write what comes from outside into. */
  test.each([
    ['text', 'create table commerce.planted as select ?::text as kept', 'commerce.planted.kept'],
    [
      'a list of texts',
      'create table commerce.planted as select array[?::text] as kept',
      'commerce.planted.kept',
    ],
    [
      'JSON',
      `create table commerce.planted as select json_build_object('a', ?::text) as kept`,
      'commerce.planted.kept',
    ],
    [
      'binary JSON',
      `create table public.planted as select jsonb_build_array(?::text) as kept`,
      'public.planted.kept',
    ],
    [
      'bytes',
      'create table graphile_worker.planted as select ?::text::bytea as kept',
      'graphile_worker.planted.kept',
    ],
    [
      'a number',
      `create table commerce.planted as select replace(?, ' ', '')::bigint as kept`,
      'commerce.planted.kept',
    ],
    [
      'an event',
      `insert into webhook_events (provider, event_id, type, payload, status, attempts)
       values ('planted', gen_random_uuid()::text, 'x', json_build_object('number', ?::text), 'ignored', 0)`,
      'public.webhook_events.payload',
    ],
    [
      'a job',
      `select graphile_worker.add_job('planted', json_build_object('number', ?::text), run_at := now() + interval '1 day')`,
      'graphile_worker._private_jobs.payload',
    ],
  ])('finds one that is planted as %s', async (_kind, sql, where) => {
    const trx = await server.db.transaction();
    try {
      await trx.raw(sql.replace('?', `'4242 4242 4242 4242'`));
      const { findings } = await cardDataInDatabase(trx);
      expect(findings).toEqual([{ where, what: 'card number', text: '4242424242424242' }]);
    } finally {
      await trx.rollback();
    }
  });

  test('finds one that the server logged', async () => {
    const heard = await loggedWhile(() => call('GET', '/store/carts/4242424242424242'));
    expect(cardDataIn('log', heard)).toEqual([
      { where: 'log', what: 'card number', text: '4242424242424242' },
    ]);
  });

  test('reads every schema, and what the server says of its statements', async () => {
    const { columns } = await cardDataInDatabase(server.db);
    expect(columns).toEqual(
      expect.arrayContaining([
        'public.payment_methods.last4',
        'public.payments.client_data',
        'public.webhook_events.payload',
        'public.orders.customer_note',
        'public.directus_activity.user_agent',
        'commerce.payment_setups.error_message',
        'commerce.idempotency_keys.response',
        'graphile_worker._private_jobs.payload',
      ]),
    );
    const customer = await aCustomer(call);
    const heard = await loggedWhile(() => keepCard(customer, 'pm_card_visa'));
    expect(heard).toContain('insert into payment_methods');
  });
});

describe('no card number and no security code', () => {
  test('is left by keeping cards, paying by them and by typed ones, being declined, and deleting them', async () => {
    const heard = await loggedWhile(tradeByCard);
    expect((await cardDataInDatabase(server.db)).findings).toEqual([]);
    expect(cardDataIn('log', heard)).toEqual([]);
  });

  test('is answered, stored or logged when it is sent where none belongs', async () => {
    const customer = await aCustomer(call);
    const { token } = customer;
    const placed = await order(customer);
    const heard = await loggedWhile(async () => {
      for (const number of NUMBERS) {
        for (const [path, body] of [
          [METHODS, { provider: number }],
          [METHODS, { provider: 'stripe', card: { number, cvc: '737' } }],
          [METHODS, { provider: 'stripe', make_default: number }],
          [`/store/orders/${placed.id}/pay`, { provider: number }],
          [`/store/orders/${placed.id}/pay`, { payment_method: number }],
          [`/store/orders/${placed.id}/pay`, { card: number, cvc: '737' }],
          ['/store/gift-cards/balance', { code: number }],
          ['/store/auth/login', { email: number, password: number }],
          ['/store/me/addresses', { ...ADDRESS, country: number }],
        ] as [string, object][]) {
          const refused = await call('POST', path, body, { token });
          expect(refused.status, `${path} ${JSON.stringify(body)}`).toBeGreaterThanOrEqual(400);
          expect(refused.status).toBeLessThan(500);
          expect(cardDataIn(path, refused.text)).toEqual([]);
        }
      }
    });
    expect(cardDataIn('log', heard)).toEqual([]);
    expect((await cardDataInDatabase(server.db)).findings).toEqual([]);
  });
});
