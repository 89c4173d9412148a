import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';

/** The shop, in which something else happens once: before or after the nth time it reads an order outside a transaction. */
export function meanwhile(
  shop: Shop,
  when: { before: number } | { after: number },
  happens: (order: string) => Promise<unknown>,
): Shop {
  let reads = 0;
  const raw = async (sql: string, bindings: [string]) => {
    const isRead = /from orders where id = \?/.test(sql);
    if (isRead) reads += 1;
    if (isRead && 'before' in when && when.before === reads) await happens(bindings[0]);
    const answer: unknown = await shop.db.raw(sql, bindings);
    if (isRead && 'after' in when && when.after === reads) await happens(bindings[0]);
    return answer;
  };
  const db = new Proxy(shop.db, { get: (knex, name) => (name === 'raw' ? raw : Reflect.get(knex, name)) });
  return { ...shop, db };
}
