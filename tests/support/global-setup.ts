/** Once per run: the tests' PostgreSQL with its templates, and the built extensions. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildExtensions } from '../../scripts/build.ts';
import { COMPILE_CACHE, openTestDatabases, type TestDatabases } from './databases.ts';

const MOST_CACHED_BYTES = 200_000_000;

declare module 'vitest' {
  interface ProvidedContext {
    databases: TestDatabases;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => console.log(line);
  boundCompileCache();
  const { databases, postgres } = await openTestDatabases(log);
  await buildExtensions({ log });
  project.provide('databases', databases);
  return () => postgres.stop();
}

/** Directus loads a bundle under a new name each time, so that the cache only ever grows: when it is large it begins anew. */
function boundCompileCache(): void {
  let bytes = 0;
  try {
    for (const name of readdirSync(COMPILE_CACHE, { recursive: true, encoding: 'utf8' }))
      bytes += statSync(join(COMPILE_CACHE, name)).size;
  } catch (error) {
    // There is none yet, or another run is writing to it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (bytes > MOST_CACHED_BYTES) rmSync(COMPILE_CACHE, { recursive: true, force: true });
}
