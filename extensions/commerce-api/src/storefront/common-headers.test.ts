import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { requestIds } from '../platform/request-id.ts';
import { commonHeaders, type CorsSettings } from './common-headers.ts';

const ids = requestIds(() => true);

function sent(settings: CorsSettings, headers: IncomingMessage['headers'] = {}): Record<string, string> {
  const all = commonHeaders(settings, ids).with(
    ['ETag', '"x"'],
    { headers, socket: {} } as IncomingMessage,
    'hit',
  );
  const pairs = all.flatMap((name, at) => (at % 2 === 0 ? [[name, all[at + 1] ?? '']] : []));
  return Object.fromEntries(pairs) as Record<string, string>;
}

const ORIGIN = { origin: 'https://shop.example' };

test.each<[CorsSettings, string | undefined]>([
  [{}, undefined],
  [{ CORS_ENABLED: false, CORS_ORIGIN: true }, undefined],
  [{ CORS_ENABLED: true, CORS_ORIGIN: false }, undefined],
  [{ CORS_ENABLED: true, CORS_ORIGIN: true }, ORIGIN.origin],
  [{ CORS_ENABLED: true, CORS_ORIGIN: '*' }, '*'],
  [{ CORS_ENABLED: true, CORS_ORIGIN: 'https://other.example' }, 'https://other.example'],
  [{ CORS_ENABLED: true, CORS_ORIGIN: ['https://other.example', ORIGIN.origin] }, ORIGIN.origin],
  [{ CORS_ENABLED: true, CORS_ORIGIN: ['https://other.example'] }, undefined],
  [{ CORS_ENABLED: true, CORS_ORIGIN: [/\.example$/] }, ORIGIN.origin],
])('with %o a page of another origin is told %s', (settings, allowed) => {
  expect(sent(settings, ORIGIN)['Access-Control-Allow-Origin']).toBe(allowed);
});

test('credentials and exposed headers are told as Directus tells them', () => {
  const settings = {
    CORS_ENABLED: true,
    CORS_ORIGIN: true,
    CORS_CREDENTIALS: true,
    CORS_EXPOSED_HEADERS: ['A', 'B'],
  };
  expect(sent(settings)).toMatchObject({
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'A,B',
    'Cache-Status': 'kontor; hit',
    ETag: '"x"',
  });
  expect(sent(settings)).not.toHaveProperty('Access-Control-Allow-Origin');
  expect(sent({ ...settings, CORS_CREDENTIALS: false, CORS_EXPOSED_HEADERS: '' })).not.toHaveProperty(
    'Access-Control-Allow-Credentials',
  );
});

test('a request keeps the id it came with, if it is one; otherwise it gets its own', () => {
  expect(sent({}, { 'x-request-id': 'proxy-17' })['X-Request-Id']).toBe('proxy-17');
  expect(sent({}, { 'x-request-id': 'not an id' })['X-Request-Id']).toMatch(/^[\w-]{8}-[0-9a-z]+$/);
  const { with: headers } = commonHeaders({}, ids);
  const told = [1, 2].map(
    () => headers(['ETag', '"x"'], { headers: {}, socket: {} } as IncomingMessage, 'hit')[1],
  );
  expect(told[0]).not.toBe(told[1]);
});

test('one answer goes to several origins', () => {
  const { with: headers } = commonHeaders({ CORS_ENABLED: true, CORS_ORIGIN: true }, ids);
  const answer = ['ETag', '"x"'];
  const told = ['https://a.example', undefined, 'https://b.example'].map((origin) =>
    [...headers(answer, { headers: { origin }, socket: {} } as IncomingMessage, 'hit')].join(),
  );
  expect(told[0]).toContain('https://a.example');
  expect(told[1]).not.toContain('.example');
  expect(told[2]).toContain('https://b.example');
});
