/** Lists, newest first, one page at a time. */
import { badParameter, noSuch } from './errors.ts';

export type List<Item> = { object: 'list'; url: string; has_more: boolean; data: Item[] };

export type PageParams = {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number };
};

const USUAL_LIMIT = 10;

export function listOf<Item>(data: Item[], url: string, has_more: boolean): List<Item> {
  return { object: 'list', url, has_more, data };
}

/**
 * One page of `items`, which come oldest first as the books keep them.
 * @throws StripeApiError when both cursors are given or a cursor is not in the list.
 */
export function pageOf<Item extends { id: string; created?: number }>(
  items: Iterable<Item>,
  params: PageParams,
  url: string,
): List<Item> {
  const { limit = USUAL_LIMIT, starting_after, ending_before } = params;
  if (starting_after !== undefined && ending_before !== undefined) {
    const message = 'Received both starting_after and ending_before parameters. Please pass in only one.';
    throw badParameter(message, undefined, 'parameters_exclusive');
  }
  const newestFirst = [...items].filter((item) => wasCreatedWithin(item.created, params.created)).reverse();
  if (ending_before !== undefined) {
    const end = indexOf(newestFirst, ending_before, 'ending_before');
    const start = Math.max(0, end - limit);
    return listOf(newestFirst.slice(start, end), url, start > 0);
  }
  const start = starting_after === undefined ? 0 : indexOf(newestFirst, starting_after, 'starting_after') + 1;
  return listOf(newestFirst.slice(start, start + limit), url, newestFirst.length > start + limit);
}

function indexOf(items: { id: string }[], id: string, param: string): number {
  const index = items.findIndex((item) => item.id === id);
  if (index === -1) throw noSuch('object', id, param, 'parameter');
  return index;
}

function wasCreatedWithin(created: number | undefined, range: PageParams['created']): boolean {
  if (range === undefined || created === undefined) return true;
  if (typeof range === 'number') return created === range;
  return (
    created > (range.gt ?? -Infinity) &&
    created >= (range.gte ?? -Infinity) &&
    created < (range.lt ?? Infinity) &&
    created <= (range.lte ?? Infinity)
  );
}
