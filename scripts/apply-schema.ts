/**
 * Runs inside Directus' environment as a child process: brings the tracked schema to `snapshots/schema.yaml`, or with
 * `--plan FILE` only writes what it would do to FILE. It adds and changes; it never removes what the snapshot does not know.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { ROOT } from './prepare.mjs';
import { additive, planOf, type SnapshotDiff } from './schema-plan.ts';

type Snapshot = Parameters<typeof additive>[1];
interface DirectusInternals {
  getSnapshot: (options?: object) => Promise<Snapshot>;
  getSnapshotDiff: (current: Snapshot, wanted: Snapshot) => SnapshotDiff;
  applySnapshot: (wanted: Snapshot, options: { current: Snapshot; diff: SnapshotDiff }) => Promise<void>;
  default: () => { destroy: () => Promise<void> };
}

const internal = async (path: string) => (await import(`@directus/api/${path}`)) as DirectusInternals;
const [{ getSnapshot }, { getSnapshotDiff }, { applySnapshot }, database] = [
  await internal('utils/get-snapshot'),
  await internal('utils/get-snapshot-diff'),
  await internal('utils/apply-snapshot'),
  await internal('database/index'),
];
const { values } = parseArgs({ options: { plan: { type: 'string' } } });

const wanted = load(readFileSync(join(ROOT, 'snapshots', 'schema.yaml'), 'utf8')) as Snapshot;
const current = await getSnapshot();
const full = getSnapshotDiff(current, wanted);
const diff = additive(full, wanted);
const changes = Object.values(diff).reduce((sum, entries) => sum + entries.length, 0);
if (values.plan !== undefined) writeFileSync(values.plan, JSON.stringify(planOf(full, diff)));
else if (changes > 0) await applySnapshot(wanted, { current, diff });
process.stdout.write(`${changes} schema changes ${values.plan === undefined ? 'applied' : 'planned'}\n`);
await database.default().destroy();
process.exit(0);
