/** What stands in front of Directus: doors that are closed, and questions Postgres cannot answer. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import { startDirectus } from '../../scripts/directus.ts';
import { freePort } from '../../scripts/postgres.ts';
import { aStaffToken, aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aCustomer, clientOf, send, type Call } from '../support/store-client.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
});
afterAll(() => server.stop());

const ASKED_FOR_SYSTEM = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ server_ping }' }),
};

/** Sends a request line as it stands. @returns the line of the answer that says its status */
function statusLine(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', reject).on('close', () => resolve(text.split('\r\n')[0] ?? ''));
  });
}

test.each(['http://[::1/', 'http://', '*', '/%', '//[', 'x'])(
  'the request target %s is refused, and the next request is answered',
  async (target) => {
    expect(await statusLine(server.url, `GET ${target}`)).toBe('HTTP/1.1 400 Bad Request');
    expect((await fetch(`${server.url}/server/ping`)).status).toBe(200);
  },
);

test('a process whose shield cannot be mounted ends, and says so', async () => {
  const env = { ...server.env, PORT: String(await freePort()), PUBLIC_PATHS: 'no path' };
  await expect(startDirectus(env)).rejects.toThrow('The shield could not be mounted');
});

describe('system routes', () => {
  test.each([
    ['nothing', {}],
    ['a header that proves nobody', { authorization: 'Basic eDp4' }],
    ['some cookie', { cookie: 'a=b' }],
  ])('are closed to a stranger with %s', async (_what, headers) => {
    for (const path of [
      '/utils/random/string',
      '/UTILS/random/string',
      '/utils/random/string?access_token=',
    ]) {
      expect(await send(`${server.url}${path}`, { headers }), path).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
      });
    }
    const hash = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"string":"a"}',
    };
    expect((await send(`${server.url}/utils/hash/generate`, hash)).status).toBe(403);
  });

  test.each(['/graphql/system', '/graphql//system', '/graphql/system/', '/GraphQL/System'])(
    'are closed to a stranger who writes %s',
    async (path) => {
      const answer = await send(`${server.url}${path}`, ASKED_FOR_SYSTEM);
      expect(answer.status, answer.text).toBe(403);
      expect(answer.text).not.toContain('pong');
    },
  );

  test('are closed to customers and open to the admin app', async () => {
    const { token } = await aCustomer(call);
    for (const [who, status] of [
      [token, 403],
      [server.admin_token, 200],
    ] as const) {
      expect((await call('GET', '/utils/random/string', undefined, { token: who })).status).toBe(status);
      expect(
        (await call('POST', '/graphql/system', { query: '{ server_ping }' }, { token: who })).status,
      ).toBe(status);
    }
  });
});

describe('the items API', () => {
  test.each([
    'filter[id][_eq]=none',
    'filter[sort][_eq]=99999999999999',
    'filter[published_at][_gt]=soon',
    'filter[name][_eq]=a%00',
    'search=%00',
    'aggregate[sum]=name',
    'aggregate={{',
    'deep[variants][_aggregate]={{',
    'fields[0][id]=x',
    'meta[a]=b',
    'filter={"_and":"x"}',
    'alias=x',
    'sort[0][id]=x',
  ])('answers %s with 400 and a code', async (query) => {
    await aVariant(server.shop);
    const answer = await call('GET', `/items/products?${query}`);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
  });

  test.each(['constructor', '__proto__', 'toString', '%5F%5Fproto__'])(
    'knows no collection %s',
    async (name) => {
      expect(await call('GET', `/items/${name}`)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    },
  );

  test('refuses garbage in the deep of a SEARCH', async () => {
    for (const deep of [
      '{"toString":{"_limit":1}}',
      '{"variants":{"__proto__":{"_limit":1}}}',
      '"x"',
      '[[]]',
    ]) {
      const body = `{"query":{"deep":${deep}}}`;
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${server.admin_token}` };
      const init = { method: 'SEARCH', body, headers };
      const answer = await send(`${server.url}/items/products`, init);
      expect(answer, deep).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
    }
  });

  test('tells staff which rule a value breaks, and not the statement', async () => {
    const variant = await aVariant(server.shop);
    const keys = { token: server.admin_token };
    const answer = await call('PATCH', `/items/product_variants/${variant}`, { price_minor: -5 }, keys);
    expect(answer).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
    expect(answer.extensions['constraint']).toBe('product_variants_price_minor_check');
    expect(answer.text).not.toContain('update');
  });

  test('tells staff that a variant with stock movements is still in use', async () => {
    const variant = await aVariant(server.shop);
    const answer = await call('DELETE', `/items/product_variants/${variant}`, undefined, {
      token: server.admin_token,
    });
    expect(answer).toMatchObject({ status: 409, code: 'STILL_IN_USE' });
    expect(answer.text).not.toContain('delete from');
  });
});

describe('a form', () => {
  const PART =
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\nid,name\r\n';
  const sent = (path: string, token: string | null, type: string, body: string) =>
    send(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': type, ...(token !== null && { authorization: `Bearer ${token}` }) },
      body,
    });

  test.each(['/files', '/utils/import/products', '/schema/diff'])(
    'for %s that breaks off within a file is refused, and ends no process',
    async (path) => {
      const { pid } = server.directus.process;
      const files = () => server.db('directus_files').count('* as count').first();
      const before = await files();
      const answer = await sent(path, server.admin_token, 'multipart/form-data; boundary=x', PART);
      expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
      expect(await send(`${server.url}/server/ping`, {})).toMatchObject({ status: 200, text: 'pong' });
      expect([server.directus.process.pid, server.directus.process.exitCode]).toEqual([pid, null]);
      expect(await files()).toEqual(before);
    },
  );

  test('of several files is kept whole or not at all: one that was refused left the others behind', async () => {
    const form = new FormData();
    for (const name of ['fine.txt', `${'x'.repeat(300)}.txt`, 'fine, too.txt'])
      form.append('file', new Blob(['words'], { type: 'text/plain' }), name);
    const files = () => server.db('directus_files').count('* as count').first();
    const before = await files();
    const answer = await send(`${server.url}/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.admin_token}` },
      body: form,
    });
    expect(answer.status, answer.text).toBe(400);
    await until('nothing of the form is left', async () => (await files())?.['count'] === before?.['count']);
  });

  const text = (name: string, content = 'new') =>
    `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/plain\r\n\r\n${content}\r\n`;
  const theFiles = () =>
    server.db('directus_files').orderBy('id').select('id', 'filename_download', 'filesize');
  const patched = (path: string, body: string) =>
    send(`${server.url}${path}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${server.admin_token}`,
        'content-type': 'multipart/form-data; boundary=x',
      },
      body,
    });

  test('whose last part has no end left its file behind, and was answered 400', async () => {
    const before = await theFiles();
    const body = `${text('a.txt')}--x`;
    const answer = await sent('/files', server.admin_token, 'multipart/form-data; boundary=x', body);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
    expect(await theFiles()).toEqual(before);
  });

  test('that staff who may upload and not delete break off left a file behind', async () => {
    const token = await aStaffToken(server.shop, ROLES.order_staff);
    const before = await theFiles();
    const body = `${text('a.txt')}--x`;
    const answer = await sent('/files', token, 'multipart/form-data; boundary=x', body);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
    expect(await theFiles()).toEqual(before);
  });

  test('that replaces a file, and is refused, leaves it as it was', async () => {
    const whole = `${text('kept.txt', 'kept')}--x--\r\n`;
    const made = await sent('/files', server.admin_token, 'multipart/form-data; boundary=x', whole);
    expect(made.status, made.text).toBe(200);
    const { id } = made.data as { id: string };
    const before = await theFiles();
    for (const body of [`${text('new.txt')}--x`, `${text('new.txt')}${text('newer.txt')}--x--\r\n`]) {
      const answer = await patched(`/files/${id}`, body);
      expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
      expect(await theFiles()).toEqual(before);
    }
    expect((await patched(`/files/${id}`, `${text('new.txt', 'newest')}--x--\r\n`)).status).toBe(200);
    const kept = await fetch(`${server.url}/assets/${id}`, {
      headers: { authorization: `Bearer ${server.admin_token}` },
    });
    expect(await kept.text()).toBe('newest');
  });

  test('whose first file is refused before the second comes was never answered, or left that behind', async () => {
    const before = await theFiles();
    const long = `${'x'.repeat(300)}.txt`;
    for (const body of [
      `${text(long)}${text('a.txt')}${text('b.txt')}--x--\r\n`,
      `${text('a.txt')}${text(long)}${text('b.txt')}--x`,
      `${text(long)}${text('a.txt')}`,
    ]) {
      const answer = await sent('/files', server.admin_token, 'multipart/form-data; boundary=x', body);
      expect(answer.status, answer.text).toBe(400);
      expect(await theFiles()).toEqual(before);
    }
  });

  test('for a file that is not there is refused: another was made, and answered 403', async () => {
    const before = await theFiles();
    const answer = await patched(`/files/${randomUUID()}`, `${text('a.txt')}--x--\r\n`);
    expect(answer, answer.text).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await theFiles()).toEqual(before);
  });

  test('for a file that is not there, and that breaks off, made one', async () => {
    const before = await theFiles();
    const answer = await patched(`/files/${randomUUID()}`, `${text('a.txt')}--x`);
    expect(answer, answer.text).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await theFiles()).toEqual(before);
  });

  test('whose sender went away in the middle left a file behind', async () => {
    const before = await theFiles();
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = `POST /files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.admin_token}\r\nContent-Type: multipart/form-data; boundary=x\r\n`;
    socket.write(`${head}Content-Length: 100000\r\n\r\n${text('a.txt')}`);
    const count = async () => (await theFiles()).length;
    await until('the file is begun', async () => (await count()) > before.length);
    socket.destroy();
    await until('it is taken back', async () => (await count()) === before.length);
    expect(await theFiles()).toEqual(before);
  });

  test('for /files that a stranger breaks off ends no process either', async () => {
    const answer = await sent('/files', null, 'multipart/form-data; boundary=x', PART);
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.status, answer.text).toBeLessThan(500);
    expect(await send(`${server.url}/server/ping`, {})).toMatchObject({ status: 200, text: 'pong' });
  });

  test.each(['/files', '/utils/import/products', '/schema/diff'])(
    'for %s that does not say where its parts end is refused',
    async (path) => {
      const answer = await sent(path, server.admin_token, 'multipart/form-data', PART);
      expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
    },
  );
});

test.each([
  ['/auth/refresh', 'refresh_token', { toString: { a: true } }],
  ['/auth/logout', 'refresh_token', 5],
  ['/auth/login', 'otp', []],
])('%s answered 500 to a %s that is no text', async (path, name, value) => {
  const answer = await call('POST', path, { [name]: value });
  expect(answer, answer.text).toMatchObject({
    status: 400,
    code: 'INVALID_PAYLOAD',
    extensions: { path: name },
  });
});

test.each(['/store/me/payment-methods', '/docs/openapi.json', '/items/products'])(
  '%s answered 500 to a session of a null character',
  async (path) => {
    const cookie = 'directus_session_token=%00; directus_refresh_token=%00';
    const answer = await send(`${server.url}${path}`, { headers: { cookie } });
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
  },
);

test('a dead refresh token with a null character is refused', async () => {
  const answer = await call('POST', '/auth/refresh', { refresh_token: 'a\0' });
  expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
});
