/**
 * Sets up a database `kontor` on the PostgreSQL of ../shared/peers-bench and fills it with that harness' catalogue:
 * BENCH_PG_URL=postgres://… node scripts/bench/seed-peers.ts [CATALOG]. Drops what was there.
 */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import pg from 'pg';
import { buildExtensions } from '../build.ts';
import { givenDatabase } from '../environment.ts';
import { fail, ROOT, SetupProblem } from '../prepare.mjs';
import { setUpDatabase } from '../setup.ts';
import { benchEnvironment } from './bench-server.ts';
import { seedCatalogue, type BenchCatalogue } from './catalogue.ts';
import { project } from './project.ts';

export const PEERS = join(ROOT, '..', 'shared', 'peers-bench');
export const PEERS_DATABASE = 'kontor';

export async function seedPeers(url: string): Promise<void> {
  const catalogue = (await import(pathToFileURL(join(PEERS, 'lib', 'catalog.mjs')).href)) as BenchCatalogue;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${PEERS_DATABASE} with (force)`);
  await admin.query(`create database ${PEERS_DATABASE}`);
  await admin.end();
  const database = givenDatabase({ DATABASE_URL: `${url}/${PEERS_DATABASE}` });
  if (!database) throw new SetupProblem('BENCH_PG_URL names no PostgreSQL.');
  const log = (line: string) => console.log(`  ${line}`);
  const env = benchEnvironment(database, { http: 1, smtp: 1 });
  await setUpDatabase({ env, demo: false, progress: log });
  await buildExtensions({ log });
  const db = new pg.Client({ connectionString: `${url}/${PEERS_DATABASE}` });
  await db.connect();
  const began = Date.now();
  await seedCatalogue(db, catalogue);
  await project(env, log);
  await db.query('vacuum analyze');
  log(`Catalogue: ${catalogue.products.length} products in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await db.end();
}

if (import.meta.main) {
  const url = process.env['BENCH_PG_URL'];
  if (!url) fail(new SetupProblem('Set BENCH_PG_URL, as lib/env.sh of the harness does.'));
  else seedPeers(url).then(() => process.exit(0), fail);
}
