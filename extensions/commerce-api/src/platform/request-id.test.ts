import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { requestIds, withRequestId } from './request-id.ts';

const asked = (id?: string, remoteAddress = '10.0.0.1') =>
  ({ headers: id === undefined ? {} : { 'x-request-id': id }, socket: { remoteAddress } }) as IncomingMessage;
const ofProxy = requestIds((address) => address === '10.0.0.1');

test('a request keeps the id a trusted proxy gave it', () => {
  expect(ofProxy(asked('proxy-17'))).toBe('proxy-17');
});

test.each(['not an id', '', 'a'.repeat(65), 'line\nbreak', '"quoted"'])('%j is no id, and replaced', (id) => {
  expect(ofProxy(asked(id))).toMatch(/^[\w-]{8}-[0-9a-z]+$/);
});

test('a stranger gives itself none', () => {
  expect(ofProxy(asked('chosen', '203.0.113.5'))).not.toBe('chosen');
});

test('the same request has the same id whenever it is asked, and another one another', () => {
  const [one, other] = [asked(), asked()];
  expect(ofProxy(one)).toBe(ofProxy(one));
  expect(ofProxy(one)).not.toBe(ofProxy(other));
});

test('errors are told with it, and nothing else is changed', () => {
  expect(withRequestId({ errors: [{ message: 'a', extensions: { code: 'B' } }] }, 'r-1')).toEqual({
    errors: [{ message: 'a', extensions: { code: 'B', request_id: 'r-1' } }],
  });
  for (const body of [{ data: 1 }, null, 'text', [1]]) expect(withRequestId(body, 'r-1')).toBe(body);
});
