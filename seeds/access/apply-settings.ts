import type { Knex } from 'knex';
import { appliedDigest, digestOf, recordApplied } from '../insert-missing.ts';
import { settings } from './settings.ts';

/** Sets what was never set by us and still is as Directus ships it. @returns whether anything was written */
export async function applySettings(trx: Knex.Transaction): Promise<boolean> {
  const stored: Record<string, unknown> | undefined = await trx('directus_settings').first();
  let changed = false;
  for (const { name, shipped, value } of settings) {
    const entry = `setting:${name}`;
    if ((stored && stored[name] !== shipped) || (await appliedDigest(trx, entry)) !== null) continue;
    const written = { [name]: typeof value === 'string' || value === null ? value : JSON.stringify(value) };
    const updated = await trx('directus_settings').update(written);
    if (updated === 0) await trx('directus_settings').insert(written);
    await recordApplied(trx, entry, digestOf(value));
    changed = true;
  }
  return changed;
}
