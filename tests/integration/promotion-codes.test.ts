import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { CodeRequest, makeCodes } from '../../extensions/commerce-api/src/promotions/make-codes.ts';
import { codesAsCsv, readCounts } from '../../extensions/commerce-api/src/promotions/list-codes.ts';
import { codesCommand } from '../../scripts/commands/codes.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(() => fresh.stop());

async function aPromotion(promotion: Record<string, unknown> = {}): Promise<string> {
  const id = randomUUID();
  await inTransaction(fresh.shop.db, (trx) =>
    insertRows(trx, 'promotions', [
      {
        id,
        name: 'Spring',
        status: 'active',
        kind: 'percentage',
        value_ppm: 100_000,
        usage_count: 0,
        stackable: false,
        priority: 0,
        allocation: 'across',
        first_order_only: false,
        requires_code: true,
        budget_used_minor: 0,
        ...promotion,
      },
    ]),
  );
  return id;
}

const request = (wish: Partial<CodeRequest> & { count: number }) => CodeRequest.parse(wish);

async function linesOf(promotion: string): Promise<string[]> {
  const { lines } = await codesAsCsv(fresh.shop, promotion);
  let text = '';
  for await (const chunk of lines) text += chunk;
  return text.trimEnd().split('\n');
}

describe('many codes for one promotion', () => {
  test('ten thousand different ones, in a couple of seconds', async () => {
    const promotion = await aPromotion();
    const progress: number[] = [];
    const began = Date.now();
    const codes = await makeCodes(
      fresh.shop,
      promotion,
      request({ count: 10_000, prefix: 'spring-' }),
      (made) => progress.push(made),
    );
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(new Set(codes).size).toBe(10_000);
    expect(codes[0]).toMatch(/^SPRING-[2-9A-HJKMNP-TV-Z]{10}$/);
    expect(progress).toEqual([5_000, 10_000]);
    expect(await readCounts(fresh.shop, promotion)).toEqual({ codes: 10_000, used: 0, redemptions: 0 });
    const lines = await linesOf(promotion);
    expect(lines[0]).toBe('"code","usage_limit","usage_count","created_at"');
    expect(lines).toHaveLength(10_001);
    expect(new Set(lines.slice(1).map((line) => line.split(',')[0]))).toEqual(
      new Set(codes.map((code) => `"${code}"`)),
    );
  });

  test('one that is taken, by whichever promotion, is drawn again', async () => {
    // All codes of one random letter but few exist: most draws meet one that is taken.
    const taken = await aPromotion({ code: 'tight-2' });
    const promotion = await aPromotion();
    const tight = { count: 20, prefix: 'TIGHT-', length: 1, usage_limit: 1 };
    const first = await makeCodes(fresh.shop, taken, { ...tight, count: 9 });
    const second = await makeCodes(fresh.shop, promotion, tight);
    const all = [...first, ...second, 'TIGHT-2'];
    expect(new Set(all).size).toBe(30);
  });

  test('two batches at once make no code twice', async () => {
    const promotions = [await aPromotion(), await aPromotion()];
    const batches = await Promise.all(
      promotions.map((each) => makeCodes(fresh.shop, each, request({ count: 2_000, length: 8 }))),
    );
    expect(new Set(batches.flat()).size).toBe(4_000);
  });

  test('short codes for many are refused: they could be guessed', () => {
    const refused = CodeRequest.safeParse({ count: 10_000, length: 6 });
    expect(refused.error?.issues).toMatchObject([{ path: ['length'] }]);
  });

  test('a promotion everybody gets anyway takes none, and neither does one that is not there', async () => {
    const automatic = await aPromotion({ requires_code: false });
    await expect(makeCodes(fresh.shop, automatic, request({ count: 5 }))).rejects.toSatisfy((error) =>
      isKontorError(error, 'PROMOTION_NEEDS_NO_CODE'),
    );
    await expect(makeCodes(fresh.shop, randomUUID(), request({ count: 5 }))).rejects.toSatisfy((error) =>
      isKontorError(error, 'NOT_FOUND'),
    );
    expect(await readCounts(fresh.shop, automatic)).toMatchObject({ codes: 0 });
  });
});

describe('kontor codes', () => {
  const out = join(tmpdir(), `codes-${randomUUID()}.csv`);
  afterAll(() => rmSync(out, { force: true }));

  test('writes what it made to a file', async () => {
    const promotion = await aPromotion();
    const said: string[] = [];
    const codes = await codesCommand(
      [promotion, '--count', '25', '--out', out, '--prefix', 'CLI-', '--usage-limit', '0'],
      { shop: fresh.shop, log: (line) => said.push(line) },
    );
    expect(readFileSync(out, 'utf8')).toBe(['code', ...codes].map((code) => `"${code}"\n`).join(''));
    expect(said).toEqual([expect.stringContaining(`Made 25 codes`)]);
    const stored = await row<{ count: number }>(
      fresh.shop.db,
      'select count(*) as count from promotion_codes where promotion = ? and usage_limit is null',
      [promotion],
    );
    expect(stored?.count).toBe(25);
  });

  test.each([
    ['no promotion', ['--count', '5', '--out', out], /Name one promotion/],
    ['no file', [randomUUID(), '--count', '5'], /--out/],
    ['no number', [randomUUID(), '--count', 'many', '--out', out], /--count/],
    ['too many', [randomUUID(), '--count', '100001', '--out', out], /--count/],
    ['an unknown promotion', [randomUUID(), '--count', '5', '--out', out], /There is no promotion/],
  ])('says what is wrong: %s', async (_name, args, message) => {
    await expect(codesCommand(args, { shop: fresh.shop, log: () => undefined })).rejects.toThrow(message);
  });
});
