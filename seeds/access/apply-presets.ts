import type { Knex } from 'knex';
import { digestOf, recordApplied } from '../insert-missing.ts';
import { canonical } from './canonical.ts';
import { presets, type Preset } from './presets.ts';

interface StoredPreset {
  id: number;
  collection: string;
  bookmark: string | null;
  icon: string | null;
  color: string | null;
  layout: string | null;
  layout_query: unknown;
  layout_options: unknown;
  filter: unknown;
}

/**
 * Presets have serial ids, so the ledger remembers what was written for each (collection, bookmark). A preset still as we
 * wrote it follows the declaration, to its removal if need be. One that a merchant made, changed or deleted is theirs.
 * @returns whether anything was written
 */
export async function applyPresets(trx: Knex.Transaction): Promise<boolean> {
  const stored: StoredPreset[] = await trx('directus_presets')
    .whereNull('user')
    .whereNull('role')
    .orderBy('id', 'desc');
  const storedByName = new Map(stored.map((row) => [entryOf(row), row]));
  const written = await writtenBefore(trx);
  let changed = false;

  for (const preset of presets) {
    const entry = entryOf(preset);
    const row = storedByName.get(entry);
    const before = written.get(entry);
    written.delete(entry);
    const wanted = rowOf(preset);
    const digest = digestOfRow(wanted);
    const isNew = !row && before === undefined;
    const isOutdated = row && before === digestOfRow(row) && before !== digest;
    if (!isNew && !isOutdated) continue;
    const columns = {
      ...wanted,
      layout_query: JSON.stringify(wanted.layout_query),
      layout_options: wanted.layout_options && JSON.stringify(wanted.layout_options),
      filter: wanted.filter && JSON.stringify(wanted.filter),
    };
    if (row) await trx('directus_presets').where({ id: row.id }).update(columns);
    else await trx('directus_presets').insert(columns);
    await recordApplied(trx, entry, digest);
    changed = true;
  }

  for (const [entry, before] of written) {
    const row = storedByName.get(entry);
    if (row && digestOfRow(row) === before) await trx('directus_presets').where({ id: row.id }).delete();
    await trx('commerce.setup_ledger').where({ name: entry }).delete();
    changed = true;
  }
  return changed;
}

async function writtenBefore(trx: Knex.Transaction): Promise<Map<string, string>> {
  const entries: { name: string; hash: string }[] = await trx('commerce.setup_ledger').where(
    'name',
    'like',
    'preset:%',
  );
  return new Map(entries.map(({ name, hash }) => [name, hash]));
}

function entryOf({ collection, bookmark }: { collection: string; bookmark: string | null }): string {
  return `preset:${collection}:${bookmark ?? ''}`;
}

function rowOf({
  collection,
  bookmark,
  icon,
  color,
  fields,
  widths,
  sort,
  filter,
}: Preset): Omit<StoredPreset, 'id'> {
  const layout_query = { tabular: { fields, sort: [sort], page: 1 } };
  const layout_options = Object.keys(widths).length > 0 ? { tabular: { widths } } : null;
  return { collection, bookmark, icon, color, layout: 'tabular', layout_query, layout_options, filter };
}

/**
 * Of what a merchant may change; collection and bookmark are the name it goes by. Without widths it is the digest that
 * databases remember from before there were any.
 */
function digestOfRow({
  icon,
  color,
  layout,
  layout_query,
  layout_options,
  filter,
}: Omit<StoredPreset, 'id'>): string {
  const widths = layout_options ? [layout_options] : [];
  return digestOf(canonical([icon, color, layout, layout_query, filter, ...widths]));
}
