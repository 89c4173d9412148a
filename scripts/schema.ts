/** The tracked schema of a database, as Directus sees it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDirectus } from './directus.ts';
import type { Settings } from './environment.ts';
import type { SchemaPlan } from './schema-plan.ts';
import { APPLY_SCHEMA } from './setup.ts';

/** What `snapshots/schema.yaml` would be if it were written from this database. */
export function dumpSchema(env: Settings): Promise<string> {
  return writtenBy((file) => runDirectus(['schema', 'snapshot', '--yes', file], env));
}

/** What the schema step would do to this database. Its Directus tables must be up to date. */
export async function planSchema(env: Settings): Promise<SchemaPlan> {
  return JSON.parse(
    await writtenBy((file) => runDirectus(['--plan', file], env, APPLY_SCHEMA)),
  ) as SchemaPlan;
}

/** Through a file: what a child process prints is kept for people and cut. */
async function writtenBy(work: (file: string) => Promise<unknown>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-schema-'));
  try {
    const file = join(folder, 'schema');
    await work(file);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
