/** Passwords on a running Directus: which may be chosen, by whatever route, and what signing in tells a stranger. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mailPasswordReset } from '../../extensions/commerce-api/src/customers/change-password.ts';
import { evenOutSignIn } from '../../extensions/commerce-api/src/customers/even-work.ts';
import { signIn } from '../../extensions/commerce-api/src/customers/sign-in.ts';
import { KontorError } from '../../extensions/commerce-api/src/errors.ts';
import type { Identity } from '../../extensions/commerce-api/src/platform/identity.ts';
import { brokenConstraint } from '../../extensions/commerce-api/src/platform/database.ts';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { PASSWORD, sessionDesk, type Desk } from '../support/sessions.ts';
import { clientOf, type Call, type Reply } from '../support/store-client.ts';

/** In the operator's list, and in none of ours. */
const BREACHED = 'seven-breached-geese';

let server: TestServer;
let call: Call;
let desk: Desk;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kontor-passwords-'));
  const list = join(folder, 'hashes.txt');
  const hashes = [BREACHED, 'a', 'b', 'c'].map((each) => createHash('sha1').update(each).digest('hex'));
  writeFileSync(
    list,
    hashes
      .map((hash) => `${hash.toUpperCase()}:7\r\n`)
      .sort()
      .join(''),
  );
  server = await startServer({ env: { BREACHED_PASSWORDS: list } });
  call = clientOf(server.url);
  desk = sessionDesk(server, call);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const asAdmin = (method: string, path: string, body?: unknown) =>
  call(method, path, body, { token: server.admin_token });
const anEmail = () => `eve-${randomUUID()}@example.com`;

const WEAK: [password: string, reason: string][] = [
  ['short', 'too_short'],
  ['password123', 'too_common'],
  [BREACHED, 'breached'],
];

const refusal = (reason: string) => ({ status: 422, code: 'WEAK_PASSWORD', extensions: { reason } });

/** The token in the mail Directus sends to this address. */
async function mailedToken(email: string): Promise<string> {
  const find = (html: string | null) => /token=([\w-]+\.[\w-]+\.[\w-]+)/.exec(html ?? '')?.[1];
  const mail = await server.inbox.waitFor(({ to, html }) => to.includes(email) && find(html) !== undefined);
  return find(mail.html)!;
}

describe.each(WEAK)('the password %s', (password, reason) => {
  test('is refused to whoever registers', async () => {
    expect(await call('POST', '/store/auth/register', { email: anEmail(), password })).toMatchObject(
      refusal(reason),
    );
  });

  test('is refused to an administrator who makes a user, one or many, and makes none', async () => {
    const email = anEmail();
    const user = { email, password, role: ROLES.order_staff };
    expect(await asAdmin('POST', '/users', user)).toMatchObject(refusal(reason));
    expect(await asAdmin('POST', '/users', [user])).toMatchObject(refusal(reason));
    expect(await server.db('directus_users').where({ email })).toEqual([]);
  });

  test('is refused where a user is changed, and the one before stays', async () => {
    const { user, email } = await desk.signedIn();
    expect(await asAdmin('PATCH', `/users/${user}`, { password })).toMatchObject(refusal(reason));
    expect(await asAdmin('PATCH', '/users', { keys: [user], data: { password } })).toMatchObject(
      refusal(reason),
    );
    expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200);
  });

  test('is refused to a member of staff who changes their own', async () => {
    expect(await asAdmin('PATCH', '/users/me', { password })).toMatchObject(refusal(reason));
  });
});

test('a password that is mailed for is held to the same rules, and a good one is taken', async () => {
  const { email, token } = await desk.signedIn();
  expect((await call('POST', '/auth/password/request', { email })).status).toBe(204);
  const mailed = await mailedToken(email);
  for (const [password, reason] of WEAK) {
    expect(await call('POST', '/auth/password/reset', { token: mailed, password })).toMatchObject(
      refusal(reason),
    );
  }
  const own = await call('POST', '/auth/password/reset', { token: mailed, password: email });
  expect(own).toMatchObject(refusal('is_your_email'));
  const password = 'marigolds-on-monday';
  expect((await call('POST', '/auth/password/reset', { token: mailed, password })).status).toBe(204);
  expect((await call('POST', '/store/auth/login', { email, password })).status).toBe(200);
  expect((await desk.me(token)).status).toBe(401);
});

test('an invitation is accepted with a good password only', async () => {
  const email = anEmail();
  expect((await asAdmin('POST', '/users/invite', { email, role: ROLES.order_staff })).status).toBe(204);
  const token = await mailedToken(email);
  expect(await call('POST', '/users/invite/accept', { token, password: BREACHED })).toMatchObject(
    refusal('breached'),
  );
  expect((await call('POST', '/users/invite/accept', { token, password: PASSWORD })).status).toBe(204);
  expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200);
});

describe('a customer who chooses a new password', () => {
  const NEW = 'marigolds-on-monday';
  const change = (token: string, body: object) => call('POST', '/store/me/password', body, { token });
  const reset = (token: string, password = NEW) =>
    call('POST', '/store/auth/password/reset', { token, password });
  const login = (email: string, password: string) => call('POST', '/store/auth/login', { email, password });

  /** The code of the shop's mail, which is one that is not known yet. */
  async function mailedCode(email: string, known: string[] = []): Promise<string> {
    const find = (text: string) => /[A-Za-z0-9_-]{43}/.exec(text)?.[0];
    const mail = await server.inbox.waitFor(({ to, subject, text }) => {
      const code = find(text);
      return (
        to.includes(email) && subject.startsWith('Choose') && code !== undefined && !known.includes(code)
      );
    });
    return find(mail.text)!;
  }

  test('and knows the old one keeps this session, loses the others, and hears of it', async () => {
    const { email, token } = await desk.signedIn();
    const other = await desk.signInAgain(email);
    expect((await change(token, { current_password: PASSWORD, password: NEW })).status).toBe(204);
    expect((await desk.me(token)).status).toBe(200);
    expect((await desk.me(other.token)).status).toBe(401);
    expect((await login(email, PASSWORD)).code).toBe('INVALID_CREDENTIALS');
    expect((await login(email, NEW)).status).toBe(200);
    await server.inbox.waitFor(
      ({ to, subject }) => to.includes(email) && subject.startsWith('Your password'),
    );
  });

  test('and does not know the old one, or chooses a weak one, changes nothing', async () => {
    const { email, token } = await desk.signedIn();
    const wrong = await change(token, { current_password: 'not-the-password', password: NEW });
    expect([wrong.status, wrong.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    for (const [password, reason] of [...WEAK, [email, 'is_your_email']] as const) {
      expect(await change(token, { current_password: PASSWORD, password })).toMatchObject(refusal(reason));
    }
    const body = { current_password: PASSWORD, password: NEW };
    expect((await call('POST', '/store/me/password', body)).code).toBe('SIGN_IN_REQUIRED');
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  test('by mail needs the token once; every session ends', async () => {
    const { email, token } = await desk.signedIn();
    const asked = await call('POST', '/store/auth/password/request', { email: email.toUpperCase() });
    expect(asked).toMatchObject({ status: 202, data: { status: 'check_your_mail' } });
    const code = await mailedCode(email);
    expect(await reset(code, 'password123')).toMatchObject(refusal('too_common'));
    expect(await reset(code, email)).toMatchObject(refusal('is_your_email'));
    const replies = await Promise.all([reset(code), reset(code), reset(code)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 401, 401]);
    expect((await desk.me(token)).status).toBe(401);
    expect((await login(email, NEW)).status).toBe(200);
  });

  test('by mail may ask again, and the earlier token is dead', async () => {
    const { email } = await desk.signedIn();
    const ask = () => call('POST', '/store/auth/password/request', { email });
    await ask();
    const first = await mailedCode(email);
    await ask();
    const second = await mailedCode(email, [first]);
    expect((await reset(first)).code).toBe('INVALID_TOKEN');
    expect((await reset(second)).status).toBe(204);
  });

  test('by mail must not wait more than a day, nor make a token up', async () => {
    const { email, user } = await desk.signedIn();
    await call('POST', '/store/auth/password/request', { email });
    const code = await mailedCode(email);
    await server.db.raw(
      `update commerce.email_tokens set expires_at = expires_at - interval '1 day' where "user" = ?`,
      [user],
    );
    expect((await reset(code)).code).toBe('INVALID_TOKEN');
    expect((await reset('a'.repeat(43))).code).toBe('INVALID_TOKEN');
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  test('is told nothing about addresses, and staff are sent no such mail', async () => {
    const staff = `staff-${randomUUID()}@example.com`;
    const role = ROLES.order_staff;
    await asAdmin('POST', '/users', { email: staff, password: PASSWORD, role, status: 'active' });
    await login(staff, PASSWORD);
    const { email } = await desk.signedIn();
    const ask = (each: string) => call('POST', '/store/auth/password/request', { email: each });
    const replies = await Promise.all([staff, anEmail(), email].map(ask));
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    await mailedCode(email);
    await mailPasswordReset(server.shop, staff);
    const { rows } = await server.db.raw(
      `select 1 from commerce.email_tokens t join directus_users u on u.id = t."user" where u.email = ?`,
      [staff],
    );
    expect(rows).toEqual([]);
  });
});

test('a user without a password, as other providers have them, may be made and changed', async () => {
  const { data, status } = await asAdmin('POST', '/users', { email: anEmail(), role: ROLES.order_staff });
  expect(status).toBe(200);
  expect((await asAdmin('PATCH', `/users/${data.id}`, { first_name: 'Eve', password: null })).status).toBe(
    200,
  );
});

describe('what a stranger learns', () => {
  async function aSuspended(): Promise<string> {
    const { email, user } = await desk.signedIn();
    await server.db('directus_users').update({ status: 'suspended' }).where({ id: user });
    return email;
  }
  const essence = ({ status, text }: Reply) => ({ status, text });

  test.each(['/auth/login', '/store/auth/login'])('of an account from %s is nothing', async (path) => {
    const { email } = await desk.signedIn();
    const replies = [anEmail(), email, await aSuspended()].map((each) =>
      call('POST', path, { email: each, password: 'not-the-password' }).then(essence),
    );
    const [first, ...others] = await Promise.all(replies);
    expect(first!.status).toBe(401);
    for (const other of others) expect(other).toEqual(first);
  });

  test('of an account from asking for a new password is nothing', async () => {
    const { email } = await desk.signedIn();
    const replies = [anEmail(), email, await aSuspended()].map((each) =>
      call('POST', '/auth/password/request', { email: each }).then(essence),
    );
    expect(await Promise.all(replies)).toEqual(Array(3).fill({ status: 204, text: '' }));
  });

  test('of an account from registering is nothing where the shop verifies addresses', async () => {
    const { email } = await desk.signedIn();
    const suspended = await aSuspended();
    await server.db.raw('update shop_settings set require_verified_email = true');
    try {
      const replies = [anEmail(), email, suspended].map((each) =>
        call('POST', '/store/auth/register', { email: each, password: PASSWORD }).then(essence),
      );
      const text = '{"data":{"status":"check_your_mail"}}';
      expect(await Promise.all(replies)).toEqual(Array(3).fill({ status: 202, text }));
    } finally {
      await server.db.raw('update shop_settings set require_verified_email = false');
    }
  });
});

describe('a password is worked on once', () => {
  /** Counts what is hashed here; Directus compares elsewhere. */
  function counted() {
    const hashed: string[] = [];
    return { hashed, hash: (password: string) => (hashed.push(password), Promise.resolve('')) };
  }
  const known = async () => (await desk.signedIn()).email;
  const unknown = () => Promise.resolve(anEmail());
  const suspended = async () => {
    const { email, user } = await desk.signedIn();
    await server.db('directus_users').update({ status: 'suspended' }).where({ id: user });
    return email;
  };
  const without_password = async () => {
    const email = anEmail();
    await asAdmin('POST', '/users', { email, role: ROLES.order_staff, status: 'active' });
    return email;
  };
  const of_another_provider = async () => {
    const { email, user } = await desk.signedIn();
    await server.db('directus_users').update({ provider: 'elsewhere' }).where({ id: user });
    return email;
  };

  test.each([
    ['an unknown address', unknown, 1],
    ['a suspended account', suspended, 1],
    ['an account without a password', without_password, 1],
    ['an account of another provider', of_another_provider, 1],
    ['a usable account, which Directus compares', known, 0],
  ])('here for %s', async (_what, account, times) => {
    const { hashed, hash } = counted();
    await evenOutSignIn(server.db, { email: (await account()).toUpperCase(), password: 'any' }, hash);
    expect(hashed).toHaveLength(times);
  });

  test('when signing in at the shop fails, before the refusal', async () => {
    const { hashed, hash } = counted();
    const identity = {
      hash,
      login: () => Promise.reject(new KontorError('INVALID_CREDENTIALS')),
    } as unknown as Identity;
    const nobody = { ip: null, user_agent: null };
    const attempt = signIn(
      { ...server.shop, identity },
      { email: anEmail(), password: 'any' },
      nobody,
      undefined,
    );
    await expect(attempt).rejects.toThrow(KontorError);
    expect(hashed).toEqual(['any']);
  });
});

test('no two users have one address, whatever its case, even by SQL', async () => {
  const { email } = await desk.signedIn();
  const twin = { id: randomUUID(), email: email.toUpperCase(), status: 'active', provider: 'default' };
  const error: unknown = await server
    .db('directus_users')
    .insert(twin)
    .catch((reason: unknown) => reason);
  expect(brokenConstraint(error)).toBe('directus_users_lower_email_key');
  expect((await asAdmin('POST', '/users', { email: email.toUpperCase() })).status).toBe(400);
});
