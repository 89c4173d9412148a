/** `bench peers`: the harness in ../shared/peers-bench, system after system in one run, and what Kontor is to the others. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Measured } from '../bench.ts';
import { ROOT } from '../prepare.mjs';
import { peerVerdicts, UNCACHED, type PeerRate, type PeerReport } from './peer-verdicts.ts';
import { PEERS, seedPeers } from './seed-peers.ts';
import { missedOf, sayVerdicts } from './store-report.ts';

export const OPTIONS = { work: { type: 'string', default: 'W1,W2,W3,W4,W5,W6,SQL' } } as const;

/** What reads; the others write, and are the same without a cache. */
const READS = ['W1', 'W2', 'W3', 'SQL'];
const ADAPTER = join(ROOT, 'scripts', 'bench', 'peers-adapter.mjs');
const BENCH_DIR = process.env['BENCH_DIR'] ?? join(tmpdir(), 'peers');
const PG_PORT = process.env['PGPORT_BENCH'] ?? '9432';

export async function measure(args: string[], options: BenchOptions): Promise<Measured> {
  const reason = whySkipped();
  if (reason) {
    console.log(`Skipped: ${reason}`);
    return { results: { skipped: reason }, wrong: [] };
  }
  const work = String(options.own['work']).split(',');
  const systems = args.length > 0 ? args : ['limit', ...(isSetUp('vendure') ? ['vendure'] : []), 'kontor'];
  const reports: Record<string, PeerReport> = {};
  for (const system of systems) {
    console.log(`\n${system}`);
    if (system !== 'kontor') {
      reports[system] = await run(system, work, options);
      continue;
    }
    // A rush empties what it buys: ours starts afresh, the harness finds others the variants nobody has bought yet.
    await seedPeers(`postgres://postgres:postgres@127.0.0.1:${PG_PORT}`);
    const reads = work.filter((each) => READS.includes(each));
    if (reads.length > 0) reports[UNCACHED] = await run(UNCACHED, reads, options);
    reports[system] = await run(system, work, options);
  }
  print(reports);
  const verdicts = peerVerdicts(reports);
  sayVerdicts(verdicts);
  const { seconds, repeats } = options;
  return {
    results: { options: { seconds, repeats }, reports, verdicts },
    wrong: wrongOf(reports),
    missed: missedOf(verdicts),
  };
}

function whySkipped(): string | null {
  if (!existsSync(join(PEERS, 'run.sh'))) return `there is no ${PEERS}`;
  if (!isSetUp('tools'))
    return `nothing is set up under ${BENCH_DIR}: run ${PEERS}/setup.sh limit, and vendure to measure against it too`;
  return null;
}

function isSetUp(part: string): boolean {
  return existsSync(join(BENCH_DIR, part));
}

/** One system through the harness. @returns what it stored */
async function run(
  system: string,
  work: readonly string[],
  { seconds, repeats }: BenchOptions,
): Promise<PeerReport> {
  const label = `kontor-bench-${system}`;
  const file = join(BENCH_DIR, 'out', `${label}.json`);
  rmSync(file, { force: true });
  const isOurs = system === 'kontor' || system === UNCACHED;
  const child = spawn('bash', [join(PEERS, 'run.sh'), isOurs ? ADAPTER : system, ...work], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      BENCH_DIR,
      BENCH_LABEL: label,
      BENCH_SECS: String(seconds),
      BENCH_REPS: String(repeats),
      BENCH_WARM: String(Math.min(5, seconds)),
      KONTOR_BENCH_CACHE: system === UNCACHED ? 'off' : 'on',
    },
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (ended) => resolve(ended ?? 1));
  });
  if (code !== 0) throw new Error(`the harness ended with ${code} for ${system}`);
  return JSON.parse(readFileSync(file, 'utf8')) as PeerReport;
}

function wrongOf(reports: Record<string, PeerReport>): string[] {
  const wrong: string[] = [];
  for (const system of ['kontor', UNCACHED]) {
    const work = reports[system]?.W;
    for (const unit of ['W1', 'W2', 'W3', 'W4', 'W5'] as const) {
      const done = work?.[unit];
      if (done?.failed) wrong.push(`${system} ${unit}: ${done.failed}`);
      else if (done && done.errors > 0) wrong.push(`${system} ${unit}: ${done.errors} errors`);
    }
  }
  for (const { sold, wallSec, errors } of reports['kontor']?.W.W6?.runs ?? []) {
    const isClear = Object.keys(errors).every((error) => error.includes('INSUFFICIENT_STOCK'));
    if (sold !== 50 || !isClear) wrong.push(`W6: ${sold} sold in ${wallSec} s, ${JSON.stringify(errors)}`);
  }
  return wrong;
}

const UNITS = [
  ['W1', 'list of a category'],
  ['W2', 'product'],
  ['W3', 'search'],
  ['W4', 'add a line'],
  ['W5', 'guest checkout'],
] as const;

function print(reports: Record<string, PeerReport>): void {
  // The harness' client may be what limits the fastest: the part of a core it took is told too.
  const rate = ({ rps, p50, p99, serverCpuMs, pgCpuMs, clientCpuMs }: PeerRate) =>
    `${rps}/s (p50 ${p50}, p99 ${p99} ms; CPU ${serverCpuMs} + ${pgCpuMs} pg ms; client ${((rps * clientCpuMs) / 1000).toFixed(2)} of a core)`;
  for (const [system, { W, rssIdleMb, rssAfterMb }] of Object.entries(reports)) {
    console.log(`\n${system}: ${rssIdleMb} MB idle, ${rssAfterMb} MB after load`);
    for (const [unit, name] of UNITS) {
      const done = W[unit];
      const sql = W.SQL?.[unit];
      if (done?.rps)
        console.log(
          `  ${unit} ${name.padEnd(20)} ${rate(done)}; SQL ${sql ? `${sql.queries} + ${sql.tx} tx` : '-'}`,
        );
    }
    for (const { sold, completed, wallSec, errors } of W.W6?.runs ?? [])
      console.log(
        `  W6 200 for 50           ${sold} sold, ${completed} answered, ${wallSec} s; ${JSON.stringify(errors)}`,
      );
  }
}
