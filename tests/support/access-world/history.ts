import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Label, Planter } from './planter.ts';
import type { Staff } from './staff.ts';

/** What the admin app writes down by itself, and what only administrators make. */
export async function plantHistory(
  db: Knex,
  { add }: Planter,
  staff: Staff,
  product: string,
  order: string,
): Promise<void> {
  for (const [collection, item, user, labels] of [
    ['products', product, staff.catalogue_staff, ['catalogue_staff', 'history']],
    ['products', product, staff.vendor, ['vendor', 'history']],
    ['orders', order, staff.order_staff, ['order_staff']],
    ['orders', order, null, []],
  ] as [string, string, string | null, Label[]][]) {
    const what = { collection, item };
    const activity = await add(
      'directus_activity',
      { ...what, action: 'update', user, ip: '192.0.2.1' },
      ...labels,
    );
    const kept = collection === 'products' ? (['history'] as const) : [];
    await add('directus_revisions', { ...what, activity, data: '{"s":"SECRET"}', delta: '{}' }, ...kept);
  }
  const author = staff.order_staff;
  await add('order_notes', { order, body: 'SECRET', is_public: false, actor: author }, 'order_staff');
  const dashboard = await add('directus_dashboards', { id: randomUUID(), name: 'Sales' });
  await add('directus_panels', { id: randomUUID(), dashboard, type: 'label', position_x: 1, position_y: 1, width: 1, height: 1 }); // prettier-ignore
  await add('directus_translations', {
    id: randomUUID(),
    language: 'en-GB',
    key: 'greeting',
    value: 'Hello',
  });
  await add('directus_versions', { id: randomUUID(), key: 'draft', collection: 'products', item: product });
  await db('directus_flows').insert({ id: randomUUID(), name: 'By the clock', trigger: 'schedule', status: 'active' }); // prettier-ignore
}
