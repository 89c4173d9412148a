/** Sessions in cookies: which pages may change something with one, and that tokens in headers need no page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { browse, sessionDesk, type Desk, type SignedIn } from '../support/sessions.ts';
import { clientOf, type Call } from '../support/store-client.ts';

const STOREFRONT = 'https://storefront.example';

let server: TestServer;
let call: Call;
let desk: Desk;
beforeAll(async () => {
  const env = { CORS_ORIGIN: `${STOREFRONT},https://second.example`, PUBLIC_URL: 'https://shop.example' };
  server = await startServer({ env });
  call = clientOf(server.url);
  desk = sessionDesk(server, call);
});
afterAll(() => server.stop());

async function aBrowser(): Promise<SignedIn & { cookie: string }> {
  const signed_in = await desk.signedIn();
  return { ...signed_in, cookie: await desk.cookieOf(signed_in.email) };
}

const rename = (cookie: string, from: { origin?: string; referer?: string }) =>
  browse(`${server.url}/store/me`, { method: 'PATCH', cookie, body: { first_name: 'Mallory' }, ...from });

describe('with a cookie', () => {
  test.each([
    ['the storefront', { origin: STOREFRONT }],
    ['a second storefront', { origin: 'https://second.example' }],
    ['the shop itself', { origin: 'https://shop.example' }],
    ['a page of the storefront, by its address alone', { referer: `${STOREFRONT}/account?tab=1` }],
  ])('%s may change something', async (_what, from) => {
    const { cookie } = await aBrowser();
    expect(await rename(cookie, from)).toMatchObject({ status: 200, data: { first_name: 'Mallory' } });
  });

  test('a page at the address the request goes to may, by whatever name it is called', async () => {
    const { cookie } = await aBrowser();
    expect((await rename(cookie, { origin: server.url })).status).toBe(200);
  });

  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['the storefront without encryption', { origin: 'http://storefront.example' }],
    ['a site with a name that begins alike', { origin: `${STOREFRONT}.evil.example` }],
    ['a page of another site', { referer: `https://evil.example/${STOREFRONT}` }],
    ['a page that hides where it is', { origin: 'null' }],
    ['a page that hides its origin and names a good address', { origin: 'null', referer: `${STOREFRONT}/` }],
    ['nowhere', {}],
  ])('a request from %s changes nothing', async (_what, from) => {
    const { cookie, token } = await aBrowser();
    expect(await rename(cookie, from)).toMatchObject({ status: 403, code: 'ORIGIN_REFUSED' });
    expect((await desk.me(token)).data.first_name).toBeNull();
  });

  test('no other site ends or goes on with a session', async () => {
    const { cookie } = await aBrowser();
    for (const path of ['/auth/logout', '/auth/refresh', '/AUTH//logout']) {
      const attempt = { method: 'POST', cookie, body: { mode: 'session' }, origin: 'https://evil.example' };
      expect((await browse(`${server.url}${path}`, attempt)).code, path).toBe('ORIGIN_REFUSED');
    }
    expect((await browse(`${server.url}/store/me`, { cookie })).status).toBe(200);
  });

  test('no other site asks the generated API or GraphQL to change something', async () => {
    const { cookie } = await aBrowser();
    for (const [method, path] of [
      ['POST', '/items/wishlists'],
      ['DELETE', '/items/addresses/1'],
      ['POST', '/graphql'],
    ] as const) {
      const attempt = { method, cookie, body: {}, origin: 'https://evil.example' };
      expect((await browse(`${server.url}${path}`, attempt)).code, path).toBe('ORIGIN_REFUSED');
    }
  });

  test('reading needs no origin', async () => {
    const { cookie } = await aBrowser();
    expect((await browse(`${server.url}/store/me`, { cookie })).status).toBe(200);
    const search = { method: 'SEARCH', cookie, body: { query: { limit: 1 } } };
    expect((await browse(`${server.url}/items/products`, search)).code).not.toBe('ORIGIN_REFUSED');
  });
});

test('a cookie of a refresh token counts, too', async () => {
  const { email } = await desk.signedIn();
  const answer = await fetch(`${server.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'tulips-on-tuesday', mode: 'cookie' }),
  });
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('directus_refresh_token='))!;
  const refresh = { method: 'POST', cookie, body: { mode: 'cookie' } };
  const url = `${server.url}/auth/refresh`;
  expect((await browse(url, { ...refresh, origin: 'https://evil.example' })).code).toBe('ORIGIN_REFUSED');
  expect((await browse(url, { ...refresh, origin: STOREFRONT })).status).toBe(200);
});

test('a token in a header needs no origin, whatever cookies come along', async () => {
  const { cookie, token } = await aBrowser();
  const body = { first_name: 'Ada' };
  expect((await call('PATCH', '/store/me', body, { token })).status).toBe(200);
  const answer = await fetch(`${server.url}/store/me`, {
    method: 'PATCH',
    headers: {
      cookie: cookie.split(';', 1)[0]!,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
});

test('a header that is no token does not stand in for an origin, nor does one where the cookie counts all the same', async () => {
  const { cookie, token } = await aBrowser();
  const ask = async (method: string, path: string, authorization: string) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        cookie: cookie.split(';', 1)[0]!,
        authorization,
        origin: 'https://evil.example',
        'content-type': 'application/json',
      },
      body: '{"mode":"session"}',
    });
    return answer.status;
  };
  expect(await ask('PATCH', '/store/me', 'Basic eDp4')).toBe(403);
  expect(await ask('POST', '/auth/refresh', `Bearer ${token}`)).toBe(403);
  expect(await ask('POST', '/Auth//logout', `Bearer ${token}`)).toBe(403);
  expect((await browse(`${server.url}/store/me`, { cookie })).status).toBe(200);
});

test('cookies that sign nobody in need no origin', async () => {
  const answer = await browse(`${server.url}/store/carts`, {
    method: 'POST',
    cookie: 'theme=dark',
    body: {},
  });
  expect(answer.status).toBe(201);
});

test('cookies of a shop at https are for https only, out of scripts’ reach, and stay on the site', async () => {
  const { cookie } = await aBrowser();
  expect(cookie).toMatch(/; HttpOnly(;|$)/);
  expect(cookie).toMatch(/; Secure(;|$)/);
  expect(cookie).toMatch(/; SameSite=Lax(;|$)/);
});

test('the admin app goes on working: it signs in, saves, refreshes and signs out by its cookie', async () => {
  const email = 'admin-by-cookie@example.com';
  const admin = await server.db('directus_roles').where({ name: 'Administrator' }).first();
  const user = { email, password: 'tulips-on-tuesday', role: admin.id, status: 'active' };
  expect((await call('POST', '/users', user, { token: server.admin_token })).status).toBe(200);
  const cookie = await desk.cookieOf(email);
  const from = { cookie, origin: server.url };
  const save = { method: 'PATCH', body: { first_name: 'Grace' }, ...from };
  expect((await browse(`${server.url}/users/me`, save)).status).toBe(200);
  const colleague = { email: 'colleague@example.com', role: ROLES.order_staff };
  expect((await browse(`${server.url}/users`, { method: 'POST', body: colleague, ...from })).status).toBe(
    200,
  );
  const refresh = { method: 'POST', body: { mode: 'session' }, ...from };
  expect((await browse(`${server.url}/auth/refresh`, refresh)).status).toBe(200);
  expect((await browse(`${server.url}/auth/logout`, refresh)).status).toBe(204);
});
