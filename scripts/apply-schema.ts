/**
 * Runs inside Directus' environment as a child process: brings the tracked schema to `snapshots/schema.yaml`.
 * It adds and changes; it never removes what the snapshot does not know, because merchants and developers add collections and
 * fields of their own in the admin app.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { ROOT } from './prepare.mjs';

interface Diff {
  kind: 'N' | 'D' | 'E' | 'A';
  path?: unknown[];
}
interface Entry {
  diff: Diff[];
}
type SnapshotDiff = Record<'collections' | 'fields' | 'systemFields' | 'relations', Entry[]>;
interface DirectusInternals {
  getSnapshot: (options?: object) => Promise<object>;
  getSnapshotDiff: (current: object, wanted: object) => SnapshotDiff;
  applySnapshot: (wanted: object, options: { current: object; diff: SnapshotDiff }) => Promise<void>;
  default: () => { destroy: () => Promise<void> };
}

const internal = async (path: string) => (await import(`@directus/api/${path}`)) as DirectusInternals;
const [{ getSnapshot }, { getSnapshotDiff }, { applySnapshot }, database] = [
  await internal('utils/get-snapshot'),
  await internal('utils/get-snapshot-diff'),
  await internal('utils/apply-snapshot'),
  await internal('database/index'),
];

const wanted = load(readFileSync(join(ROOT, 'snapshots', 'schema.yaml'), 'utf8')) as object;
const current = await getSnapshot();
const full = getSnapshotDiff(current, wanted);
const removes = (entry: Entry) => entry.diff[0]?.kind === 'D' && (entry.diff[0].path ?? []).length === 0;
const diff: SnapshotDiff = {
  collections: full.collections.filter((entry) => !removes(entry)),
  fields: full.fields.filter((entry) => !removes(entry)),
  systemFields: full.systemFields,
  relations: full.relations.filter((entry) => !removes(entry)),
};
const changes = Object.values(diff).reduce((sum, entries) => sum + entries.length, 0);
if (changes > 0) await applySnapshot(wanted, { current, diff });
process.stdout.write(`${changes} schema changes applied\n`);
await database.default().destroy();
process.exit(0);
