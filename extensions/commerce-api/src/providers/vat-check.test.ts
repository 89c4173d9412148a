import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readEnv } from '../platform/env.ts';
import { vatCheck } from './vat-check.ts';

const environment = (VAT_CHECK?: string, VAT_CHECK_URL?: string) =>
  readEnv({ SECRET: 'of the tests of VAT checks', VAT_CHECK, VAT_CHECK_URL });

/** Answers every request alike and keeps what was asked. */
async function aRegister(status: number, body: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    res.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest-api`, asked };
}

const found = (more: object = {}) =>
  JSON.stringify({
    isValid: true,
    requestDate: '2026-03-01T12:00:00.000Z',
    userError: 'VALID',
    name: 'FERNWICK GMBH',
    address: 'Am Sandtorkai 7\n20457 Hamburg',
    vatNumber: '136308783',
    ...more,
  });
const failed = (userError: string) => found({ isValid: false, userError, name: '---' });

describe('without a register', () => {
  const check = vatCheck(environment());

  test('nobody is asked', () => {
    expect(check.name).toBe('offline');
  });

  test.each([
    ['DE136308783', 'unknown'],
    ['DE136308784', 'invalid'],
    ['nonsense', 'invalid'],
  ])('%s is %s', async (vat_id, status) => {
    const before = Date.now();
    const result = await check.check(vat_id);
    expect(result).toMatchObject({ status, name: null });
    expect(result.checked_at.getTime()).toBeGreaterThanOrEqual(before);
  });
});

describe('VIES', () => {
  test.each<[string, number, string, string, string | null]>([
    ['knows the number and its owner', 200, found(), 'valid', 'FERNWICK GMBH'],
    ['knows the number and keeps its owner to itself', 200, found({ name: '---' }), 'valid', null],
    ['knows the number and names nobody', 200, found({ name: null }), 'valid', null],
    ['does not know the number', 200, failed('INVALID'), 'invalid', null],
    ['cannot reach the member', 200, failed('MS_UNAVAILABLE'), 'unknown', null],
    ['has too much to do', 200, failed('MS_MAX_CONCURRENT_REQ'), 'unknown', null],
    [
      'fails in JSON',
      500,
      JSON.stringify({ actionSucceed: false, errorWrappers: [{ error: 'SERVICE_UNAVAILABLE' }] }),
      'unknown',
      null,
    ],
    ['fails with a page', 503, '<html>Sorry</html>', 'unknown', null],
  ])('%s', async (_, code, body, status, name) => {
    const { url } = await aRegister(code, body);
    const check = vatCheck(environment('vies', url));
    expect(await check.check('DE 136 308 783')).toMatchObject({ status, name });
  });

  test('is asked for the number under the country it knows, by nobody in particular', async () => {
    const { url, asked } = await aRegister(200, found());
    const check = vatCheck(environment('vies', `${url}/`));
    expect(check.name).toBe('vies');
    await check.check('gr 094501040');
    expect(asked).toEqual(['/rest-api/ms/EL/vat/094501040']);
  });

  test('hears who asks, when that is a VAT id it can know', async () => {
    const { url, asked } = await aRegister(200, found());
    const check = vatCheck(environment('vies', url));
    await check.check('DE136308783', 'ATU13585627');
    await check.check('DE136308783', 'CHE-100.155.212');
    await check.check('DE136308783', 'ours');
    await check.check('DE136308783', null);
    const plain = '/rest-api/ms/DE/vat/136308783';
    expect(asked).toEqual([
      `${plain}?requesterMemberStateCode=AT&requesterNumber=U13585627`,
      plain,
      plain,
      plain,
    ]);
  });

  test('keeps the signs of an old Irish number', async () => {
    const { url, asked } = await aRegister(200, found());
    await vatCheck(environment('vies', url)).check('IE 8*79739I');
    await vatCheck(environment('vies', url)).check('IE 8+79739I');
    expect(asked).toEqual(['/rest-api/ms/IE/vat/8*79739I', '/rest-api/ms/IE/vat/8%2B79739I']);
  });

  test('is not asked about a number that cannot be, or of a country it does not know', async () => {
    const { url, asked } = await aRegister(200, found());
    const check = vatCheck(environment('vies', url));
    expect(await check.check('DE136308784')).toMatchObject({ status: 'invalid' });
    expect(await check.check('CHE-100.155.212')).toMatchObject({ status: 'unknown' });
    expect(asked).toEqual([]);
  });

  test('that nobody can reach makes a number unknown', async () => {
    const check = vatCheck(environment('vies', 'http://127.0.0.1:1'));
    expect(await check.check('DE136308783')).toMatchObject({ status: 'unknown' });
  });

  test('is where the Commission runs it, unless told otherwise', async () => {
    const asked: string[] = [];
    const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation((url) => {
      asked.push(url as string);
      return Promise.reject(new Error('no network in tests'));
    });
    onTestFinished(() => fetch.mockRestore());
    await vatCheck(environment('vies')).check('DE136308783');
    expect(asked).toEqual(['https://ec.europa.eu/taxation_customs/vies/rest-api/ms/DE/vat/136308783']);
  });
});
