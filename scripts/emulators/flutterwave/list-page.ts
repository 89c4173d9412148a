/** Lists, newest first, one page at a time. */

export type PageQuery = { page?: string; from?: string; to?: string };

export function pageOf<Item extends { created_at: string }>(
  message: string,
  items: readonly Item[],
  { page = '1', from, to }: PageQuery,
  page_size: number,
): object {
  const newestFirst = items
    .filter(({ created_at }) => from === undefined || created_at.slice(0, 10) >= from)
    .filter(({ created_at }) => to === undefined || created_at.slice(0, 10) <= to)
    .reverse();
  const current_page = Number(page);
  const start = (current_page - 1) * page_size;
  const page_info = {
    total: newestFirst.length,
    current_page,
    total_pages: Math.ceil(newestFirst.length / page_size),
    page_size,
  };
  const data = newestFirst.slice(start, start + page_size);
  return { status: 'success', message, meta: { page_info }, data };
}
