/** Once per run: the tests' PostgreSQL with its templates, and the built extensions. */
import type { TestProject } from 'vitest/node';
import { buildExtensions } from '../../scripts/build.ts';
import { openTestDatabases, type TestDatabases } from './databases.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databases: TestDatabases;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => console.log(line);
  const { databases, postgres } = await openTestDatabases(log);
  await buildExtensions({ log });
  project.provide('databases', databases);
  return () => postgres.stop();
}
