/** What must not come out: secrets, tokens and personal data, in logs, in errors, in the document, in what browsers load. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/prepare.mjs';
import { TEST_SETTINGS } from '../support/databases.ts';
import { ADDRESS, aShippingMethod, aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { clientOf, type Call, type Reply } from '../support/store-client.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let call: Call;
let written = '';
beforeAll(async () => {
  server = await startServer({
    env: { LOG_LEVEL: 'debug', JOBS: 'on' },
    output: (chunk) => (written += chunk),
  });
  call = clientOf(server.url);
});
afterAll(() => server?.stop());

/** What nobody may read anywhere, by what it is. */
const secrets = () =>
  Object.entries(server.env)
    .filter(([name]) => /SECRET|PASSWORD|TOKEN|_KEY$/.test(name) && !name.includes('COOKIE'))
    .map(([name, value]) => [name, value.replace(/^string:/, '')] as const)
    .filter(([, value]) => value.length >= 8);

describe('a log of everything, of a shopper who registers, buys, pays and makes mistakes', () => {
  const private_parts: Record<string, string> = {};
  beforeAll(async () => {
    const email = 'private.person@mail.example';
    const password = 'a-private-password-17';
    const registered = await call('POST', '/store/auth/register', { email, password, first_name: 'Privata' });
    expect(registered.status, registered.text).toBe(201);
    const { access_token, refresh_token } = registered.data;
    await call('POST', '/auth/login', { email, password, mode: 'json' });
    await call('POST', '/store/auth/login', { email, password: 'wrong-private-password' });
    await call('GET', `/items/products?limit=1&access_token=${access_token}`);
    const guest = 'guest.person@mail.example';
    const method = await aShippingMethod(server.shop);
    const variant = await aVariant(server.shop, { on_hand: 10 });
    const cart = await call('POST', '/store/carts', {
      email: guest,
      shipping_address: ADDRESS,
      shipping_method: method,
      lines: [{ variant, quantity: 1 }],
    });
    const keys = { cart_token: cart.data.token, idempotency_key: 'a-private-idempotency-key' };
    const body = { expected_total_minor: cart.data.total_minor, payment: { provider: 'stripe' } };
    const placed = await call('POST', `/store/carts/${cart.data.id}/complete`, body, keys);
    expect(placed.status, placed.text).toBe(201);
    const { order, order_token, payment } = placed.data;
    const [intent] = payment.client_data.client_secret.split('_secret_');
    await fetch(`${server.emulator.url}/pay/${intent}`, {
      method: 'POST',
      body: new URLSearchParams({ card: 'pm_card_visa' }),
      redirect: 'manual',
    });
    await call('GET', `/store/orders/${order.id}/payment`, undefined, { order_token });
    await call('GET', `/store/orders/${order.id}?token=${order_token}`);
    await call('POST', '/webhooks/stripe', { id: 'forged', email: guest });
    await until('the mail was sent', () => server.inbox.messages().length > 0);
    await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `directus_session_token=${access_token}` },
      body: JSON.stringify({ query: '{ customers { email } }' }),
    });
    Object.assign(private_parts, {
      email,
      guest,
      password,
      access_token,
      refresh_token,
      cart_token: cart.data.token,
      order_token,
      client_secret: payment.client_data.client_secret,
      idempotency_key: keys.idempotency_key,
    });
  });

  test('is a log of it', () => {
    for (const path of ['/store/auth/register', '/complete', '/webhooks/stripe', 'access_token='])
      expect(written).toContain(path);
  });

  test('holds no secret of the shop', () => {
    expect(secrets().length).toBeGreaterThan(5);
    for (const [name, value] of secrets()) expect(written.includes(value), name).toBe(false);
  });

  test('holds nothing that lets somebody be the shopper, and no address of theirs', () => {
    for (const [name, value] of Object.entries(private_parts))
      expect(written.includes(value), `${name} ${value}`).toBe(false);
    expect(written.match(/[\w.+-]+@(mail\.example|example\.com)/g) ?? []).toEqual([]);
  });
});

test('no error tells how the shop is made', async () => {
  const asked: Promise<Reply>[] = [
    call('POST', '/store/carts', { lines: 'none' }),
    call('GET', '/items/products?filter[nothing][_eq]=1'),
    call('POST', '/graphql', { query: '{ nothing' }),
    call('POST', '/webhooks/stripe', {}),
    call('GET', '/items/customers'),
    call('GET', `/assets/${'0'.repeat(36)}`),
    call('POST', '/auth/login', { email: TEST_SETTINGS['ADMIN_EMAIL'], password: 'wrong' }),
  ];
  for (const { status, text } of await Promise.all(asked)) {
    expect(status, text).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|select |insert into|postgres|knex|at \w+ \(/i);
    for (const [name, value] of secrets()) expect(text.includes(value), name).toBe(false);
  }
});

test('neither the document nor what browsers load holds a secret, a path or an address of ours', async () => {
  const texts = [['openapi.json', (await call('GET', '/docs/openapi.json')).text]];
  for (const extension of readdirSync(join(ROOT, 'extensions')))
    texts.push([extension, readFileSync(join(ROOT, 'extensions', extension, 'dist', 'app.js'), 'utf8')]);
  for (const [name, text = ''] of texts) {
    expect(text.length, name).toBeGreaterThan(100);
    for (const [secret, value] of secrets()) expect(text.includes(value), `${secret} in ${name}`).toBe(false);
    expect(text, name).not.toMatch(/(sk|rk|whsec)_(live|test)?_?[A-Za-z0-9]{16,}|BEGIN [A-Z ]*PRIVATE KEY/);
    expect(text.includes(ROOT), name).toBe(false);
    const addresses = text.match(/[\w.+-]+@[\w-]+(\.[a-z]{2,})+/gi) ?? [];
    expect(
      addresses.filter((each) => !/@(\w+\.)*example(\.(com|org|net))?$/.test(each)),
      name,
    ).toEqual([]);
  }
});
