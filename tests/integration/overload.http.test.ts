/** A busy process refuses what is worth least, says when to come back, and finishes what it has let in. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aVariant } from '../support/factories.ts';
import { startCounter, type Cart, type Counter } from '../support/http-carts.ts';
import { ask, CACHING, metricsOf, untilHit, untilKeeping } from '../support/storefront.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { until } from '../support/until.ts';

/** Ten requests are all it takes on; how late the loop of a test machine is does not count. */
const BUSY_AT_TEN = { OVERLOAD: 'on', OVERLOAD_IN_FLIGHT: '10', OVERLOAD_DELAY_MS: '60000' };
const ORIGIN = 'https://shop.example';
const KEPT = '/store/categories';

let counter: Counter;
let url: string;
let staff: string;
beforeAll(async () => {
  counter = await startCounter({ env: { ...CACHING, ...BUSY_AT_TEN } });
  ({ url } = counter.server);
  await untilKeeping(url);
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = TEST_SETTINGS;
  staff = (await counter.call('POST', '/auth/login', { email, password })).data.access_token;
});
afterAll(() => counter.server.stop());

let asked = 0;
/** Requests of each class that nothing keeps an answer to. */
const anew = () => `/store/products?limit=1&min_price=${(asked += 1)}`;
const reads = () => ask(`${url}${anew()}`, { headers: { origin: ORIGIN } });
const items = () => ask(`${url}/items/products?limit=1&filter[name][_neq]=${(asked += 1)}`);
const carts = () => counter.call('POST', '/store/carts', {});
const desk = () => counter.call('GET', '/staff/orders/attention', undefined, { token: staff });
const webhook = () => counter.call('POST', '/webhooks/nobody', {});

async function inFlight(count: number): Promise<void> {
  await until(`${count} requests are under way`, async () => {
    const { requests_in_flight } = await metricsOf(url, 'kontor_');
    return requests_in_flight === count;
  });
}

test('lists are refused before carts, carts before staff, checkouts last; what is let in is finished', async () => {
  const variant = await aVariant(counter.server.shop, { on_hand: 100 });
  // One after another: all at once would be a crowd.
  const full: Cart[] = [];
  while (full.length < 11) full.push(await counter.aFullCart(variant));
  const [last] = full.splice(10);
  await untilHit(`${url}${KEPT}`);
  // Every checkout needs this row, and waits for whoever holds it.
  const holder = await counter.server.db.transaction();
  await holder.raw('select 1 from stock_levels where variant = ? for update', [variant]);
  const answers: Promise<{ status: number }>[] = [];
  const checkOut = async (count: number) => {
    for (const cart of full.splice(0, count)) answers.push(counter.order(cart));
    await inFlight(answers.length);
  };
  const states = async () => {
    const [list, generated, cart, office, event] = [
      await reads(),
      await items(),
      await carts(),
      await desk(),
      await webhook(),
    ];
    return [list, generated, cart, office, event].map(({ status }) => status === 503);
  };
  try {
    await checkOut(4);
    expect(await states()).toEqual([false, false, false, false, false]);

    await checkOut(1);
    expect(await states()).toEqual([true, true, false, false, false]);
    const refused = await reads();
    expect(JSON.parse(refused.text)).toMatchObject({
      errors: [{ extensions: { code: 'OVERLOADED', request_id: refused.headers['x-request-id'] } }],
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.headers['access-control-allow-origin']).toBe(ORIGIN);
    const generated = await ask(`${url}/items/products?limit=3`, { headers: { origin: ORIGIN } });
    expect(generated.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN });
    expect(generated.headers['retry-after']).toMatch(/^[1-3]$/);
    expect((await ask(`${url}${KEPT}`)).cache).toBe('hit');

    await checkOut(3);
    expect(await states()).toEqual([true, true, true, false, false]);

    await checkOut(1);
    expect(await states()).toEqual([true, true, true, true, false]);

    await checkOut(1);
    expect(await states()).toEqual([true, true, true, true, true]);
    expect(await counter.order(last!)).toMatchObject({ status: 503, code: 'OVERLOADED' });
    expect((await ask(`${url}${KEPT}`)).cache).toBe('hit');
    expect((await ask(`${url}/server/health`)).status).toBe(200);
    const preflight = await fetch(`${url}/store/carts`, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  } finally {
    await holder.rollback();
  }
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(
    Array.from({ length: 10 }, () => 201),
  );
  await inFlight(0);
  expect(await states()).toEqual([false, false, false, false, false]);
  // Who was refused lost nothing.
  expect((await counter.order(last!)).status).toBe(201);
  const counts = await metricsOf(url, 'kontor_overload_refused_total');
  expect(counts['{work="checkout"}']).toBe(2);
  expect(counts['{work="reads"}']).toBeGreaterThan(counts['{work="carts"}']!);
});
