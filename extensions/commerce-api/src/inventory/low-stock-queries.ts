/** SQL on levels that run low, and whom to tell. */
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface LowLevel {
  id: string;
  sku: string;
  name: string;
  title: string | null;
  location: string;
  free: number;
  low_stock_at: number;
}

const MARK = 'coalesce(s.low_stock_at, (select low_stock_at from shop_settings limit 1))';

/** Levels at active locations at or below their mark now, the emptiest first. */
const LOW_LEVELS = `
  select s.id, v.sku, p.name, v.title, l.name as location, s.on_hand - s.reserved as free, ${MARK} as low_stock_at
  from stock_levels s
  join stock_locations l on l.id = s.location and l.active
  join product_variants v on v.id = s.variant and v.track_stock and v.status = 'published'
  join products p on p.id = v.product and p.status <> 'archived'
  where s.on_hand - s.reserved <= ${MARK}`;

export function lowLevels(db: Queryable, limit: number): Promise<LowLevel[]> {
  return rows<LowLevel>(db, `${LOW_LEVELS} order by free, v.sku, s.id limit ?`, [limit]);
}

/** Takes what the movements have noted, and says which of it is low still. What is taken is nobody else's. */
export function takeAlerts(trx: Transaction): Promise<LowLevel[]> {
  return rows<LowLevel>(
    trx,
    `with taken as (delete from commerce.low_stock_alerts returning variant, location)
     ${LOW_LEVELS} and (s.variant, s.location) in (select variant, location from taken) order by free, v.sku, s.id`,
  );
}

/** Where the shop is written to; null while it has not said. */
export async function shopEmail(db: Queryable): Promise<string | null> {
  return (await row<{ email: string | null }>(db, 'select email from shop_settings limit 1'))?.email ?? null;
}

/** Puts a notification in the inbox of everybody of these roles and of administrators. */
export async function notifyStaff(
  trx: Transaction,
  roles: readonly string[],
  notification: { subject: string; message: string; collection: string; item: string | null },
): Promise<void> {
  await row(
    trx,
    `insert into directus_notifications (recipient, status, subject, message, collection, item, "timestamp")
     select u.id, 'inbox', ?, ?, ?, ?, now() from directus_users u
     where u.status = 'active' and (u.role = any(?::uuid[]) or exists (
       select from directus_access a join directus_policies y on y.id = a.policy and y.admin_access
       where a.role = u.role or a."user" = u.id))`,
    [notification.subject, notification.message, notification.collection, notification.item, roles],
  );
}
