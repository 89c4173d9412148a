/** How often one address may ask, by what it asks for; and that a stranger keeps nobody out of their account. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type DirectusServer } from '../../scripts/directus.ts';
import { freePort } from '../../scripts/postgres.ts';
import { anAddress, askFrom, type Asking, type Limited } from '../support/limited.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** A tenth of the limits, and less where that is still many. */
const SCALE = [
  '0.1',
  'login_account=0.2',
  'registration_account=0.2',
  'password_reset_account=0.2',
  'coupon_codes=0.05',
  'gift_cards=0.2',
  'payment_status=0.02',
  'search=0.01',
  'webhooks=0.005',
  'staff=0.002',
  'everything=0.01',
].join(',');

const METRICS_TOKEN = 'metrics-of-the-limits';
const PASSWORD = 'tulips-on-tuesday';

let server: TestServer;
/** On the same database: no proxy in front, so that nobody says where a request comes from. */
let bare: DirectusServer;
let unlimited: DirectusServer;

const aPort = async () => ({ PORT: String(await freePort()) });

beforeAll(async () => {
  server = await startServer({
    env: {
      RATE_LIMITS: 'on',
      RATE_LIMIT_SCALE: SCALE,
      IP_TRUST_PROXY: '1',
      STOREFRONT_CACHE: 'on',
      METRICS_ENABLED: 'true',
      METRICS_TOKENS: METRICS_TOKEN,
    },
  });
  const others = { ...server.env, JOBS: 'off' };
  await until('the storefront keeps answers', async () => {
    const { headers } = await ask('GET', '/store/categories');
    return headers.get('cache-status') === 'kontor; hit';
  });
  [bare, unlimited] = await Promise.all([
    startDirectus({ ...others, ...(await aPort()), IP_TRUST_PROXY: 'false' }),
    startDirectus({ ...others, ...(await aPort()), RATE_LIMITS: 'off' }),
  ]);
});
afterAll(async () => {
  await Promise.all([bare.stop(), unlimited.stop()]);
  await server.stop();
});

const ask = (method: string, path: string, asking: Asking = {}) =>
  askFrom(server.url, method, path, { from: anAddress(), ...asking });

async function anAccount(): Promise<string> {
  const email = `ada-${randomUUID()}@example.com`;
  const { status, text } = await ask('POST', '/store/auth/register', { body: { email, password: PASSWORD } });
  expect(status, text).toBe(201);
  return email;
}

const signIn = (email: string, password: string, from: string, path = '/store/auth/login') =>
  ask('POST', path, { from, body: { email, password } });

const anEmail = () => `${randomUUID()}@example.com`;
const LIMITED = { status: 429, code: 'RATE_LIMITED' };

type Try = (from: string, cart: { id: string; token: string }) => Promise<Limited>;

const cartOf = async () => {
  const { data } = await ask('POST', '/store/carts', { body: {} });
  return data as { id: string; token: string };
};

const onCart =
  (what: string): Try =>
  (from, { id, token }) =>
    ask('POST', `/store/carts/${id}/${what}`, {
      from,
      headers: { 'x-cart-token': token },
      body: { code: randomUUID() },
    });

const ORDER = '/store/orders/11111111-1111-4111-8111-111111111111';

describe('one address may ask so often, and then no more, for', () => {
  test.each<[name: string, most: number, before: number, one: Try]>([
    ['login', 3, 401, (from) => signIn(anEmail(), 'wrong', from)],
    ['login', 3, 401, (from) => signIn(anEmail(), 'wrong', from, '/auth/login')],
    [
      'registration',
      2,
      201,
      (from) => ask('POST', '/store/auth/register', { from, body: { email: anEmail(), password: PASSWORD } }),
    ],
    [
      'password_reset',
      2,
      204,
      (from) => ask('POST', '/auth/password/request', { from, body: { email: anEmail() } }),
    ],
    [
      'mailed_token',
      2,
      401,
      (from) => ask('POST', '/store/auth/verify', { from, body: { token: 'guessed' } }),
    ],
    [
      'notices',
      3,
      404,
      (from) =>
        ask('POST', '/store/stock/notices', { from, body: { variant: randomUUID(), email: anEmail() } }),
    ],
    ['coupon_codes', 1, 422, onCart('codes')],
    ['gift_cards', 2, 422, onCart('gift-cards')],
    [
      'gift_cards',
      2,
      422,
      (from) => ask('POST', '/store/gift-cards/balance', { from, body: { code: 'ABCD-EFGH-JKLM-NPQR' } }),
    ],
    ['checkout', 6, 400, (from) => ask('POST', `/store/carts/${randomUUID()}/complete`, { from, body: {} })],
    ['payments', 6, 404, (from) => ask('POST', `${ORDER}/pay`, { from, body: {} })],
    ['payment_status', 5, 404, (from) => ask('GET', `${ORDER}/payment`, { from })],
    ['search', 3, 200, (from) => ask('GET', `/store/search/suggest?q=${randomUUID()}`, { from })],
    ['search', 3, 200, (from) => ask('GET', `/items/products?search=${randomUUID()}`, { from })],
    ['webhooks', 3, 400, (from) => ask('POST', '/webhooks/stripe', { from, body: {} })],
    ['staff', 2, 401, (from) => ask('GET', '/staff/orders/attention', { from })],
    ['everything', 30, 200, (from) => ask('GET', '/store/payment-providers', { from })],
  ])('%s: %i', async (name, most, before, one) => {
    const cart = await cartOf();
    const from = anAddress();
    for (let count = 1; count <= most; count++) {
      const answer = await one(from, cart);
      expect(answer.status, `${count}: ${answer.text}`).toBe(before);
    }
    const refused = await one(from, cart);
    expect(refused).toMatchObject({ ...LIMITED, class: name });
    expect((await one(anAddress(), cart)).status).toBe(before);
  });
});

describe('signing in', () => {
  test('is refused to who guesses at one account, with the right password too, and not to its owner', async () => {
    const email = await anAccount();
    const stranger = anAddress();
    for (const path of ['/store/auth/login', '/auth/login']) {
      expect((await signIn(email.toUpperCase(), 'wrong', stranger, path)).status).toBe(401);
    }
    expect(await signIn(email, PASSWORD, stranger)).toMatchObject({ ...LIMITED, class: 'login_account' });
    expect((await signIn(email, PASSWORD, anAddress())).status).toBe(200);
  });

  test('stays possible to the owner, however many strangers guess from however many addresses', async () => {
    const email = await anAccount();
    // Directus would suspend the account after 25.
    for (let stranger = 0; stranger < 15; stranger++) {
      const from = anAddress();
      for (const guess of ['123456', 'password']) expect((await signIn(email, guess, from)).status).toBe(401);
    }
    expect((await signIn(email, PASSWORD, anAddress())).status).toBe(200);
    const user = await server.db('directus_users').where({ email }).first<{ status: string }>('status');
    expect(user).toEqual({ status: 'active' });
  });

  test('with the right password uses up little', async () => {
    const email = await anAccount();
    const from = anAddress();
    for (let count = 0; count < 8; count++) expect((await signIn(email, PASSWORD, from)).status).toBe(200);
  });

  test('by GraphQL is counted for each time a query does it', async () => {
    const one = 'auth_login(email: "a@example.com", password: "b") { access_token }';
    const query = `mutation { ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: ${one}`).join(' ')} }`;
    const headers = { authorization: `Bearer ${server.admin_token}` };
    expect(await ask('POST', '/graphql/system', { headers, body: { query } })).toMatchObject({
      ...LIMITED,
      class: 'login',
    });
    const body = { query: `mutation { ${one} }` };
    expect((await ask('POST', '/graphql/system', { headers, body })).status).toBe(200);
  });

  test('many wrong passwords at once are no more than one after the other', async () => {
    const from = anAddress();
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn(anEmail(), 'wrong', from)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17);
  });
});

test('one account is registered, or has its password asked for, only so often from one address', async () => {
  for (const [path, fields, of] of [
    ['/store/auth/register', { password: PASSWORD }, 'registration_account'],
    ['/auth/password/request', {}, 'password_reset_account'],
  ] as const) {
    const from = anAddress();
    const body = { email: anEmail(), ...fields };
    expect((await ask('POST', path, { from, body })).status).toBeLessThan(300);
    expect(await ask('POST', path, { from, body })).toMatchObject({ ...LIMITED, class: of });
    expect((await ask('POST', path, { body })).status).not.toBe(429);
  }
});

test('codes that a new cart brings along are tries as well', async () => {
  const from = anAddress();
  const body = { codes: ['GUESS'] };
  expect((await ask('POST', '/store/carts', { from, body })).status).toBe(422);
  expect(await ask('POST', '/store/carts', { from, body })).toMatchObject({
    ...LIMITED,
    class: 'coupon_codes',
  });
  expect((await ask('POST', '/store/carts', { from, body: {} })).status).toBe(201);
});

test('the login limit of Directus, which suspends accounts, is off', async () => {
  expect(await server.db('directus_settings').first('auth_login_attempts')).toEqual({
    auth_login_attempts: null,
  });
});

describe('an answer', () => {
  test('says what the limit is, how many are left, and until when', async () => {
    const from = anAddress();
    const search = () => ask('GET', `/store/products?q=${randomUUID()}`, { from });
    for (const left of [2, 1, 0]) {
      const { headers } = await search();
      expect(headers.get('ratelimit-policy')).toBe('"search";q=3;w=60');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"search";r=${left};t=([1-5]?\\d|60)$`));
    }
    const refused = await search();
    expect(refused.headers.get('ratelimit-policy')).toBe('"search";q=3;w=60');
    expect(refused.headers.get('ratelimit')).toMatch(/^"search";r=0;t=([1-5]?\d|60)$/);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(refused.text)).toEqual({
      errors: [
        {
          message: expect.stringContaining('Too many requests'),
          extensions: {
            code: 'RATE_LIMITED',
            class: 'search',
            retry_after_s: wait,
            request_id: refused.headers.get('x-request-id'),
          },
        },
      ],
    });
  });

  test('to a sign-in names both limits, by address and by account', async () => {
    const { headers } = await signIn(anEmail(), 'wrong', anAddress());
    expect(headers.get('ratelimit-policy')).toBe('"login";q=3;w=900, "login_account";q=2;w=900');
    expect(headers.get('ratelimit')).toMatch(/^"login";r=2;t=\d+, "login_account";r=1;t=\d+$/);
  });

  test('to a page of another origin can be read by it, and preflights are not counted', async () => {
    const from = anAddress();
    const origin = 'https://shop.example';
    const headers = { origin };
    for (let count = 0; count < 40; count++) {
      const preflight = await ask('OPTIONS', '/store/auth/login', {
        from,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(preflight.status).toBe(204);
    }
    const search = (path: string) => ask('GET', path + randomUUID(), { from, headers });
    for (const path of ['/store/products?q=', '/items/products?search=', '/store/products?q=']) {
      expect((await search(path)).status).toBe(200);
    }
    for (const path of ['/store/products?q=', '/items/products?search=']) {
      const refused = await search(path);
      expect(refused, path).toMatchObject(LIMITED);
      expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
      expect(refused.headers.get('access-control-allow-credentials')).toBe('true');
      const exposed = refused.headers.get('access-control-expose-headers')?.split(',');
      expect(exposed).toEqual(expect.arrayContaining(['Retry-After', 'RateLimit', 'RateLimit-Policy']));
      expect(refused.headers.get('vary')).toContain('Origin');
    }
  });
});

describe('what the storefront has kept', () => {
  test('is answered without counting, to who may not search any more too', async () => {
    const from = anAddress();
    const known = `/store/products?q=${randomUUID()}`;
    const others = [1, 2].map((each) => `/store/products?q=${randomUUID()}&limit=${each}`);
    for (const path of [known, ...others]) expect((await ask('GET', path, { from })).status).toBe(200);
    expect((await ask('GET', `/store/products?q=${randomUUID()}`, { from })).status).toBe(429);
    for (let count = 0; count < 40; count++) {
      const { status, headers } = await ask('GET', known, { from });
      expect([status, headers.get('cache-status')]).toEqual([200, 'kontor; hit']);
    }
  });

  test('is never a refusal: the same is answered to others, who ask then or at once', async () => {
    const from = anAddress();
    for (let count = 0; count < 3; count++) await ask('GET', `/store/products?q=${randomUUID()}`, { from });
    const path = `/store/products?q=${randomUUID()}`;
    expect(await ask('GET', path, { from })).toMatchObject(LIMITED);
    expect((await ask('GET', path)).status).toBe(200);
    const other = `/store/products?q=${randomUUID()}`;
    const asking = [from, ...Array.from({ length: 5 }, anAddress)].map((each) =>
      ask('GET', other, { from: each }),
    );
    const [, ...others] = await Promise.all(asking);
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('the address', () => {
  test('behind one proxy is the one the proxy has seen, whatever the client says', async () => {
    const from = anAddress();
    const spoofed = () => signIn(anEmail(), 'wrong', `${anAddress()}, ${from}`);
    for (let count = 0; count < 3; count++) expect((await spoofed()).status).toBe(401);
    expect(await spoofed()).toMatchObject(LIMITED);
  });

  test('without a proxy cannot be chosen', async () => {
    const login = () => ({ from: anAddress(), body: { email: anEmail(), password: 'wrong' } });
    const answers: number[] = [];
    while (!answers.includes(429) && answers.length < 10) {
      answers.push((await askFrom(bare.url, 'POST', '/store/auth/login', login())).status);
    }
    expect(answers).toEqual([401, 401, 401, 429]);
    const search = () => askFrom(bare.url, 'GET', `/store/products?q=${randomUUID()}`, { from: anAddress() });
    for (let count = 0; count < 3; count++) expect((await search()).status).toBe(200);
    expect(await search()).toMatchObject({ ...LIMITED, class: 'search' });
  });

  test('of IPv6 counts by its /64', async () => {
    const network = `2001:db8:${anAddress().split('.').slice(1, 3).join(':')}`;
    for (const host of ['1', '2', 'ffff:ffff:ffff:ffff']) {
      const from = host.includes(':') ? `${network}:${host}` : `${network}::${host}`;
      expect((await signIn(anEmail(), 'wrong', from)).status, from).toBe(401);
    }
    expect(await signIn(anEmail(), 'wrong', `${network}::7`)).toMatchObject(LIMITED);
    expect((await signIn(anEmail(), 'wrong', `${network.split(':', 3).join(':')}:ffff::7`)).status).toBe(401);
  });
});

test('metrics count what was refused, by class', async () => {
  const headers = { authorization: `Metrics ${METRICS_TOKEN}` };
  const counted = async () => {
    const { text } = await ask('GET', '/metrics', { headers });
    return Number(/^kontor_rate_limited_total\{class="staff"\} (\d+)$/m.exec(text)?.[1]);
  };
  const before = await counted();
  const from = anAddress();
  for (let count = 0; count < 5; count++) await ask('GET', '/staff/orders/attention', { from });
  expect(await counted()).toBe(before + 3);
});

test('with RATE_LIMITS=off nothing is refused, and the log says so at start, once', async () => {
  const from = anAddress();
  for (let count = 0; count < 20; count++) {
    const body = { email: 'nobody@example.com', password: 'wrong' };
    expect((await askFrom(unlimited.url, 'POST', '/auth/login', { from, body })).status).toBe(401);
  }
  expect(unlimited.words().match(/RATE_LIMITS=off/g)).toHaveLength(1);
  expect(server.directus.words()).not.toContain('RATE_LIMITS=off');
});

test('a factor for what is no class keeps the server from starting, and is named', async () => {
  const env = { ...server.env, JOBS: 'off', ...(await aPort()), RATE_LIMIT_SCALE: '1,logins=2' };
  await expect(startDirectus(env)).rejects.toThrow(/logins is none of login/);
});
