/** `bench peers`: the harness in ../shared/peers-bench, system after system in one run, and what Kontor is to the others. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Measured } from '../bench.ts';
import { ROOT } from '../prepare.mjs';
import { rounded } from './rates.ts';
import { PEERS, seedPeers } from './seed-peers.ts';

const WORK = ['W4', 'W5', 'W6', 'SQL'];
const ADAPTER = join(ROOT, 'scripts', 'bench', 'peers-adapter.mjs');
const BENCH_DIR = process.env['BENCH_DIR'] ?? join(tmpdir(), 'peers');
const PG_PORT = process.env['PGPORT_BENCH'] ?? '9432';

/** What the harness stores for a system. */
interface Report {
  W: {
    W4?: Rate;
    W5?: Rate;
    W6?: { runs: { completed: number; sold: number; wallSec: number; errors: Record<string, number> }[] };
    SQL?: Record<string, { queries: number; tx: number }>;
  };
}
interface Rate {
  rps: number;
  p50: number;
  p99: number;
  serverCpuMs: number;
  pgCpuMs: number;
  errors: number;
}

export async function measure(args: string[], options: BenchOptions): Promise<Measured> {
  const reason = whySkipped();
  if (reason) {
    console.log(`Skipped: ${reason}`);
    return { results: { skipped: reason }, wrong: [] };
  }
  const systems = args.length > 0 ? args : ['limit', 'vendure', 'kontor'];
  const reports: Record<string, Report> = {};
  for (const system of systems) {
    console.log(`\n${system}`);
    // A rush empties what it buys: ours starts afresh, the harness finds others the variants nobody has bought yet.
    if (system === 'kontor') await seedPeers(`postgres://postgres:postgres@127.0.0.1:${PG_PORT}`);
    reports[system] = await run(system, options);
  }
  const ratios = ratiosOf(reports);
  print(reports, ratios);
  return { results: { options, reports, ratios }, wrong: wrongOf(reports['kontor']) };
}

function whySkipped(): string | null {
  if (!existsSync(join(PEERS, 'run.sh'))) return `there is no ${PEERS}`;
  if (!existsSync(join(BENCH_DIR, 'tools')))
    return `nothing is set up under ${BENCH_DIR}: run ${PEERS}/setup.sh limit, then vendure`;
  return null;
}

/** One system through the harness. @returns what it stored */
async function run(system: string, { seconds, repeats }: BenchOptions): Promise<Report> {
  const label = `kontor-bench-${system}`;
  const file = join(BENCH_DIR, 'out', `${label}.json`);
  rmSync(file, { force: true });
  const child = spawn('bash', [join(PEERS, 'run.sh'), system === 'kontor' ? ADAPTER : system, ...WORK], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      BENCH_DIR,
      BENCH_LABEL: label,
      BENCH_SECS: String(seconds),
      BENCH_REPS: String(repeats),
    },
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (ended) => resolve(ended ?? 1));
  });
  if (code !== 0) throw new Error(`the harness ended with ${code} for ${system}`);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

type Ratios = Record<string, { W4: number | null; W5: number | null }>;

/** How many times as fast Kontor is. */
function ratiosOf(reports: Record<string, Report>): Ratios {
  const ours = reports['kontor'];
  const times = (unit: 'W4' | 'W5', other: Report) => {
    const [mine, theirs] = [ours?.W[unit]?.rps, other.W[unit]?.rps];
    return mine && theirs ? rounded(mine / theirs, 3) : null;
  };
  const others = Object.entries(reports).filter(([system]) => system !== 'kontor');
  return Object.fromEntries(
    others.map(([system, report]) => [system, { W4: times('W4', report), W5: times('W5', report) }]),
  );
}

function wrongOf(kontor: Report | undefined): string[] {
  const wrong: string[] = [];
  for (const unit of ['W4', 'W5'] as const) {
    const errors = kontor?.W[unit]?.errors ?? 0;
    if (errors > 0) wrong.push(`${unit}: ${errors} errors`);
  }
  for (const { sold, wallSec, errors } of kontor?.W.W6?.runs ?? []) {
    const isClear = Object.keys(errors).every((error) => error.includes('INSUFFICIENT_STOCK'));
    if (sold !== 50 || !isClear) wrong.push(`W6: ${sold} sold in ${wallSec} s, ${JSON.stringify(errors)}`);
  }
  return wrong;
}

function print(reports: Record<string, Report>, ratios: Ratios): void {
  const rate = (one: Rate | undefined) =>
    one?.rps
      ? `${one.rps}/s (p50 ${one.p50}, p99 ${one.p99} ms; CPU ${one.serverCpuMs} + ${one.pgCpuMs} pg ms)`
      : '-';
  for (const [system, { W }] of Object.entries(reports)) {
    const sql = (unit: string) => (W.SQL?.[unit] ? `${W.SQL[unit].queries} + ${W.SQL[unit].tx} tx` : '-');
    console.log(`\n${system}`);
    console.log(`  W4 add a line       ${rate(W.W4)}; SQL ${sql('W4')}`);
    console.log(`  W5 guest checkout   ${rate(W.W5)}; SQL ${sql('W5')}`);
    for (const { sold, completed, wallSec, errors } of W.W6?.runs ?? [])
      console.log(
        `  W6 200 for 50       ${sold} sold, ${completed} answered, ${wallSec} s; ${JSON.stringify(errors)}`,
      );
  }
  for (const [system, { W4, W5 }] of Object.entries(ratios))
    console.log(`\nkontor / ${system}: W4 ${W4 ?? '-'}, W5 ${W5 ?? '-'}`);
}
