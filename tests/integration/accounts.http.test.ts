/** Accounts over HTTP on a running Directus: registering, signing in and out, proving a mailbox, the profile, addresses. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { startServer } from '../support/server.ts';
import { withoutRequestId } from '../support/store-client.ts';

interface Reply {
  status: number;
  data: Record<string, unknown>;
  code: string | undefined;
  errors: unknown;
}

const PASSWORD = 'tulips-on-tuesday';
const ADDRESS = { full_name: 'Ada Lovelace', line1: '12 St James’s Sq', city: 'London', country: 'GB' };

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = withoutRequestId(await answer.text());
  const json = (text ? JSON.parse(text) : {}) as {
    data?: Record<string, unknown>;
    errors?: { extensions: { code: string } }[];
  };
  return {
    status: answer.status,
    data: json.data ?? {},
    code: json.errors?.[0]?.extensions.code,
    errors: json.errors,
  };
}

const post = (path: string, body: unknown, token?: string) => call('POST', `/store${path}`, body, token);
const get = (path: string, token?: string) => call('GET', `/store${path}`, undefined, token);
const anEmail = () => `ada-${randomUUID()}@example.com`;
const login = (email: string, password = PASSWORD) => post('/auth/login', { email, password });

async function aCustomer(): Promise<{ email: string; token: string; refresh_token: string }> {
  const email = anEmail();
  const { data } = await post('/auth/register', { email, password: PASSWORD });
  return { email, token: String(data['access_token']), refresh_token: String(data['refresh_token']) };
}

/** The code in the newest verification mail to this address that is not one of `known`. */
async function mailedCode(email: string, known: string[] = []): Promise<string> {
  const find = (text: string) => /[A-Za-z0-9_-]{43}/.exec(text)?.[0];
  const mail = await server.inbox.waitFor(({ to, subject, text }) => {
    const code = find(text);
    return to.includes(email) && subject.startsWith('Confirm') && code !== undefined && !known.includes(code);
  });
  return find(mail.text)!;
}

async function requireVerifiedEmails<Result>(work: () => Promise<Result>): Promise<Result> {
  const set = (value: boolean) =>
    server.db.raw('update shop_settings set require_verified_email = ?', [value]);
  await set(true);
  try {
    return await work();
  } finally {
    await set(false);
  }
}

async function aGuestOrder(email: string): Promise<string> {
  const placed = await row<{ id: string }>(
    server.db,
    `insert into orders (number, email, currency, subtotal_minor, total_minor) values (?, ?, 'USD', 100, 100) returning id`,
    [`T-${randomUUID().slice(0, 8)}`, email],
  );
  return placed!.id;
}

const ownerOf = (order: string) =>
  row<{ email: string | null }>(
    server.db,
    'select c.email from orders o left join customers c on c.id = o.customer where o.id = ?',
    [order],
  );

describe('registering', () => {
  test('signs a new customer in at once, with a profile of their own', async () => {
    const email = anEmail();
    const registered = await post('/auth/register', {
      email: email.toUpperCase(),
      password: PASSWORD,
      first_name: ' Ada ',
      locale: 'en-GB',
    });
    expect(registered.status).toBe(201);
    expect(registered.data['cart']).toBeNull();
    const me = await get('/me', String(registered.data['access_token']));
    expect(me.data).toMatchObject({
      email,
      first_name: 'Ada',
      last_name: null,
      locale: 'en-GB',
      accepts_marketing: false,
      email_verified: false,
    });
    expect((await login(email)).status).toBe(200);
  });

  test('an address in use is refused, however it is written, and its password stays', async () => {
    const { email } = await aCustomer();
    const again = await post('/auth/register', {
      email: email.toUpperCase(),
      password: 'another-password-1',
    });
    expect([again.status, again.code]).toEqual([409, 'EMAIL_TAKEN']);
    expect((await login(email)).status).toBe(200);
  });

  test('an administrator’s address cannot be taken over', async () => {
    const admin = await row<{ email: string }>(
      server.db,
      `select u.email from directus_users u join directus_access a on a.role = u.role
       join directus_policies p on p.id = a.policy where p.admin_access and u.email is not null limit 1`,
    );
    const before = await row(server.db, 'select password, status from directus_users where email = ?', [
      admin!.email,
    ]);
    const attempt = { email: admin!.email, password: PASSWORD };
    expect((await post('/auth/register', attempt)).code).toBe('EMAIL_TAKEN');
    expect((await requireVerifiedEmails(() => post('/auth/register', attempt))).status).toBe(202);
    expect(
      await row(server.db, 'select password, status from directus_users where email = ?', [admin!.email]),
    ).toEqual(before);
  });

  test('ten registrations of one address at the same moment make one account', async () => {
    const email = anEmail();
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => post('/auth/register', { email, password: PASSWORD })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    expect(await rows(server.db, 'select 1 from customers where email = ?', [email])).toHaveLength(1);
  });

  test.each([
    ['short', 'too_short'],
    ['password123', 'too_common'],
    ['ada@example.com', 'is_your_email'],
    ['x'.repeat(257), 'too_long'],
  ])('the password %s is refused: %s', async (password, reason) => {
    const { status, errors } = await post('/auth/register', { email: 'ada@example.com', password });
    expect(status).toBe(422);
    expect(errors).toMatchObject([{ extensions: { code: 'WEAK_PASSWORD', reason } }]);
  });

  test.each([
    [{ password: PASSWORD }, 'email'],
    [{ email: 'nobody', password: PASSWORD }, 'email'],
    [{ email: 'a@example.com' }, 'password'],
    [{ email: 'a@example.com', password: 12345678 }, 'password'],
    [{ email: 'a@example.com', password: PASSWORD, role: randomUUID() }, 'role'],
    [{ email: 'a@example.com', password: PASSWORD, first_name: 'A\u0000' }, 'first_name'],
    [{ email: 'a@example.com', password: PASSWORD, cart: { id: 'x', token: 'y' } }, 'cart.id'],
  ])('%j is refused at %s', async (body, path) => {
    const { status, errors } = await post('/auth/register', body);
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_PAYLOAD', path } }]);
  });
});

describe('a shop that requires verified addresses', () => {
  test('answers a new, an unproven and a known address alike, and tells the owner by mail', async () => {
    const { email: known } = await aCustomer();
    const fresh = anEmail();
    await requireVerifiedEmails(async () => {
      const register = (email: string) => post('/auth/register', { email, password: 'another-password-1' });
      const replies = [await register(fresh), await register(fresh), await register(known)];
      for (const reply of replies) {
        expect(reply).toEqual({
          status: 202,
          data: { status: 'check_your_mail' },
          code: undefined,
          errors: undefined,
        });
      }
    });
    await server.inbox.waitFor(
      ({ to, subject }) => to.includes(known) && subject.startsWith('You already have'),
    );
    expect((await login(known)).status).toBe(200);
  });

  test('nobody gets in before the mailbox is proven, by Kontor’s sign-in or by Directus’', async () => {
    const email = anEmail();
    await requireVerifiedEmails(async () => {
      await post('/auth/register', { email, password: PASSWORD });
      const code = await mailedCode(email);
      expect((await login(email)).code).toBe('INVALID_CREDENTIALS');
      expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).not.toBe(200);
      expect((await post('/auth/verify', { token: code })).data).toEqual({ status: 'verified' });
      const { status, data } = await login(email);
      expect(status).toBe(200);
      expect((await get('/me', String(data['access_token']))).data['email_verified']).toBe(true);
    });
  });

  test('a stranger who registers first keeps neither the password nor the mailed link', async () => {
    const email = anEmail();
    await requireVerifiedEmails(async () => {
      await post('/auth/register', { email, password: 'the-strangers-one', first_name: 'Mallory' });
      const first = await mailedCode(email);
      await post('/auth/register', { email, password: PASSWORD, first_name: 'Ada' });
      const second = await mailedCode(email, [first]);
      expect((await post('/auth/verify', { token: first })).code).toBe('INVALID_TOKEN');
      expect((await post('/auth/verify', { token: second })).status).toBe(200);
      expect((await login(email, 'the-strangers-one')).code).toBe('INVALID_CREDENTIALS');
      const { data } = await login(email);
      expect((await get('/me', String(data['access_token']))).data['first_name']).toBe('Ada');
    });
  });

  test('a suspended account stays suspended', async () => {
    const { email } = await aCustomer();
    await server.db.raw(`update directus_users set status = 'suspended' where email = ?`, [email]);
    await requireVerifiedEmails(() => post('/auth/register', { email, password: 'another-password-1' }));
    expect((await login(email, 'another-password-1')).code).toBe('INVALID_CREDENTIALS');
    expect((await login(email)).code).toBe('INVALID_CREDENTIALS');
  });
});

describe('proving a mailbox', () => {
  test('works once', async () => {
    const { email, token } = await aCustomer();
    const code = await mailedCode(email);
    const attempts = await Promise.all([1, 2, 3].map(() => post('/auth/verify', { token: code })));
    expect(attempts.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await get('/me', token)).data['email_verified']).toBe(true);
  });

  test('does not work after seven days, nor with a made-up token', async () => {
    const { email } = await aCustomer();
    const code = await mailedCode(email);
    await server.db.raw(
      `update commerce.email_tokens set expires_at = expires_at - interval '7 days'
       where "user" = (select id from directus_users where email = ?)`,
      [email],
    );
    expect((await post('/auth/verify', { token: code })).code).toBe('INVALID_TOKEN');
    expect((await post('/auth/verify', { token: 'a'.repeat(43) })).code).toBe('INVALID_TOKEN');
  });

  test('guest orders under the address join the account then, not before, and nobody else’s do', async () => {
    const email = anEmail();
    const [mine, other] = [await aGuestOrder(email.toUpperCase()), await aGuestOrder(anEmail())];
    await post('/auth/register', { email, password: PASSWORD });
    expect((await ownerOf(mine))?.email).toBeNull();
    await post('/auth/verify', { token: await mailedCode(email) });
    expect((await ownerOf(mine))?.email).toBe(email);
    expect((await ownerOf(other))?.email).toBeNull();
  });
});

describe('signing in and out', () => {
  test('an unknown address, a wrong password and a suspended account get the same answer', async () => {
    const [ada, ben] = [await aCustomer(), await aCustomer()];
    await server.db.raw(`update directus_users set status = 'suspended' where email = ?`, [ben.email]);
    const replies = [
      await login(anEmail()),
      await login(ada.email, 'wrong-password'),
      await login(ben.email),
    ];
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    expect(replies[0]).toMatchObject({ status: 401, code: 'INVALID_CREDENTIALS' });
  });

  test('a suspended customer is nobody at once, while the access token still lives', async () => {
    const { email, token } = await aCustomer();
    await server.db.raw(`update directus_users set status = 'suspended' where email = ?`, [email]);
    expect((await get('/me', token)).code).toBe('INVALID_CREDENTIALS');
  });

  test('a refresh token works once', async () => {
    const { refresh_token } = await aCustomer();
    const refreshed = await post('/auth/refresh', { refresh_token });
    expect(refreshed.status).toBe(200);
    expect(Object.keys(refreshed.data).sort()).toEqual(['access_token', 'expires', 'refresh_token']);
    expect((await get('/me', String(refreshed.data['access_token']))).status).toBe(200);
    expect((await post('/auth/refresh', { refresh_token })).code).toBe('INVALID_TOKEN');
    expect((await post('/auth/refresh', { refresh_token: refreshed.data['refresh_token'] })).status).toBe(
      200,
    );
  });

  test('signing out kills the refresh token and may be repeated', async () => {
    const { refresh_token } = await aCustomer();
    expect((await post('/auth/logout', { refresh_token })).status).toBe(204);
    expect((await post('/auth/logout', { refresh_token })).status).toBe(204);
    expect((await post('/auth/refresh', { refresh_token })).code).toBe('INVALID_TOKEN');
  });

  test('a guest’s cart becomes the customer’s and its token is dead', async () => {
    const guest = (await post('/carts', {})).data as { id: string; token: string };
    const email = anEmail();
    const { status, data } = await post('/auth/register', {
      email,
      password: PASSWORD,
      cart: { id: guest.id, token: guest.token },
    });
    expect(status).toBe(201);
    const cart = await get(`/carts/${String(data['cart'])}`, String(data['access_token']));
    expect(cart.status).toBe(200);
    const asGuest = await fetch(`${server.url}/store/carts/${guest.id}`, {
      headers: { 'x-cart-token': guest.token },
    });
    expect(asGuest.status).toBe(404);
  });

  test('a cart that is somebody else’s is not merged, and keeps nobody out', async () => {
    const { email } = await aCustomer();
    const guest = (await post('/carts', {})).data as { id: string; token: string };
    const cart = { id: guest.id, token: 'not-the-token' };
    const { status, data } = await post('/auth/login', { email, password: PASSWORD, cart });
    expect([status, data['cart']]).toEqual([200, null]);
    const asGuest = await fetch(`${server.url}/store/carts/${guest.id}`, {
      headers: { 'x-cart-token': guest.token },
    });
    expect(asGuest.status).toBe(200);
  });

  test('a user made in the admin app becomes a customer on the first sign-in', async () => {
    const { email, token } = await aCustomer();
    await server.db.raw('delete from customers where email = ?', [email]);
    expect((await get('/me', token)).code).toBe('SIGN_IN_REQUIRED');
    const { data } = await login(email);
    expect((await get('/me', String(data['access_token']))).data['email']).toBe(email);
  });
});

describe('the profile', () => {
  test('changes what is given and leaves the rest; the names show in the admin app too', async () => {
    const { email, token } = await aCustomer();
    await call('PATCH', '/store/me', { first_name: 'Ada', phone: '+44 20 1234' }, token);
    const { status, data } = await call('PATCH', '/store/me', { last_name: 'King', phone: null }, token);
    expect(status).toBe(200);
    expect(data).toMatchObject({ email, first_name: 'Ada', last_name: 'King', phone: null });
    expect(await get('/me', token)).toMatchObject({ data });
    expect(
      await row(server.db, 'select first_name, last_name from directus_users where email = ?', [email]),
    ).toEqual({
      first_name: 'Ada',
      last_name: 'King',
    });
  });

  test.each([
    [{ email: 'x@example.com' }],
    [{ group: randomUUID() }],
    [{ email_verified: true }],
    [{ locale: 'x_y' }],
  ])('%j cannot be changed by the customer', async (body) => {
    const { token } = await aCustomer();
    expect((await call('PATCH', '/store/me', body, token)).code).toBe('INVALID_PAYLOAD');
  });

  test('is for the signed-in', async () => {
    expect((await get('/me')).code).toBe('SIGN_IN_REQUIRED');
    expect((await get('/me/addresses')).code).toBe('SIGN_IN_REQUIRED');
  });
});

describe('the address book', () => {
  test('keeps one default for shipping and one for billing', async () => {
    const { token } = await aCustomer();
    const add = (body: object) => post('/me/addresses', { ...ADDRESS, ...body }, token);
    const first = await add({ is_default_shipping: true, is_default_billing: true });
    expect(first.status).toBe(201);
    const second = await add({ line1: 'Elsewhere 2', is_default_shipping: true });
    const list = (await get('/me/addresses', token)).data as unknown as Record<string, unknown>[];
    expect(list.map((each) => [each['id'], each['is_default_shipping'], each['is_default_billing']])).toEqual(
      [
        [second.data['id'], true, false],
        [first.data['id'], false, true],
      ],
    );
  });

  test('stays consistent when many claim the default at the same moment', async () => {
    const { token } = await aCustomer();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => post('/me/addresses', { ...ADDRESS, is_default_billing: true }, token)),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(201));
    const list = (await get('/me/addresses', token)).data as unknown as Record<string, unknown>[];
    expect(list.filter((each) => each['is_default_billing'])).toHaveLength(1);
  });

  test('changes what is given, clears what is null, and forgets what is deleted', async () => {
    const { token } = await aCustomer();
    const { data } = await post(
      '/me/addresses',
      { ...ADDRESS, company: 'Analytical Ltd', region: '' },
      token,
    );
    expect(data).toMatchObject({ company: 'Analytical Ltd', region: null, is_default_shipping: false });
    const path = `/store/me/addresses/${String(data['id'])}`;
    const patched = await call('PATCH', path, { company: null, city: 'Bath' }, token);
    expect(patched.data).toEqual({ ...data, company: null, city: 'Bath' });
    expect((await call('DELETE', path, undefined, token)).status).toBe(204);
    expect((await call('DELETE', path, undefined, token)).code).toBe('NOT_FOUND');
  });

  test('of somebody else is not found', async () => {
    const [ada, ben] = [await aCustomer(), await aCustomer()];
    const { data } = await post('/me/addresses', ADDRESS, ada.token);
    const path = `/store/me/addresses/${String(data['id'])}`;
    expect((await call('PATCH', path, { city: 'Bath' }, ben.token)).code).toBe('NOT_FOUND');
    expect((await call('DELETE', path, undefined, ben.token)).code).toBe('NOT_FOUND');
    expect((await get('/me/addresses', ben.token)).data).toEqual([]);
    expect(await get('/me/addresses', ada.token)).toMatchObject({ data: [data] });
  });

  test('is not endless', async () => {
    const { email, token } = await aCustomer();
    await server.db.raw(
      `insert into addresses (customer, full_name, line1, city, country)
       select c.id, 'A', 'B', 'C', 'DE' from customers c, generate_series(1, 100) where c.email = ?`,
      [email],
    );
    expect((await post('/me/addresses', ADDRESS, token)).code).toBe('ADDRESS_LIMIT');
  });
});
