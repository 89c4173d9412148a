/** What every scenario of `bench storefront` needs: to prove answers right, to time them, to count their statements. */
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from '../bench.ts';
import type { Stops } from './bench-shop.ts';
import type { Runs, Timed } from './contest.ts';
import { inTurns } from './contest.ts';
import { ask, loadOf, type Prepared } from './raw-client.ts';
import type { Log } from './project.ts';
import { rounded } from './rates.ts';
import { cpuOf } from './server-usage.ts';
import type { Verdict } from './store-report.ts';
import type { Pool } from './store-requests.ts';
import type { Cluster, Store, StoreServer } from './store-shop.ts';

export const CONNECTIONS = 20;

export interface StoreBench {
  cluster: Cluster;
  store: Store;
  options: BenchOptions;
  wants: (scenario: string) => boolean;
  /** Where profiles go; null for none. */
  profiles: string | null;
  log: Log;
  stops: Stops;
  wrong: string[];
  runs: Runs;
  verdicts: Verdict[];
}

const TOLD = 3;

/** Asks what is known whole, until a few answers were wrong. @returns whether all of it is right; what is not is in `wrong` */
export async function prove(
  { wrong }: { wrong: string[] },
  name: string,
  url: string,
  requests: readonly Prepared[],
): Promise<boolean> {
  const before = wrong.length;
  for (const request of requests) {
    const { status, body } = await ask(url, request);
    const problem = status === 200 ? request.check?.(body.toString()) : body.toString().slice(0, 200);
    if (status !== 200 || problem) wrong.push(`${name}: ${request.path} answered ${status}: ${problem}`);
    if (wrong.length - before >= TOLD) break;
  }
  return wrong.length === before;
}

/** Rounds through the requests, another one on each connection. */
export function rounds(requests: readonly Prepared[]): () => Prepared {
  let at = 0;
  return () => {
    at = (at + 1) % requests.length;
    return requests[at]!;
  };
}

export interface Measurable {
  url: string;
  pid: number;
}

/** A contestant: so many connections that ask one after another. */
export async function contestant(
  { admin }: Cluster,
  { url, pid }: Measurable,
  requests: readonly Prepared[],
  connections = CONNECTIONS,
): Promise<(seconds: number) => Promise<Timed>> {
  const postgres = await postgresPid(admin);
  return async (seconds) => {
    const before = { server: cpuOf(pid), postgres: cpuOf(postgres) };
    const load = await loadOf(url, rounds(requests), { connections, seconds });
    const each = (after: number, then: number) => rounded((after - then) / Math.max(1, load.answers), 3);
    return {
      ...load,
      server_cpu_ms: each(cpuOf(pid), before.server),
      postgres_cpu_ms: each(cpuOf(postgres), before.postgres),
    };
  };
}

async function postgresPid(admin: Cluster['admin']): Promise<number> {
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory');
  return Number(readFileSync(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

export interface Entry {
  name: string;
  server: Measurable;
  pool: Pool;
}

/** Proves each, and times those that are right against each other. */
export async function contest(bench: StoreBench, entries: readonly Entry[]): Promise<void> {
  const contestants: Parameters<typeof inTurns>[0] = {};
  for (const { name, server, pool } of entries)
    if (await prove(bench, name, server.url, pool.proven))
      contestants[name] = await contestant(bench.cluster, server, pool.requests);
  const names = Object.keys(contestants);
  if (names.length === 0) return;
  bench.log(`${names.join(', ')} …`);
  try {
    Object.assign(bench.runs, await inTurns(contestants, bench.options));
  } catch (error) {
    bench.wrong.push(`${names.join(', ')}: ${(error as Error).message}`);
  }
}

/** A profile of the shop's server under one kind of requests, where one is wanted. */
export async function profileOf(
  { profiles, log }: StoreBench,
  name: string,
  { url, profiler }: StoreServer,
  { requests }: Pool,
): Promise<void> {
  if (profiles === null || !profiler) return;
  mkdirSync(profiles, { recursive: true });
  const { json, top } = await profiler.profile(() =>
    loadOf(url, rounds(requests), { connections: CONNECTIONS, seconds: 3 }),
  );
  writeFileSync(join(profiles, `${name}.cpuprofile`), json);
  writeFileSync(join(profiles, `${name}.txt`), `${top.join('\n')}\n`);
  log(`Profile of ${name}:\n${top.slice(0, 12).join('\n')}`);
}
