import { csvLine } from '../core/csv-line.ts';
import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { codesAfter, countCodes, promotionById, type CodeCounts } from './queries.ts';

const PAGE = 5_000;

/** @throws KontorError NOT_FOUND */
export async function readCounts(shop: Shop, promotion: string): Promise<CodeCounts> {
  if (!(await promotionById(shop.db, promotion))) throw new KontorError('NOT_FOUND');
  return countCodes(shop.db, promotion);
}

/**
 * All codes of a promotion as CSV, page by page, so that none of it is held in memory for long. Codes made while it runs may or
 * may not be among them.
 * @throws KontorError NOT_FOUND before the first line
 */
export async function codesAsCsv(
  shop: Shop,
  promotion: string,
): Promise<{ filename: string; lines: AsyncIterable<string> }> {
  if (!(await promotionById(shop.db, promotion))) throw new KontorError('NOT_FOUND');
  return { filename: `codes-${promotion}.csv`, lines: pagesOf(shop, promotion) };
}

async function* pagesOf(shop: Shop, promotion: string): AsyncGenerator<string> {
  yield csvLine(['code', 'usage_limit', 'usage_count', 'created_at']);
  let after: string | null = null;
  for (;;) {
    const page = await codesAfter(shop.db, promotion, after, PAGE);
    if (page.length === 0) return;
    yield page
      .map((each) =>
        csvLine([each.code, each.usage_limit ?? '', each.usage_count, each.created_at.toISOString()]),
      )
      .join('');
    after = page.at(-1)!.id;
  }
}
