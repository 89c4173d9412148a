import { expect, test } from 'vitest';
import { callersFault } from './callers-fault.ts';

/** An error as it comes from a file, through another. */
function thrownIn(error: Error, ...files: string[]): Error {
  const lines = files.map((file) => `    at read (file:///shop/${file}:1:1)`);
  error.stack = [String(error), '    at JSON.parse (<anonymous>)', ...lines].join('\n');
  return error;
}

const READER = 'node_modules/@directus/api/dist/utils/sanitize-query.js';
const ours = 'extensions/commerce-api/dist/api.js';
const asked = { method: 'GET', path: '/items/products' };

test('what Directus throws while it reads a request is the caller’s fault', () => {
  const error = thrownIn(new TypeError('x'), 'node_modules/lodash-es/merge.js', READER);
  expect(callersFault(error, asked)?.code).toBe('INVALID_QUERY');
  expect(callersFault(error, { ...asked, method: 'PATCH' })?.code).toBe('INVALID_PAYLOAD');
});

test('in front of our own routes, too: there Directus reads the query first', () => {
  const error = thrownIn(new TypeError('x'), READER);
  expect(callersFault(error, { method: 'GET', path: '/store/products' })?.code).toBe('INVALID_QUERY');
});

test('what our own code throws is not, though Directus called it', () => {
  const error = thrownIn(new TypeError('x'), ours, READER);
  expect(callersFault(error, asked)).toBeNull();
});

test('what Directus throws elsewhere is not, nor an error that says more than a wrong type', () => {
  expect(
    callersFault(thrownIn(new TypeError('x'), 'node_modules/@directus/api/dist/mailer.js'), asked),
  ).toBeNull();
  expect(callersFault(thrownIn(new Error('x'), READER), asked)).toBeNull();
  expect(callersFault('x', asked)).toBeNull();
});

test('text that cannot be stored is the caller’s fault everywhere: a cookie was looked up before our own routes were asked', () => {
  const error = Object.assign(new Error('x'), { code: '22021' });
  expect(callersFault(error, { method: 'GET', path: '/store/products' })?.code).toBe('INVALID_QUERY');
});

test('what has names that XML has not was answered 500: revisions keep what was sent', () => {
  const error = new Error('in XML document > element "data": element name "[" should not contain …');
  expect(callersFault(error, asked)).toMatchObject({ code: 'INVALID_QUERY', extensions: { path: 'export' } });
});

test('what Postgres refuses is a fault of ours behind our own routes only', () => {
  const error = Object.assign(new Error('x'), { code: '22P02' });
  expect(callersFault(error, asked)?.code).toBe('INVALID_QUERY');
  expect(callersFault(error, { method: 'GET', path: '/store/products' })).toBeNull();
});
