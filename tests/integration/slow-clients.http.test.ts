/** Who keeps a connection without using it loses it; who is slow with reason does not. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { CACHING, metricsOf } from '../support/storefront.ts';
import { until } from '../support/until.ts';

const IMPATIENT = {
  ...CACHING,
  SERVER_HEADERS_TIMEOUT: '700',
  SERVER_CONNECTIONS_CHECKING_INTERVAL: '100',
  SLOW_BODY_MS: '700',
  UNREAD_ANSWER_MS: '400',
  SERVER_MAX_HEADER_SIZE: '8192',
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ demo: true, env: IMPATIENT });
});
afterAll(() => server?.stop());

interface Line {
  socket: Socket;
  /** All that was heard until the other side hung up. */
  ended: Promise<string>;
}

async function call(): Promise<Line> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  const ended = once(socket, 'close').then(() => heard);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, ended };
}

const HEAD = 'POST /store/carts HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n';

test('headers that do not come to an end are answered 408', async () => {
  const { socket, ended } = await call();
  socket.write('GET /store/products HTTP/1.1\r\nHost: shop.example\r\nX-Slow: ');
  expect(await ended).toMatch(/^HTTP\/1\.1 408 /);
});

test('a connection that says nothing at all is closed', async () => {
  const { ended } = await call();
  expect(await ended).toMatch(/^(HTTP\/1\.1 408 |$)/);
});

test('headers larger than allowed are answered 431', async () => {
  const { socket, ended } = await call();
  socket.write(`GET /store/products HTTP/1.1\r\nHost: shop.example\r\nX-Large: ${'a'.repeat(9_000)}\r\n\r\n`);
  expect(await ended).toMatch(/^HTTP\/1\.1 431 /);
});

test('headers far larger than allowed reset the connection, and what was wrong was not heard', async () => {
  for (let count = 0; count < 10; count += 1) {
    const { socket, ended } = await call();
    socket.write(
      `GET /store/products HTTP/1.1\r\nHost: shop.example\r\nX-Large: ${'a'.repeat(300_000)}\r\n\r\n`,
    );
    expect(await ended).toMatch(/^HTTP\/1\.1 431 /);
  }
});

test('a body that does not come to an end is answered 408 with a code, and changes nothing', async () => {
  const before = await server.db('carts').count('id as carts').first();
  const { socket, ended } = await call();
  socket.write(`${HEAD}Content-Length: 500\r\n\r\n{"email":`);
  const answer = await ended;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  expect(answer).toMatch(/\r\nConnection: close\r\n/i);
  expect(await server.db('carts').count('id as carts').first()).toEqual(before);
});

test('a body that comes drop by drop is cut all the same', async () => {
  const { socket, ended } = await call();
  socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const drops = setInterval(() => socket.write('1\r\n \r\n'), 50);
  expect(await ended.finally(() => clearInterval(drops))).toMatch(/^HTTP\/1\.1 408 /);
});

test('staff who upload slowly are waited for', async () => {
  const { socket } = await call();
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  const content = 'x'.repeat(100);
  const parts = [
    '--b\r\nContent-Disposition: form-data; name="file"; filename="slow.txt"\r\nContent-Type: text/plain\r\n\r\n',
    content,
    '\r\n--b--\r\n',
  ];
  const length = parts.join('').length;
  socket.write(
    `POST /files HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Bearer ${server.admin_token}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n${parts[0]}`,
  );
  const cut = async () =>
    (await metricsOf(server.url, 'kontor_slow_clients_cut_total'))['{reason="body"}'] ?? 0;
  // Another body that begins later is cut: by then the time of this one is over, too.
  const before = await cut();
  const stranger = await call();
  stranger.socket.write(`${HEAD}Content-Length: 500\r\n\r\n{`);
  await stranger.ended;
  expect(await cut()).toBe(before + 1);
  socket.write(parts[1]! + parts[2]!);
  await until('the upload is answered', () => heard.startsWith('HTTP/1.1 200 '));
  socket.destroy();
});

test('an answer that nobody reads is given up', async () => {
  const { socket, ended } = await call();
  socket.pause();
  // Far more answers than the buffers of a connection take.
  socket.write('GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: shop.example\r\n\r\n'.repeat(20));
  await until('the connection was cut', async () => {
    const cut = await metricsOf(server.url, 'kontor_slow_clients_cut_total');
    return cut['{reason="unread"}'] === 1;
  });
  socket.resume();
  await ended;
  expect((await fetch(`${server.url}/server/ping`)).status).toBe(200);
});
