/** SECRET replaced on a running shop: nobody is signed out, no card or order is lost, and the secret before can go. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGiftCard } from '../../extensions/commerce-api/src/gift-cards/find-gift-card.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { cardsToMail } from '../../extensions/commerce-api/src/gift-cards/sold-gift-cards.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { rotateSecretCommand } from '../../scripts/commands/rotate-secret.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { startCounter, type Counter } from '../support/http-carts.ts';
import { aGuardedUser, signInWithOtp, type Guarded } from '../support/one-time-passwords.ts';
import type { TestServer } from '../support/server.ts';
import { browse, PASSWORD, sessionDesk, type Desk } from '../support/sessions.ts';
import type { Call } from '../support/store-client.ts';

const OLD = TEST_SETTINGS['SECRET'] ?? '';
const NEW = 'kontor-tests-new-secret-0123456789abcdef';

let counter: Counter;
let server: TestServer;
let call: Call;
let desk: Desk;
beforeAll(async () => {
  counter = await startCounter();
  ({ server, call } = counter);
  desk = sessionDesk(server, call);
});
afterAll(() => server.stop());

/** The shop as a process with these settings is. */
const shopWith = (secrets: { SECRET: string; SECRET_PREVIOUS?: string }): Shop => ({
  ...server.shop,
  env: readEnv({ ...TEST_SETTINGS, ...secrets }),
});

/** Starts the server again with other secrets. */
async function restartWith(SECRET: string, SECRET_PREVIOUS: string): Promise<void> {
  Object.assign(server.env, { SECRET: `string:${SECRET}`, SECRET_PREVIOUS });
  await server.restart('SIGTERM');
}

/** An administrator who signs in with one-time passwords. */
async function aGuardedAdministrator(): Promise<Guarded> {
  const admin = await row<{ id: string }>(
    server.db,
    `select id from directus_roles where name = 'Administrator'`,
  );
  return aGuardedUser(server, call, admin!.id);
}

const tfaSecretOf = async (user: string) =>
  (await row<{ tfa_secret: string }>(server.db, 'select tfa_secret from directus_users where id = ?', [
    user,
  ]))!.tfa_secret;

describe('what one-time passwords are made of', () => {
  test('is encrypted at rest, and still opens the door', async () => {
    const guarded = await aGuardedAdministrator();
    const kept = await tfaSecretOf(guarded.user);
    expect(kept).toMatch(/^1\|\|scrypt\|\|/);
    expect(kept).not.toContain(guarded.secret);
    expect((await signInWithOtp(call, guarded)).status).toBe(200);
    const wrong = { email: guarded.email, password: PASSWORD, otp: '000000' };
    expect((await call('POST', '/store/auth/login', wrong)).code).toBe('INVALID_OTP');
  });

  test('is read in the clear where it was kept so before', async () => {
    const guarded = await aGuardedAdministrator();
    await server.db('directus_users').update({ tfa_secret: guarded.secret }).where({ id: guarded.user });
    expect((await signInWithOtp(call, guarded)).status).toBe(200);
  });
});

test('without a secret before there is nothing to carry over, and the command says what to do', async () => {
  await expect(rotateSecretCommand(shopWith({ SECRET: OLD }), () => undefined)).rejects.toThrow(
    'SECRET_PREVIOUS',
  );
});

test('a shop goes on through a new secret, and without the old one afterwards', async () => {
  const variant = await counter.variantOf();
  const [ada, ben] = [await desk.signedIn(), await desk.signedIn()];
  const cookie = await desk.cookieOf(ada.email);
  const guarded = await aGuardedAdministrator();
  const unencrypted = await aGuardedAdministrator();
  await server
    .db('directus_users')
    .update({ tfa_secret: unencrypted.secret })
    .where({ id: unencrypted.user });
  const before = shopWith({ SECRET: OLD });
  const { card, code } = await issueGiftCard(before, { initial_minor: 5_000, currency: 'USD' }, null);
  const cart = await counter.aFullCart(variant);
  const idempotency_key = randomUUID();
  const order = () =>
    call(
      'POST',
      `/store/carts/${cart.id}/complete`,
      { expected_total_minor: cart.data.total_minor, payment: { provider: 'manual' } },
      { ...cart.keys, idempotency_key },
    );
  const placed = (await order()).data;
  expect(placed.order_token).toMatch(/^[\w-]{43}$/);
  expect((await call('POST', '/auth/password/request', { email: ada.email })).status).toBe(204);
  const tokenIn = (html: string | null) => /token=([\w-]+\.[\w-]+\.[\w-]+)/.exec(html ?? '')?.[1];
  const mail = await server.inbox.waitFor(({ to, html }) => to.includes(ada.email) && !!tokenIn(html));
  const reset = tokenIn(mail.html);

  /** What has to go on with every pair of secrets. */
  async function goesOn(shop: Shop): Promise<void> {
    expect((await order()).data.order_token).toBe(placed.order_token);
    const keys = { order_token: placed.order_token };
    expect((await call('GET', `/store/orders/${placed.order.id}`, undefined, keys)).status).toBe(200);
    expect((await findGiftCard(shop, code.toLowerCase())).id).toBe(card.id);
    expect(await cardsToMail(shop, [card.id])).toMatchObject([{ code }]);
    for (const each of [guarded, unencrypted]) expect((await signInWithOtp(call, each)).status).toBe(200);
  }

  await restartWith(NEW, OLD);
  const between = shopWith({ SECRET: NEW, SECRET_PREVIOUS: OLD });
  for (const each of [ada, ben]) expect((await desk.me(each.token)).status).toBe(200);
  expect((await call('GET', `/store/me?access_token=${ada.token}`)).status).toBe(200);
  const cookies = { cookie: `a=b; ${cookie.split(';', 1)[0]}; c=d` };
  expect((await fetch(`${server.url}/store/me`, { headers: cookies })).status).toBe(200);
  const went_on = { method: 'POST', cookie, body: { mode: 'session' }, origin: server.url };
  expect((await browse(`${server.url}/auth/refresh`, went_on)).status).toBe(200);
  const refreshed = await desk.refresh(ada.refresh_token);
  expect(refreshed.status).toBe(200);
  await goesOn(between);

  const lines: string[] = [];
  expect(await rotateSecretCommand(between, (line) => lines.push(line))).toBe(0);
  expect(lines[0]).toMatch(/^codes of gift cards: [1-9]/);
  expect(lines[1]).toMatch(/^tokens of guests’ orders: [1-9]/);
  expect(lines[2]).toMatch(/^encrypted values: [1-9]/);
  await goesOn(between);
  expect(await rotateSecretCommand(between, (line) => lines.push(line))).toBe(0);
  expect(lines.slice(3).filter((line) => !line.includes(': 0 '))).toEqual([]);
  const kept = await row<{ text: string }>(
    server.db,
    `select string_agg(s::text, ' ') as text from commerce.sealed_secrets s`,
  );
  expect(kept?.text).toContain(card.id);
  expect(kept?.text).not.toContain(code);
  expect(kept?.text).not.toContain(placed.order_token);
  const reset_answer = await call('POST', '/auth/password/reset', {
    token: reset,
    password: 'roses-on-sunday',
  });
  expect(reset_answer.status, reset_answer.text).toBe(204);

  await restartWith(NEW, '');
  const after = shopWith({ SECRET: NEW });
  await goesOn(after);
  // What the old secret alone signed is dead now.
  expect((await desk.me(ben.token)).code).toBe('INVALID_TOKEN');
  expect((await desk.refresh(ben.refresh_token)).status).toBe(200);
  for (const each of [guarded, unencrypted]) expect(await tfaSecretOf(each.user)).toMatch(/^1\|\|scrypt\|\|/);
});
