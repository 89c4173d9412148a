/** Brings roles, policies, list presets, flows and settings of a database to what this folder declares. */
import type { Knex } from 'knex';
import { applyFlows } from './apply-flows.ts';
import { applyPresets } from './apply-presets.ts';
import { applySettings } from './apply-settings.ts';
import { canonical } from './canonical.ts';
import type { Permission, Policy } from './declare.ts';
import { ATTACHMENTS_FOLDER, OURS, PUBLIC_FOLDER } from './ids.ts';
import { catalogueStaff } from './policies/catalogue-staff.ts';
import { customer } from './policies/customer.ts';
import { orderStaff } from './policies/order-staff.ts';
import { storefront } from './policies/storefront.ts';
import { vendor } from './policies/vendor.ts';
import { access, roles } from './roles.ts';

export const policies: readonly Policy[] = [catalogueStaff, orderStaff, vendor, customer, storefront];

/**
 * One transaction; a second caller waits for the first. May run any number of times: what is already so is left untouched.
 * Roles, policies and access rows with Kontor's ids that are no longer declared are deleted, and the permissions of its
 * policies are replaced when they differ; roles and policies of the merchant, two-factor and address rules included, are
 * never touched. A running server notices through the database's triggers, or at its next start.
 */
export async function applyAccess(db: Knex): Promise<{ changed: boolean }> {
  return db.transaction(async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtext('kontor:access'))`);
    const changes = [
      await syncRows(trx, 'directus_roles', OURS.roles, roles),
      await syncRows(trx, 'directus_policies', OURS.policies, policies.map(policyRow)),
      await syncRows(trx, 'directus_access', OURS.access, access),
      await ensureFolders(trx),
      await applyPresets(trx),
      await applyFlows(trx),
      await applySettings(trx),
    ];
    for (const policy of policies) changes.push(await syncPermissions(trx, policy));
    return { changed: changes.includes(true) };
  });
}

/** `ip_access` and `enforce_tfa` are not declared: tightening a policy is the merchant's right. */
function policyRow({ permissions: _, ...policy }: Policy) {
  return { ...policy, admin_access: false };
}

/** Inserts, corrects and deletes by id; only the declared columns are compared and written. */
async function syncRows<Row extends { id: string }>(
  trx: Knex.Transaction,
  table: string,
  prefix: string,
  declared: readonly Row[],
): Promise<boolean> {
  const stored = (await trx(table).whereRaw('id::text like ?', [`${prefix}%`])) as Row[];
  const storedById = new Map(stored.map((row) => [row.id, row]));
  let changed = false;
  for (const row of declared) {
    const before = storedById.get(row.id);
    storedById.delete(row.id);
    if (!before) await trx(table).insert(row as never);
    else if (differs(before, row))
      await trx(table)
        .where({ id: row.id })
        .update(row as never);
    else continue;
    changed = true;
  }
  const obsolete = [...storedById.keys()];
  if (obsolete.length > 0) await trx(table).whereIn('id', obsolete).delete();
  return changed || obsolete.length > 0;
}

function differs<Row extends object>(stored: Row, declared: Row): boolean {
  return Object.entries(declared).some(([column, value]) => stored[column as keyof Row] !== value);
}

/** Permission rows have no ids of their own to keep, so a policy's rows are compared and replaced as one. */
async function syncPermissions(trx: Knex.Transaction, policy: Policy): Promise<boolean> {
  const stored: Permission[] = (await trx('directus_permissions').where({ policy: policy.id })).map(
    (row: Permission & { fields: string | null }) => ({ ...row, fields: row.fields?.split(',') ?? null }),
  );
  if (fingerprint(stored) === fingerprint(policy.permissions)) return false;
  await trx('directus_permissions').where({ policy: policy.id }).delete();
  await trx('directus_permissions').insert(
    policy.permissions.map((permission) => ({
      policy: policy.id,
      collection: permission.collection,
      action: permission.action,
      fields: permission.fields?.join(',') ?? null,
      permissions: JSON.stringify(permission.permissions),
      validation: permission.validation && JSON.stringify(permission.validation),
      presets: permission.presets && JSON.stringify(permission.presets),
    })),
  );
  return true;
}

function fingerprint(permissions: readonly Permission[]): string {
  return permissions
    .map(({ collection, action, fields, permissions: where, validation, presets }) =>
      canonical([collection, action, fields, where, validation, presets]),
    )
    .sort()
    .join('\n');
}

async function ensureFolders(trx: Knex.Transaction): Promise<boolean> {
  const inserted: unknown[] = await trx('directus_folders')
    .insert([
      { id: PUBLIC_FOLDER, name: 'Public', parent: null },
      { id: ATTACHMENTS_FOLDER, name: 'Order attachments', parent: null },
    ])
    .onConflict('id')
    .ignore()
    .returning('id');
  return inserted.length > 0;
}
