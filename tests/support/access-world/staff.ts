import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ROLES } from '../../../seeds/access/ids.ts';
import type { Caller } from './ask.ts';
import type { Planter } from './planter.ts';

export type Staff = Record<'vendor' | 'catalogue_staff' | 'order_staff', string>;

export async function anAccount(
  plant: Planter,
  name: Exclude<Caller, 'anonymous' | 'administrator'>,
  role: string,
): Promise<string> {
  const id = randomUUID();
  const user = { id, email: `${name}@example.com`, role, status: 'active', token: `token-of-${name}` };
  const is_shopper = role === ROLES.customer;
  await plant.add('directus_users', user, name, ...(is_shopper ? [] : (['colleagues'] as const)));
  return id;
}

export async function plantStaff(db: Knex, plant: Planter): Promise<Staff> {
  await plant.mark('directus_users', 'true', 'colleagues');
  const staff = {
    vendor: await anAccount(plant, 'vendor', ROLES.vendor),
    catalogue_staff: await anAccount(plant, 'catalogue_staff', ROLES.catalogue_staff),
    order_staff: await anAccount(plant, 'order_staff', ROLES.order_staff),
  };
  for (const [name, id] of Object.entries(staff) as [keyof Staff, string][]) {
    await plant.mark('directus_roles', `id = '${ROLES[name]}'`, name);
    const own = { item: id, collection: 'directus_users', timestamp: new Date() };
    const now = { date_created: new Date(), user_created: id };
    await plant.add('directus_comments', { ...now, id: randomUUID(), collection: 'products', item: id, comment: 'x' }, name); // prettier-ignore
    await plant.add('directus_notifications', { ...own, recipient: id, subject: 'Hello', status: 'inbox' }, name); // prettier-ignore
    await plant.add('directus_presets', { user: id, collection: 'orders', bookmark: 'Mine' }, name);
    await plant.add('directus_shares', { ...now, id: randomUUID(), name: 'x', collection: 'products', item: id }, name); // prettier-ignore
  }
  await plant.mark('directus_presets', '"user" is null and role is null', 'shared');
  await plant.mark('directus_flows', `trigger = 'manual' and status = 'active'`, 'buttons');
  await plant.mark(
    'directus_operations',
    `flow in (select id from directus_flows where trigger = 'manual' and status = 'active')`,
    'buttons',
  );
  await db('directus_presets').insert({
    role: ROLES.customer,
    collection: 'orders',
    bookmark: 'Another role’s',
  });
  return staff;
}
