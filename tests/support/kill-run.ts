/** Starts the worker process, kills it at random moments, starts it again, and remembers what it has confirmed. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StripeEmulator } from '../../scripts/emulators/stripe/server.ts';
import type { Settings } from '../../scripts/environment.ts';
import { ROOT } from '../../scripts/prepare.mjs';
import { chance, type Ask, type Confirmed, type Goods, type Start, type Told } from './kill-protocol.ts';

const WORKER = join(ROOT, 'tests', 'support', 'kill-worker.ts');
/** A kill comes so long after the worker got to work. */
const MOMENT_MS = { from: 50, to: 800 };
const PATIENCE_MS = 60_000;

export interface KillOptions {
  rounds: number;
  seed: number;
  goods: Goods;
  env: Settings;
  webhook_port: number;
  emulator: StripeEmulator;
  /** After the last kill, before a last worker does what is left. */
  beforeLast: () => Promise<unknown>;
  /** Before that one ends. */
  beforeEnd: () => Promise<void>;
}

export interface KillReport {
  kills: number;
  /** Requests that were cut off by a kill and sent again. */
  repeated: number;
  confirmed: Confirmed[];
  /** Refusals by step and code: how much of the work came to nothing. */
  refused: Record<string, number>;
  /** What no caller should ever see. */
  broken: string[];
  /** Requests nobody answered, however often they were repeated. */
  unanswered: Ask[];
}

export async function killAgainAndAgain(options: KillOptions): Promise<KillReport> {
  const { rounds, seed, goods, env, webhook_port, emulator } = options;
  const random = chance(seed);
  const report: KillReport = {
    kills: 0,
    repeated: 0,
    confirmed: [],
    refused: {},
    broken: [],
    unanswered: [],
  };
  const asked = new Map<string, Ask>();

  function hear(told: Told): void {
    if (told.type === 'asked') asked.set(told.ask.key, told.ask);
    if (told.type === 'broken') report.broken.push(`${told.step}: ${told.error}`);
    if (told.type === 'confirmed') {
      report.confirmed.push(told.confirmed);
      if (told.confirmed.kind === 'placed') asked.delete(told.confirmed.ask.key);
    }
    if (told.type === 'refused') {
      const name = `${told.step} ${told.code}`;
      report.refused[name] = (report.refused[name] ?? 0) + 1;
      if (told.ask !== undefined) asked.delete(told.ask);
    }
  }

  for (let round = 0; round < rounds; round += 1) {
    disturb(emulator, random);
    const worker = begin(env, hear);
    const unanswered = [...asked.values()];
    await worker.start({ seed: seed + round, goods, unanswered, webhook_port, task: 'work' });
    await worker.until('confirmed');
    await pause(MOMENT_MS.from + random() * (MOMENT_MS.to - MOMENT_MS.from));
    await worker.kill();
    report.kills += 1;
    report.repeated += asked.size;
  }

  emulator.faults.clear();
  await options.beforeLast();
  const last = begin(env, hear);
  await last.start({ seed, goods, unanswered: [...asked.values()], webhook_port, task: 'settle' });
  await last.until('settled');
  await options.beforeEnd();
  await last.end();
  report.unanswered = [...asked.values()];
  return report;
}

/** The provider has its moments, too: an answer is lost, news comes twice or before the answer. */
function disturb({ faults }: StripeEmulator, random: () => number): void {
  const route = ['POST /v1/payment_intents', 'POST /v1/refunds', 'POST /v1/payment_intents/*/cancel'];
  faults.clear();
  faults.add({ kind: 'lost_answer', route: route[Math.floor(random() * route.length)], times: 1 });
  faults.add({ kind: 'duplicate_events', times: 3 });
  faults.add({ kind: 'events_first', times: 2 });
}

/** One life of the worker. */
function begin(env: Settings, hear: (told: Told) => void) {
  let words = '';
  const child = fork(WORKER, { env, silent: true, execArgv: ['--disable-warning=ExperimentalWarning'] });
  const keep = (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('message', hear);

  /** @throws Error with its last words when the process ends before it says so */
  async function until(type: Told['type']): Promise<void> {
    const listening = new AbortController();
    const { signal } = listening;
    const said = new Promise<void>((resolve) => {
      const listener = (told: Told) => told.type === type && resolve();
      child.on('message', listener);
      signal.addEventListener('abort', () => child.off('message', listener));
    });
    const gone = ended(child, signal).then(() => {
      throw new Error(`The worker ended before it said "${type}":\n${words}`);
    });
    const late = pause(PATIENCE_MS, null, { signal }).then(() => {
      throw new Error(`The worker did not say "${type}" within ${PATIENCE_MS} ms:\n${words}`);
    });
    for (const lost of [gone, late]) lost.catch(() => undefined);
    try {
      await Promise.race([said, gone, late]);
    } finally {
      listening.abort();
    }
  }

  return {
    until,
    async start(start: Start) {
      child.send(start);
      await until('ready');
    },
    /** Resolves when all that the process had said has been heard. */
    async kill() {
      const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
      child.kill('SIGKILL');
      await gone;
    },
    async end() {
      const gone = once(child, 'exit');
      child.send('end');
      const [code] = (await gone) as [number | null];
      if (code !== 0) throw new Error(`The last worker ended with ${code}:\n${words}`);
    },
  };
}

async function ended(child: ChildProcess, signal: AbortSignal): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit', { signal });
}
