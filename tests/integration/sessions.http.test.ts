/** Sessions on a running Directus: they end at once, wherever they are used, and a copied refresh token ends them too. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import { aGuardedUser, atOneMoment, oneTimePassword, signInWithOtp } from '../support/one-time-passwords.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aMember, browse, PASSWORD, sessionDesk, type Desk } from '../support/sessions.ts';
import { clientOf, type Call } from '../support/store-client.ts';

let server: TestServer;
let call: Call;
let desk: Desk;
beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
  desk = sessionDesk(server, call);
});
afterAll(() => server.stop());

/** Each surface that answers the signed-in: ours, the generated REST, GraphQL. */
const SURFACES = [
  ['GET', '/store/me'],
  ['GET', '/store/products'],
  ['GET', '/items/orders'],
  ['POST', '/graphql'],
  ['GET', '/items/addresses'],
] as const;

async function answersTo(token: string): Promise<[path: string, status: number, code: string | undefined][]> {
  const answers = SURFACES.map(async ([method, path]) => {
    const body = method === 'POST' ? { query: '{ orders { id } }' } : undefined;
    const { status, code } = await call(method, path, body, { token });
    return [path, status, code] as [string, number, string | undefined];
  });
  return Promise.all(answers);
}

const REFUSED = SURFACES.map(([, path]) => [path, 401, 'INVALID_CREDENTIALS']);
const ALLOWED = SURFACES.map(([, path]) => [path, 200, undefined]);

function asAdmin(method: string, path: string, body?: unknown) {
  return call(method, path, body, { token: server.admin_token });
}

const aStaffMember = (role: string) => aMember(server, call, role);

describe('an access token that still lives', () => {
  test('opens every surface while nothing has changed', async () => {
    const { token } = await desk.signedIn();
    expect(await answersTo(token)).toEqual(ALLOWED);
  });

  test.each([
    [
      'suspended in the admin app',
      (user: string) => asAdmin('PATCH', `/users/${user}`, { status: 'suspended' }),
    ],
    [
      'suspended by SQL',
      (user: string) => server.db('directus_users').update({ status: 'suspended' }).where({ id: user }),
    ],
    ['archived', (user: string) => asAdmin('PATCH', `/users/${user}`, { status: 'archived' })],
    ['given another role', (user: string) => asAdmin('PATCH', `/users/${user}`, { role: ROLES.vendor })],
    ['left without a role', (user: string) => asAdmin('PATCH', `/users/${user}`, { role: null })],
    [
      'given another password',
      (user: string) => asAdmin('PATCH', `/users/${user}`, { password: 'roses-on-sunday' }),
    ],
  ])('opens nothing once its user is %s', async (_what, change) => {
    const { token, user } = await desk.signedIn();
    await change(user);
    expect(await answersTo(token)).toEqual(REFUSED);
  });

  test('opens nothing once its user is deleted', async () => {
    const staff = await aStaffMember(ROLES.order_staff);
    expect((await call('GET', '/users/me', undefined, staff)).status).toBe(200);
    expect((await asAdmin('DELETE', `/users/${staff.user}`)).status).toBe(204);
    expect(await answersTo(staff.token)).toEqual(REFUSED);
  });

  test('of staff who were put back to shopping opens no back office, and a new sign-in opens what the role does', async () => {
    const staff = await aStaffMember(ROLES.order_staff);
    const path = `/staff/orders/${randomUUID()}`;
    expect((await call('GET', path, undefined, staff)).code).toBe('NOT_FOUND');
    await server.db('directus_users').update({ role: ROLES.customer }).where({ id: staff.user });
    expect((await call('GET', path, undefined, staff)).code).toBe('INVALID_CREDENTIALS');
    const again = await desk.signInAgain(staff.email);
    expect((await call('GET', path, undefined, again)).code).toBe('FORBIDDEN');
  });

  test('with a role that has changed may be traded for one that is right', async () => {
    const { user, token, refresh_token } = await desk.signedIn();
    await server.db('directus_users').update({ role: ROLES.vendor }).where({ id: user });
    const { status, data } = await call('POST', '/store/auth/refresh', { refresh_token }, { token });
    expect(status).toBe(200);
    expect((await desk.me(data.access_token)).status).toBe(200);
  });

  test('ends with the sign-out', async () => {
    const { token, refresh_token } = await desk.signedIn();
    expect((await call('POST', '/store/auth/logout', { refresh_token })).status).toBe(204);
    expect(await answersTo(token)).toEqual(REFUSED);
  });

  test('of a cookie ends in the same moment', async () => {
    const { email, user } = await desk.signedIn();
    const cookie = await desk.cookieOf(email);
    expect((await browse(`${server.url}/store/me`, { cookie })).status).toBe(200);
    await server.db('directus_users').update({ status: 'suspended' }).where({ id: user });
    expect((await browse(`${server.url}/store/me`, { cookie })).status).toBe(401);
  });
});

test('a suspended user has no sessions left to come back to', async () => {
  const { user, refresh_token } = await desk.signedIn();
  await server.db('directus_users').update({ status: 'suspended' }).where({ id: user });
  await server.db('directus_users').update({ status: 'active' }).where({ id: user });
  expect((await desk.refresh(refresh_token)).code).toBe('INVALID_TOKEN');
});

test('nobody is signed in once Directus’ sessions are emptied', async () => {
  const { token, refresh_token } = await desk.signedIn();
  await server.db.raw('truncate directus_sessions');
  expect((await desk.me(token)).status).toBe(401);
  expect((await desk.refresh(refresh_token)).code).toBe('INVALID_TOKEN');
});

describe('a refresh token that was replaced', () => {
  test.each([
    ['/store/auth/refresh', 'INVALID_TOKEN'],
    ['/auth/refresh', 'INVALID_TOKEN'],
  ])('ends its whole session when it comes again to %s, and the log says so', async (path, code) => {
    const { user, refresh_token } = await desk.signedIn();
    const first = await desk.refresh(refresh_token);
    const second = await desk.refresh(first.data.refresh_token);
    await desk.letGraceEnd(user);
    expect(await call('POST', path, { refresh_token })).toMatchObject({ status: 401, code });
    expect((await desk.refresh(second.data.refresh_token)).code).toBe('INVALID_TOKEN');
    expect(await answersTo(second.data.access_token)).toEqual(REFUSED);
    expect(await desk.activityOf(user)).toContainEqual({ action: 'refresh-token-reused', user });
  });

  test('leaves the other sessions of its user alone', async () => {
    const { email, user, refresh_token } = await desk.signedIn();
    const other = await desk.signInAgain(email);
    await desk.refresh(refresh_token);
    await desk.letGraceEnd(user);
    await desk.refresh(refresh_token);
    expect((await desk.me(other.token)).status).toBe(200);
    expect((await desk.refresh(other.refresh_token)).status).toBe(200);
  });

  test('sent by a second tab within seconds is refused, and the session goes on', async () => {
    const { user, refresh_token } = await desk.signedIn();
    const { data } = await desk.refresh(refresh_token);
    expect((await desk.refresh(refresh_token)).code).toBe('INVALID_TOKEN');
    expect((await desk.refresh(data.refresh_token)).status).toBe(200);
    expect(await desk.activityOf(user)).not.toContainEqual({ action: 'refresh-token-reused', user });
  });

  test('ten times at the same moment leaves at most one that works, and it works', async () => {
    const { refresh_token } = await desk.signedIn();
    const replies = await Promise.all(Array.from({ length: 10 }, () => desk.refresh(refresh_token)));
    const [won, ...more] = replies.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    expect((await desk.refresh(won!.data.refresh_token)).status).toBe(200);
  });

  test('in the cookie of an app ends its session too', async () => {
    const { email, user } = await desk.signedIn();
    const first = await desk.cookieOf(email);
    const origin = server.url;
    const refresh = (cookie: string) =>
      fetch(`${server.url}/auth/refresh`, {
        method: 'POST',
        headers: { cookie: cookie.split(';', 1)[0]!, origin, 'content-type': 'application/json' },
        body: '{"mode":"session"}',
      });
    const second = (await refresh(first)).headers.getSetCookie()[0]!;
    expect((await browse(`${server.url}/store/me`, { cookie: second })).status).toBe(200);
    await desk.letGraceEnd(user);
    await server.db.raw(`delete from directus_sessions where "user" = ? and next_token is not null`, [user]);
    expect((await refresh(first)).status).toBe(401);
    expect((await browse(`${server.url}/store/me`, { cookie: second })).status).toBe(401);
    expect(await desk.activityOf(user)).toContainEqual({ action: 'refresh-token-reused', user });
  });

  test('stands nowhere in the clear', async () => {
    const { user, refresh_token } = await desk.signedIn();
    await desk.refresh(refresh_token);
    const kept = await row<{ text: string }>(
      server.db,
      `select string_agg(s::text || r::text, ' ') as text from commerce.sessions s
       join commerce.replaced_tokens r on r.session = s.id where s."user" = ?`,
      [user],
    );
    expect(kept?.text).toContain(user);
    expect(kept?.text).not.toContain(refresh_token);
  });
});

describe('the list of sessions', () => {
  const list = (token: string) => call('GET', '/store/me/sessions', undefined, { token });

  test('shows each with its device, and which one asks', async () => {
    const { email, token } = await desk.signedIn();
    await fetch(`${server.url}/store/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Telephone/1.0' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    const { status, data } = await list(token);
    expect(status).toBe(200);
    expect(data).toEqual([
      {
        id: expect.any(String),
        ip: '127.0.0.1',
        user_agent: 'Telephone/1.0',
        since: expect.any(String),
        last_used_at: expect.any(String),
        is_current: false,
      },
      {
        id: expect.any(String),
        ip: '127.0.0.1',
        user_agent: expect.any(String),
        since: expect.any(String),
        last_used_at: expect.any(String),
        is_current: true,
      },
    ]);
    expect(JSON.stringify(data)).not.toMatch(/[\w-]{64}/);
  });

  test('keeps one session through refreshes, with the device that used it last', async () => {
    const { token, refresh_token } = await desk.signedIn();
    const [before] = (await list(token)).data;
    const { data } = await desk.refresh(refresh_token);
    const [after, ...more] = (await list(data.access_token)).data;
    expect(more).toEqual([]);
    expect(after).toMatchObject({ id: before.id, since: before.since, is_current: true });
    expect(Date.parse(after.last_used_at)).toBeGreaterThan(Date.parse(before.last_used_at));
  });

  test('knows sessions of cookies, made and refreshed by Directus', async () => {
    const { email, token } = await desk.signedIn();
    const first = await desk.cookieOf(email);
    const answer = await fetch(`${server.url}/auth/refresh`, {
      method: 'POST',
      headers: { cookie: first.split(';', 1)[0]!, origin: server.url, 'content-type': 'application/json' },
      body: '{"mode":"session"}',
    });
    const cookie = answer.headers.getSetCookie()[0]!;
    expect((await list(token)).data).toHaveLength(2);
    const seen = await browse(`${server.url}/store/me/sessions`, { cookie });
    expect(seen.data.map((each: { is_current: boolean }) => each.is_current)).toEqual([true, false]);
  });

  test('one of them can be ended, and nothing of it works any longer', async () => {
    const { email, token } = await desk.signedIn();
    const lost = await desk.signInAgain(email);
    const [{ id }] = (await list(token)).data.filter((each: { is_current: boolean }) => !each.is_current);
    expect((await call('DELETE', `/store/me/sessions/${id}`, undefined, { token })).status).toBe(204);
    expect((await desk.me(lost.token)).status).toBe(401);
    expect((await desk.refresh(lost.refresh_token)).code).toBe('INVALID_TOKEN');
    expect((await desk.me(token)).status).toBe(200);
    expect((await call('DELETE', `/store/me/sessions/${id}`, undefined, { token })).code).toBe('NOT_FOUND');
  });

  test('all others can be ended at once', async () => {
    const { email, token, refresh_token } = await desk.signedIn();
    const others = [await desk.signInAgain(email), await desk.signInAgain(email)];
    const cookie = await desk.cookieOf(email);
    expect((await call('DELETE', '/store/me/sessions', undefined, { token })).status).toBe(204);
    for (const other of others) expect((await desk.me(other.token)).status).toBe(401);
    expect((await browse(`${server.url}/store/me`, { cookie })).status).toBe(401);
    expect((await list(token)).data).toHaveLength(1);
    expect((await desk.refresh(refresh_token)).status).toBe(200);
  });

  test('is nobody else’s', async () => {
    const [ada, ben] = [await desk.signedIn(), await desk.signedIn()];
    const [{ id }] = (await list(ada.token)).data;
    expect((await call('DELETE', `/store/me/sessions/${id}`, undefined, ben)).code).toBe('NOT_FOUND');
    expect((await desk.me(ada.token)).status).toBe(200);
    expect((await call('GET', '/store/me/sessions')).code).toBe('SIGN_IN_REQUIRED');
  });
});

describe('a second factor', () => {
  test.each(Object.entries(ROLES))(
    'is switched on by %s, asked for, and switched off again',
    async (_, role) => {
      const guarded = await aGuardedUser(server, call, role);
      const { email } = guarded;
      const without = await call('POST', '/auth/login', { email, password: PASSWORD });
      expect(without.code).toBe('INVALID_OTP');
      const { data } = await signInWithOtp(call, guarded);
      const off = await atOneMoment(() =>
        call(
          'POST',
          '/users/me/tfa/disable',
          { otp: oneTimePassword(guarded.secret) },
          { token: data.access_token },
        ),
      );
      expect(off.status, off.text).toBe(204);
      expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200);
    },
  );

  test('is not taken away or replaced by writing it', async () => {
    const { token } = await aStaffMember(ROLES.order_staff);
    for (const tfa_secret of [null, 'GEZDGNBVGY3TQOJQ']) {
      const { status } = await call('PATCH', '/users/me', { tfa_secret }, { token });
      expect(status).toBe(400);
    }
  });
});

describe('staff', () => {
  test('say how the app looks to them; a borrowed session changes neither password nor address', async () => {
    const { token, user } = await aStaffMember(ROLES.order_staff);
    const { status } = await call('PATCH', '/users/me', { appearance: 'dark', first_name: 'Ada' }, { token });
    expect(status).toBe(200);
    for (const taken of [{ password: `${PASSWORD}-too` }, { email: 'x@example.com' }, { role: ROLES.vendor }])
      expect((await call('PATCH', '/users/me', taken, { token })).status).toBe(403);
    expect(
      await row(server.db, 'select appearance, first_name, role from directus_users where id = ?', [user]),
    ).toEqual({ appearance: 'dark', first_name: 'Ada', role: ROLES.order_staff });
  });

  const path = (customer: string) => `/staff/customers/${customer}/sessions`;

  test('sign a customer out everywhere, and the log says who did', async () => {
    const staff = await aStaffMember(ROLES.order_staff);
    const { email, customer, token, refresh_token } = await desk.signedIn();
    await desk.signInAgain(email);
    const seen = await call('GET', path(customer), undefined, staff);
    expect(seen.data).toHaveLength(2);
    expect(await call('DELETE', path(customer), undefined, staff)).toMatchObject({
      status: 200,
      data: { ended: 2 },
    });
    expect(await answersTo(token)).toEqual(REFUSED);
    expect((await desk.refresh(refresh_token)).code).toBe('INVALID_TOKEN');
    expect(await desk.activityOf(customer)).toContainEqual({ action: 'sessions-ended', user: staff.user });
  });

  test('who sell end no sessions of administrators or colleagues who shop here', async () => {
    const [staff, colleague] = [
      await aStaffMember(ROLES.order_staff),
      await aStaffMember(ROLES.catalogue_staff),
    ];
    await desk.signInAgain(colleague.email);
    const known = await row<{ id: string }>(server.db, 'select id from customers where "user" = ?', [
      colleague.user,
    ]);
    expect((await call('DELETE', path(known!.id), undefined, staff)).code).toBe('FORBIDDEN');
    expect((await call('GET', '/users/me', undefined, colleague)).status).toBe(200);
    expect((await asAdmin('DELETE', path(known!.id))).status).toBe(200);
    expect((await call('GET', '/users/me', undefined, colleague)).status).toBe(401);
  });

  test('alone may: customers and strangers may not', async () => {
    const { customer, token } = await desk.signedIn();
    expect((await call('DELETE', path(customer), undefined, { token })).code).toBe('FORBIDDEN');
    expect((await call('DELETE', path(customer))).code).toBe('SIGN_IN_REQUIRED');
    expect((await asAdmin('DELETE', path(randomUUID()))).code).toBe('NOT_FOUND');
  });
});
