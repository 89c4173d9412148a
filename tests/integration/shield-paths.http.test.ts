/** Doors: every path Directus has is decided, and who may not pass one is answered before Directus. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathTable } from '../../extensions/commerce-api/src/shield/path-table.ts';
import { PATHS } from '../../extensions/commerce-api/src/shield/paths.ts';
import { runDirectus } from '../../scripts/directus.ts';
import { ROLES } from '../../seeds/access/ids.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aCustomer, clientOf, send, type Call } from '../support/store-client.ts';

let server: TestServer;
let call: Call;
let shopper: string;
const STAFF = 'token-of-staff';

beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
  ({ token: shopper } = await aCustomer(call));
  await server.db('directus_users').insert({
    id: randomUUID(),
    email: 'staff@example.com',
    status: 'active',
    role: ROLES.order_staff,
    token: STAFF,
  });
});
afterAll(() => server.stop());

/** All that can be switched on: what a later release or a setting opens is decided beforehand. */
const EVERYTHING = {
  TUS_ENABLED: 'true',
  MCP_ENABLED: 'true',
  AI_ENABLED: 'true',
  METRICS_ENABLED: 'true',
  OPENAPI_ENABLED: 'true',
  GRAPHQL_INTROSPECTION: 'true',
  JOBS: 'off',
  AUTH_PROVIDERS: 'oauth',
  AUTH_OAUTH_DRIVER: 'oauth2',
  AUTH_OAUTH_CLIENT_ID: 'x',
  AUTH_OAUTH_CLIENT_SECRET: 'x',
  AUTH_OAUTH_AUTHORIZE_URL: 'http://127.0.0.1/a',
  AUTH_OAUTH_ACCESS_URL: 'http://127.0.0.1/b',
  AUTH_OAUTH_PROFILE_URL: 'http://127.0.0.1/c',
};

/** Parameters become some value, whatever expression they carry; optional ones are left out. */
function sampleOf(path: string): string {
  return path.replace(/\/:\w+\?/g, '').replace(/:\w+(\(.*?\)(?=\/|$))?/g, 'x');
}

test('every route of Directus has a row in the table of paths', async () => {
  const file = join(tmpdir(), `kontor-routes-${process.pid}.txt`);
  const env = { ...server.env, ...EVERYTHING };
  const script = new URL('../support/directus-routes.ts', import.meta.url).pathname;
  await runDirectus([file], env, script);
  const routes = readFileSync(file, 'utf8').split('\n');
  rmSync(file);
  expect(routes.length).toBeGreaterThan(250);

  const undecided = routes.filter((line) => {
    const [method = '', path = ''] = line.split(' ');
    // HEAD goes with GET, OPTIONS with whatever else a path answers.
    const meant = { ANY: 'POST', HEAD: 'GET', OPTIONS: 'GET' }[method] ?? method;
    return !isNamed(meant, sampleOf(path));
  });
  expect(undecided).toEqual([]);
});

/** Whether a row names both; a path that is known by other methods only is closed by nobody's decision. */
function isNamed(method: string, path: string): boolean {
  return PATHS.some(
    (row) => row[1].split(' ').includes(method) && pathTable([row])(method, path) !== 'unknown',
  );
}

describe('a path is closed', () => {
  const body = {};
  test.each([
    ['GET', '/users', [403, 403, 200]],
    ['GET', '/activity', [403, 403, 200]],
    ['GET', '/settings', [403, 403, 200]],
    ['GET', '/collections', [403, 403, 200]],
    ['GET', '/utils/random/string', [403, 403, 200]],
    ['SEARCH', '/items/products', [403, 403, 200]],
    ['POST', '/utils/cache/clear', [403, 403, 403]],
    ['POST', '/items/tags', [403, 403, 403]],
    ['POST', '/users/register', [403, 403, 403]],
    ['POST', '/server/setup', [403, 403, 403]],
    ['GET', '/server/specs/oas', [403, 403, 403]],
    ['POST', '/shares/auth', [403, 403, 403]],
    ['POST', '/files/tus', [403, 403, 403]],
    ['POST', '/mcp', [403, 403, 403]],
    ['POST', '/ai/chat', [403, 403, 403]],
    ['GET', '/schema/snapshot', [403, 403, 403]],
    ['GET', '/extensions/registry', [403, 403, 403]],
    ['POST', '/deployments/webhooks/vercel', [403, 403, 403]],
    ['GET', '/nothing/here', [404, 404, 404]],
    ['GET', '/graphql/other', [404, 404, 404]],
  ])('%s %s for strangers, shoppers and staff: %j', async (method, path, expected) => {
    const answers = [];
    for (const token of [undefined, shopper, STAFF]) {
      answers.push((await call(method, path, method === 'GET' ? undefined : body, { token })).status);
    }
    expect(answers).toEqual(expected);
  });

  test('to administrators where nobody is meant', async () => {
    for (const path of ['/users/register', '/server/setup', '/shares', '/mcp']) {
      const answer = await call('POST', path, {}, { token: server.admin_token });
      expect(answer, path).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    }
  });
});

describe('methods', () => {
  test('other than those of HTTP APIs are refused', async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      const asked = request(server.url, { method: 'TRACE' }, (res) => {
        res.resume();
        resolve(res.statusCode ?? 0);
      });
      asked.on('error', reject).end();
    });
    expect(answer).toBe(405);
  });

  test('a preflight is answered', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'PATCH' };
    const { status } = await fetch(`${server.url}/items/wishlists`, { method: 'OPTIONS', headers });
    expect(status).toBe(204);
  });
});

describe('what is refused before Directus has said who may read answers', () => {
  const origin = 'https://shop.example';

  test.each([
    [403, 'GET', '/users', undefined],
    [404, 'GET', '/no-such-door', undefined],
    [405, 'PURGE', '/store/products', undefined],
    [413, 'POST', '/auth/login', 'x'.repeat(20_000)],
    [400, 'GET', '/items/products?limit=501', undefined],
  ])('%i could not be read by a page of another origin: %s %s', async (status, method, path, body) => {
    const headers = { origin, 'content-type': 'application/json' };
    const answer = await fetch(server.url + path, { method, headers, ...(body && { body }) });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toContain('Origin');
    const { errors } = (await answer.json()) as { errors: { extensions: { request_id: string } }[] };
    expect(errors[0]!.extensions.request_id).toBe(answer.headers.get('x-request-id'));
  });
});

describe('/server/health', () => {
  test('tells strangers, shoppers and staff one word, and administrators each check', async () => {
    for (const token of [undefined, shopper, STAFF]) {
      expect((await call('GET', '/server/health', undefined, { token })).text).toBe('{"status":"ok"}');
    }
    const { status, text } = await call('GET', '/server/health', undefined, { token: server.admin_token });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toHaveProperty('checks');
  });
});

describe('flows', () => {
  async function aFlow(trigger: string, options: object): Promise<string> {
    const id = randomUUID();
    const keys = { token: server.admin_token };
    await call('POST', '/flows', { id, name: trigger, status: 'active', trigger, options }, keys);
    return id;
  }

  test('that begin with a webhook are for anybody, those that are buttons for the admin app', async () => {
    const hook = await aFlow('webhook', { method: 'POST' });
    const button = await aFlow('manual', { collections: ['products'], requireSelection: false });
    const body = { collection: 'products', keys: [] };
    for (const token of [undefined, shopper]) {
      expect((await call('POST', `/flows/trigger/${hook}`, body, { token })).status).toBe(200);
      expect((await call('POST', `/flows/trigger/${button}`, body, { token })).status).toBe(403);
      expect((await call('POST', `/flows//trigger/${button}/`, body, { token })).status).toBe(403);
      expect((await call('POST', `/flows/trigger/${randomUUID()}`, body, { token })).status).toBe(403);
    }
    for (const token of [STAFF, server.admin_token]) {
      expect((await call('POST', `/flows/trigger/${button}`, body, { token })).status).toBe(200);
    }
  });
});

test('a token that is none does not open a door', async () => {
  const headers = { authorization: 'Bearer nonsense' };
  expect((await send(`${server.url}/users`, { headers })).status).toBe(401);
});
