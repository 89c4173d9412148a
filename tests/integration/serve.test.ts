import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Settings } from '../../scripts/environment.ts';
import { end } from '../../scripts/directus.ts';
import { freePort } from '../../scripts/postgres.ts';
import { ROOT } from '../../scripts/prepare.mjs';
import { testEnvironment } from '../support/databases.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let server: ChildProcess | undefined;
let words = '';
beforeEach(async () => {
  fresh = await freshShop();
  words = '';
});
afterEach(async () => {
  if (server) await end(server, 'SIGKILL');
  server = undefined;
  await fresh.stop();
});

/** The command as a container runs it. */
function serve(env: Settings): ChildProcess {
  const child = fork(join(ROOT, 'scripts', 'kontor.ts'), ['serve'], {
    cwd: ROOT,
    env,
    silent: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const keep = (chunk: Buffer) => (words += chunk.toString());
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return child;
}

test('it serves a shop that is set up, says what is unfit for production, and ends well when told to', async () => {
  const port = await freePort();
  server = serve(testEnvironment(fresh.connection, { HOST: '127.0.0.1', PORT: String(port), JOBS: 'off' }));

  await vi.waitFor(
    async () => expect((await fetch(`http://127.0.0.1:${port}/server/ping`)).status, words).toBe(200),
    { timeout: 60_000, interval: 100 },
  );
  await vi.waitFor(() => expect(words).toContain(`Serving at http://127.0.0.1:${port}.`));
  expect(words).toContain('Not fit for production: PUBLIC_URL is not https://');

  server.kill('SIGTERM');
  expect(await once(server, 'exit'), words).toEqual([0, null]);
});

test('it serves nothing from a database that is not what the sources say', async () => {
  await fresh.db.raw(
    `update commerce.setup_ledger set hash = 'of other sources' where name = 'access rules'`,
  );
  server = serve(testEnvironment(fresh.connection));

  expect(await once(server, 'exit'), words).toEqual([1, null]);
  expect(words).toContain('(access rules)');
  expect(words).toContain('npm run kontor -- setup');
});

test('it starts no database of its own', async () => {
  server = serve(testEnvironment({ DB_HOST: '' }));

  expect(await once(server, 'exit'), words).toEqual([1, null]);
  expect(words).toContain('Set DATABASE_URL');
});
