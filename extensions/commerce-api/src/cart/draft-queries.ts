/** SQL on draft orders: carts of staff. */
import { changed, row, rows, type Queryable } from '../platform/database.ts';

/** Open drafts, those changed last first. */
export async function openDrafts(
  db: Queryable,
  page: { limit: number; offset: number },
): Promise<{ drafts: string[]; total: number }> {
  const open = `from carts where origin = 'staff' and status = 'active'`;
  const found = await rows<{ id: string }>(
    db,
    `select id ${open} order by updated_at desc, id limit ? offset ?`,
    [page.limit, page.offset],
  );
  const counted = await row<{ total: number }>(db, `select count(*) as total ${open}`);
  return { drafts: found.map(({ id }) => id), total: counted?.total ?? 0 };
}

/** One that an order came from stays, since the order refers to it. @returns whether it went */
export async function deleteDraft(db: Queryable, id: string): Promise<boolean> {
  const gone = await changed(
    db,
    `delete from carts where id = ? and origin = 'staff' and status = 'active'
     and not exists (select from orders o where o.cart = carts.id)`,
    [id],
  );
  return gone > 0;
}
