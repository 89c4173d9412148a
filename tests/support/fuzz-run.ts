/** Makes requests from a seed, sends them in batches, judges every answer, and makes what was found as small as it gets. */
import fc, { type Arbitrary } from 'fast-check';
import { fuzzClient, type FuzzAnswer } from './fuzz-client.ts';
import { lasting, type ChangedRow, type Journal } from './fuzz-journal.ts';
import { problemOf } from './fuzz-judge.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import type { FuzzWorld } from './fuzz-world.ts';

export interface FuzzOptions {
  origin: string;
  seed: number;
  requests: number;
  world: FuzzWorld;
  journal: Journal;
  stream: Arbitrary<FuzzRequest>;
  /** Names no answer may tell. */
  secrets: readonly string[];
  /** Tables that reading writes: what is worked out, not what is kept. */
  derived: readonly RegExp[];
  /** What the server has written lately, for reports. */
  words: () => string;
  isAlive: () => boolean;
  /** Starts the process again after it has ended. */
  revive: () => Promise<void>;
  /** Aborted when the time is up: what comes afterwards has the shop to itself. */
  signal: AbortSignal;
}

export interface Finding {
  problem: string;
  at: string;
  /** A run with this seed begins with it. */
  seed: number;
  /** As small as it still shows it. */
  request: string;
  answer: string;
  words: string;
}

export interface FuzzReport {
  /** Requests that were made; those sent again, to see what they change or to make them smaller, come on top. */
  made: number;
  sent: number;
  by_status: Record<string, number>;
  /** How often each aim was met with success. */
  accepted: Map<string, number>;
  /** Groups of refused requests of which it was seen that they changed nothing. */
  watched: number;
  findings: Finding[];
}

const BATCH = 24;
const CONNECTIONS = 12;
const RENEW_EVERY = 60;
const SHRINK_MS = 3_000;
const MOST_FINDINGS = 60;
/** A GET that may ask a provider and write down what it says. */
const WRITING_READS = /\/(payment|setups\/[^/?]+)(\?|$)/;

interface Met {
  request: FuzzRequest;
  sent: FuzzRequest;
  answer: FuzzAnswer;
}

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { origin, seed, requests, world, journal, stream, derived } = options;
  const client = fuzzClient(origin, CONNECTIONS);
  const report: FuzzReport = {
    made: 0,
    sent: 0,
    by_status: {},
    accepted: new Map(),
    watched: 0,
    findings: [],
  };
  const known = new Set<string>();

  async function send(request: FuzzRequest): Promise<Met> {
    const sent = world.fill(request);
    const answer = await client.send(sent);
    report.sent += 1;
    report.by_status[answer.status] = (report.by_status[answer.status] ?? 0) + 1;
    const successes = report.accepted.get(request.at) ?? 0;
    report.accepted.set(request.at, successes + Number(answer.status >= 200 && answer.status < 400));
    return { request, sent, answer };
  }

  const sendAll = (batch: FuzzRequest[]) => Promise.all(batch.map(send));
  const problemWith = ({ sent, answer }: Met) => problemOf(sent, answer, options.secrets);

  /** Rows that are others since, but for what is worked out. */
  async function changedSince(mark: number): Promise<ChangedRow[]> {
    await journal.mark();
    const rows = lasting(await journal.since(mark));
    return rows.filter(({ table }) => !derived.some((each) => each.test(table)));
  }

  /** What a group of requests changed, all of which were refused; null when one was not, so that nothing can be said. */
  async function changedBy(group: FuzzRequest[]): Promise<ChangedRow[] | null> {
    const mark = await journal.mark();
    const met = await sendAll(group);
    return met.some(isWrite) ? null : changedSince(mark);
  }

  async function note(problem: string, first: Met, index: number): Promise<void> {
    const key = `${problem} ${first.request.at}`;
    const words = () =>
      first.answer.status >= 500 || first.answer.status === 0 ? lastError(options.words()) : '';
    if (known.has(`${key} ${words().slice(0, 120)}`)) return;
    const smallest = await shrunk(problem, first, index);
    const about = words();
    known.add(`${key} ${about.slice(0, 120)}`);
    report.findings.push({
      problem,
      at: first.request.at,
      seed: seed + index,
      request: shown(smallest.sent),
      answer: `${smallest.answer.status} ${smallest.answer.text.slice(0, 1_500)}`,
      words: about,
    });
  }

  /** The smallest request that shows the same by itself, or the first where none does. */
  async function shrunk(problem: string, first: Met, index: number): Promise<Met> {
    let smallest = first;
    const property = fc.asyncProperty(stream, async (request) => {
      const met = await send(request);
      if (problemWith(met) !== problem || request.at !== first.request.at) return;
      smallest = met;
      throw new Error(problem);
    });
    await fc.check(property, { ...runOf(index), interruptAfterTimeLimit: SHRINK_MS });
    return smallest;
  }

  const runOf = (index: number) => ({ seed: seed + index, numRuns: 1 });

  async function watch(met: Met[], mark: number, index: number): Promise<void> {
    const refused = met.filter(({ answer }) => answer.status >= 400);
    if (refused.length === 0) return;
    const changes = met.some(isWrite)
      ? await changedBy(refused.map(({ request }) => request))
      : await changedSince(mark);
    if (changes === null) return;
    report.watched += 1;
    if (changes.length === 0) return;
    // One after another: which of them was it?
    for (const each of refused) {
      const own = await changedBy([each.request]);
      if (own === null || own.length === 0) continue;
      await note(
        `changed ${tablesOf(own)}`,
        { ...each, answer: { ...each.answer, text: toText(own) } },
        index + met.indexOf(each),
      );
      return;
    }
    // None of them: what came late of something before is not theirs, and does not come again.
    const again = await changedBy(refused.map(({ request }) => request));
    if (again === null || again.length === 0) return;
    await note(
      `changed ${tablesOf(changes)}, by none alone`,
      {
        ...refused[0]!,
        answer: {
          ...refused[0]!.answer,
          text: `${toText(again)}\n${refused.map(({ sent }) => shown(sent).slice(0, 200)).join('\n')}`,
        },
      },
      index,
    );
  }

  /** What the shop's own people do has to go on working. */
  async function renew(): Promise<void> {
    await world.renew().catch((error: unknown) => {
      report.findings.push({
        problem: 'the shop works no more',
        at: '',
        seed: seed + report.made,
        request: '',
        answer: String(error),
        words: lastError(options.words()),
      });
    });
  }

  /** The process has ended: by which of these requests? */
  async function noteDeath(batch: FuzzRequest[], index: number): Promise<void> {
    let words = options.words();
    let culprit = batch.map((request) => shown(request).slice(0, 300)).join('\n');
    await options.revive();
    for (const request of batch) {
      const { sent } = await send(request);
      if (options.isAlive()) continue;
      words = options.words();
      culprit = shown(sent);
      await options.revive();
      break;
    }
    report.findings.push({
      problem: 'the process ended',
      at: '',
      seed: seed + index,
      request: culprit,
      answer: '',
      words: words.slice(-2_500),
    });
  }

  try {
    for (let batch = 0; report.made < requests && report.findings.length < MOST_FINDINGS; batch += 1) {
      options.signal.throwIfAborted();
      if (batch % RENEW_EVERY === 0 && batch > 0) await renew();
      const index = report.made;
      const made = Array.from({ length: BATCH }, (_, at) => fc.sample(stream, runOf(index + at))[0]!);
      report.made += BATCH;
      const mark = await journal.mark();
      const met = await sendAll(made);
      if (!options.isAlive()) {
        await noteDeath(made, index);
        continue;
      }
      for (const [at, each] of met.entries()) {
        const problem = problemWith(each);
        if (problem) await note(problem, each, index + at);
      }
      await watch(met, mark, index);
    }
  } finally {
    client.close();
  }
  return report;
}

function isWrite({ sent: { method, target, body }, answer: { status } }: Met): boolean {
  if (status >= 400 || status === 0) return false;
  if (target.startsWith('/graphql')) return String(body).includes('mutation');
  return !['GET', 'HEAD', 'OPTIONS', 'SEARCH'].includes(method) || WRITING_READS.test(target);
}

function tablesOf(changes: ChangedRow[]): string {
  return [...new Set(changes.map(({ table }) => table))].join();
}

function toText(changes: ChangedRow[]): string {
  return changes
    .map(({ table, operation, statement, content }) => `${operation} ${table}: ${content} by ${statement}`)
    .join('\n')
    .slice(0, 3_000);
}

function shown({ method, target, headers, body, as }: FuzzRequest): string {
  const text =
    body === null ? '' : typeof body === 'string' ? body : `<${Buffer.from(body).toString('hex')}>`;
  return `${as}: ${method} ${target.slice(0, 1_500)} ${JSON.stringify(headers).slice(0, 600)} ${text.slice(0, 1_500)}`;
}

/** The newest error of the server's log. */
function lastError(words: string): string {
  const lines = words.split('\n').filter((line) => line.includes('"level":50'));
  for (const line of lines.reverse()) {
    try {
      const { err, msg } = JSON.parse(line) as { err?: { message?: string; stack?: string }; msg?: string };
      return `${err?.stack ?? err?.message ?? ''} ${msg ?? ''}`
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
        .slice(0, 900);
    } catch {
      // Its beginning is cut off.
    }
  }
  return words.slice(-600);
}
