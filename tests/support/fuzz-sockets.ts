/** Bytes that are no request, or two at once, or half of one; and what came back for them. */
import { connect } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';

const HOST = 'host: shop.example\r\n';
/** Where a request hidden in another would go: an answer to it would show. */
export const HIDDEN = 'GET /robots.txt HTTP/1.1\r\nhost: hidden.example\r\n\r\n';

const METHODS = [
  'GET',
  'POST',
  'PATCH',
  'get',
  'GE T',
  'G\0T',
  '',
  'CONNECT',
  'PRI',
  'SEARCH',
  'M-SEARCH',
  'x'.repeat(300),
  '\x80',
  'GET /a',
];
const TARGETS = [
  '/', '/server/ping', '*', '//', '//x', 'http://[::1/', 'http://[::1', 'http://x/server/ping', 'https://user:pw@x:99999/', 'x', '', '?', '#', '/#a', '/\\..\\', '/%', '/%00', '/%c3%28',
  '/\0', '/ü', '/\x01\x02', '/a b', '/../../etc/passwd', '/./././', '/store/carts/../../', '/store/products?%', '/items/products?filter[', ':80', '///', '/;', '[::1]:80', '/\ud83d',
  `/${'a'.repeat(20_000)}`, `/?${'a=1&'.repeat(3_000)}`, 'file:///etc/passwd', 'javascript:alert(1)', '/store/products/%F0%9F%92', '/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
]; // prettier-ignore
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/9.9',
  'HTTP/1.1x',
  'http/1.1',
  'ICE/1.0',
  '',
  'HTTP/1.1 HTTP/1.1',
];
const HEADERS = [
  HOST, '', 'host: a\r\nhost: b\r\n', 'host:\r\n', 'x\r\n', ': x\r\n', ' folded: x\r\n', 'x: a\r\n b\r\n', 'x: \0\r\n', 'x\0: a\r\n', 'x : a\r\n', 'x: \x7f\xff\r\n', 'x: a\nb: c\n', 'x: a\rb\r\n',
  `x: ${'a'.repeat(20_000)}\r\n`, 'x: a\r\n'.repeat(2_500), 'connection: close, upgrade\r\nupgrade: websocket\r\n', 'connection: upgrade\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n',
  'expect: 100-continue\r\n', 'expect: x\r\n', 'content-length: -1\r\n', 'content-length: 1e3\r\n', 'content-length: 99999999999999999999\r\n', 'content-length: 0x10\r\n', 'content-length: 5\r\n',
  'content-length: +5\r\n', 'content-length: 5 5\r\n', 'transfer-encoding: gzip\r\n', 'transfer-encoding: chunked\r\n', 'transfer-encoding: chunked, chunked\r\n', 'trailer: x\r\n', 'range: bytes=0-0,5-,x\r\n',
  'content-type: application/json\r\n', 'cookie: a=b; ;=;\0\r\n', 'authorization: Bearer\r\n', 'x-forwarded-for: \x80, 1\r\n',
]; // prettier-ignore
const BODIES = [
  '', '{}', 'hello', '5\r\nhello\r\n0\r\n\r\n', '5;ext="\r\n"\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '-5\r\nhello\r\n0\r\n\r\n', '5\r\nhelloX0\r\n\r\n', '0\r\nx: y\r\n\r\n', '5 \r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n', '5\nhello\n0\n\n', `${'0'.repeat(10_000)}5\r\nhello\r\n0\r\n\r\n`, `5;${'a'.repeat(30_000)}\r\nhello\r\n0\r\n\r\n`, '\r\n\r\n\r\n', HIDDEN,
]; // prettier-ignore

const piece = (known: readonly string[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  );

/** Anything but a request. Bytes are its characters, as in Latin-1. */
export const malformed: Arbitrary<string> = fc
  .tuple(piece(METHODS), piece(TARGETS), piece(VERSIONS), fc.array(piece(HEADERS), { maxLength: 4 }), piece(BODIES), fc.constantFrom('\r\n', '\r\n', '\n', '\r', ''))
  .map(([method, target, version, headers, body, end]) => `${method} ${target} ${version}${end}${headers.join('')}\r\n${body}`); // prettier-ignore

/** Lengths that say two things: whoever stands in front may read the one and we the other. */
const AMBIGUOUS = [
  'content-length: 5\r\ntransfer-encoding: chunked\r\n', 'transfer-encoding: chunked\r\ncontent-length: 5\r\n', 'content-length: 5\r\ncontent-length: 6\r\n', 'content-length: 0\r\ncontent-length: 5\r\n',
  'content-length: 5, 6\r\n', 'transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n', 'transfer-encoding: xchunked\r\n', 'transfer-encoding: chunked, identity\r\n', 'transfer-encoding: identity\r\n',
  'transfer-encoding: x, y\r\n', 'transfer-encoding : chunked\r\n', 'transfer-encoding\r\n: chunked\r\n', ' transfer-encoding: chunked\r\ncontent-length: 5\r\n', 'transfer-encoding:\x0bchunked\r\n', 'x: y\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n',
  'content-length: 5\r\nx: y\rtransfer-encoding: chunked\r\n', 'content-length : 5\r\n', 'content-length: 5\0\r\n',
]; // prettier-ignore

/** A request within the body of another, whose length says two things. */
export const smuggled: Arbitrary<string> = fc
  .tuple(fc.constantFrom(...AMBIGUOUS), fc.constantFrom('0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', ''), fc.constantFrom('/server/ping', '/store/carts', '/graphql'), fc.constantFrom('', 'connection: keep-alive\r\n'))
  .map(([framing, chunks, target, more]) => `POST ${target} HTTP/1.1\r\n${HOST}${more}${framing}\r\n${chunks}${HIDDEN}`); // prettier-ignore

/** Requests one behind the other, sent before the first is answered. */
export const pipelined: Arbitrary<string[]> = fc.array(
  fc.constantFrom('/server/ping', '/robots.txt', '/store/products?limit=1', '/store/products?limit=x', '/items/products?limit=1', '/nowhere'),
  { minLength: 2, maxLength: 12 },
); // prettier-ignore

export function pipelineOf(targets: string[]): string {
  return targets
    .map(
      (target, at) =>
        `GET ${target} HTTP/1.1\r\n${HOST}${at === targets.length - 1 ? 'connection: close\r\n' : ''}\r\n`,
    )
    .join('');
}

/** Where a good request breaks off. */
export const cutOff: Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('/store/carts', '/graphql', '/auth/login', '/webhooks/stripe', '/files'),
    fc.nat({ max: 1_000 }),
    fc.boolean(),
  )
  .map(([target, at, isChunked]) => {
    const body = JSON.stringify({ query: '{ products { id } }', email: 'a@example.com', password: 'x' });
    const framing = isChunked ? 'transfer-encoding: chunked\r\n' : `content-length: ${body.length}\r\n`;
    const sent = isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
    const whole = `POST ${target} HTTP/1.1\r\n${HOST}content-type: application/json\r\n${framing}\r\n${sent}`;
    return whole.slice(0, at % whole.length);
  });

export interface Heard {
  statuses: number[];
  text: string;
  /** How the connection ended: closed by the server, or not within a while. */
  is_closed: boolean;
}

/** A server that has been told the end has no reason to hold a connection longer. */
const PATIENCE_MS = 15_000;

/**
 * How the client ends: `silent` says that nothing follows once nothing comes any more, `patient` leaves the end to the server,
 * `rude` breaks the connection off without hearing what comes.
 */
export type Manner = 'silent' | 'patient' | 'rude';
const SILENCE_MS = 60;

/** Sends bytes on a connection of their own. */
export function exchange(origin: string, bytes: string, manner: Manner = 'silent'): Promise<Heard> {
  const { hostname: host, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const done = (is_closed: boolean) => {
      clearTimeout(patience);
      clearTimeout(silence);
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ statuses: statusesOf(text), text, is_closed });
    };
    const patience = setTimeout(() => done(false), PATIENCE_MS);
    const silence = setTimeout(() => manner === 'silent' && socket.end(), SILENCE_MS);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      silence.refresh();
    });
    socket.on('error', () => done(true));
    socket.on('end', () => done(true));
    socket.on('connect', () => {
      socket.write(Buffer.from(bytes, 'latin1'), () => {
        if (manner !== 'rude') return;
        socket.resetAndDestroy();
        done(true);
      });
    });
  });
}

/** A status line begins an answer; none stands within the bodies of ours. */
function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}
