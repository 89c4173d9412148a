/** What answers tell browsers about themselves, whoever gives them; and what a file somebody uploaded may do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, CACHING, untilHit, untilKeeping } from '../support/storefront.ts';
import { startServer, type TestServer } from '../support/server.ts';

const DATA = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    env: {
      ...CACHING,
      SERVE_APP: 'true',
      PUBLIC_URL: 'https://shop.example',
      IP_TRUST_PROXY: '127.0.0.1',
    },
  });
  await untilKeeping(server.url);
});
afterAll(() => server?.stop());

const at = (path: string, headers = {}) => ask(`${server.url}${path}`, { headers });

describe('data', () => {
  test.each([
    '/store/products',
    '/store/products?limit=none',
    '/store/cart',
    '/items/products',
    '/items/orders',
    '/nothing',
    '/server/ping',
    '/server/health',
    '/docs/openapi.json',
    '/auth/providers',
  ])('at %s may do nothing, and is read by encryption alone', async (path) => {
    const { headers } = await at(path);
    const expected = path.startsWith('/docs') ? { 'x-content-type-options': 'nosniff' } : DATA;
    expect(headers).toMatchObject({ ...expected, 'strict-transport-security': 'max-age=31536000' });
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers['x-request-id']).toMatch(/^[\w.:-]{1,64}$/);
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  test('says the same when it is kept', async () => {
    const { headers } = await untilHit(`${server.url}/store/categories`);
    expect(headers).toMatchObject({ ...DATA, 'strict-transport-security': 'max-age=31536000' });
  });

  test('of a request that was refused says which request it was', async () => {
    for (const path of [
      '/store/orders/x',
      '/store/products?limit=none',
      '/nothing',
      '/items/orders',
      '/utils/random/string',
    ]) {
      const { status, text, headers } = await at(path, { 'x-request-id': 'proxy-17' });
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(headers['x-request-id'], path).toBe('proxy-17');
      expect(JSON.parse(text).errors[0].extensions.request_id, path).toBe('proxy-17');
    }
  });

  test('keeps no id that is none', async () => {
    for (const path of ['/store/products', '/items/orders']) {
      const { headers } = await at(path, { 'x-request-id': '<b>no</b>' });
      expect(headers['x-request-id']).not.toContain('<');
    }
  });
});

describe('pages', () => {
  test('of the admin app run their own scripts, and talk to this server alone', async () => {
    const { headers } = await at('/admin/login');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self' 'unsafe-eval'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toMatch(/img-src 'self' data: blob:(;|$)/);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
  });

  test('of the documents keep their own policy', async () => {
    const { headers } = await at('/docs');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

test('behind https, sessions travel by it alone', async () => {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = server.env;
  const response = await fetch(`${server.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: String(password).replace('string:', ''), mode: 'session' }),
  });
  expect(response.status).toBe(200);
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/Secure/i);
  expect(cookie).toMatch(/SameSite=/i);
});

describe('a file', () => {
  const headers = () => ({ authorization: `Bearer ${server.admin_token}` });
  async function upload(name: string, type: string, content: string): Promise<string> {
    const form = new FormData();
    form.set('file', new Blob([content], { type }), name);
    const response = await fetch(`${server.url}/files`, { method: 'POST', headers: headers(), body: form });
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: { id: string } }).data.id;
  }

  test.each([
    ['page.html', 'text/html', '<script>alert(1)</script>', 'attachment', 'sandbox'],
    [
      'page.xhtml',
      'application/xhtml+xml',
      '<html xmlns="http://www.w3.org/1999/xhtml"/>',
      'attachment',
      'sandbox',
    ],
    ['script.js', 'text/javascript', 'alert(1)', 'attachment', 'sandbox'],
    [
      'drawing.svg',
      'image/svg+xml',
      '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
      'inline',
      'sandbox',
    ],
    ['notes.txt', 'text/plain', 'notes', 'inline', 'sandbox'],
    ['invoice.pdf', 'application/pdf', '%PDF-1.4', 'inline', "frame-ancestors 'self'"],
  ])('%s of the type %s runs nothing', async (name, type, content, disposition, policy) => {
    const id = await upload(name, type, content);
    const answer = await at(`/assets/${id}`, headers());
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(answer.headers['content-disposition']).toMatch(new RegExp(`^${disposition}; filename="${name}"`));
    const said = String(answer.headers['content-security-policy']);
    expect(said).toContain("default-src 'none'");
    expect(said).toContain(policy);
    expect(said).not.toContain('script-src');
  });
});
