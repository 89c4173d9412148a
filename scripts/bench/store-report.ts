/** What the figures are held against, and how they are told. */
import { ratioOf, type Runs } from './contest.ts';
import { typical } from './rates.ts';

export interface Verdict {
  name: string;
  value: number;
  unit: string;
  /** Null: told, and held against nothing. */
  limit: number | null;
  /** Whether more is better. */
  at_least: boolean;
  aim?: number | undefined;
  is_met: boolean;
}

export function atLeast(
  name: string,
  value: number,
  limit: number | null,
  unit = '×',
  aim?: number,
): Verdict {
  return { name, value, unit, limit, at_least: true, aim, is_met: limit === null || value >= limit };
}

export function atMost(name: string, value: number, limit: number | null, unit: string): Verdict {
  return { name, value, unit, limit, at_least: false, is_met: limit === null || value <= limit };
}

/** Scenarios that are answered out of the cache. */
export const HITS = ['items-hit', 'list-hit', 'detail-hit', 'details-hit'] as const;
const HIT_PART = { limit: 0.45, aim: 0.6 };
const HIT_P99_MS = 3;
const LIST_TO_DIRECTUS = 5;

/** The verdicts that follow from runs against each other. What did not run has none. */
export function verdictsOf(runs: Runs): Verdict[] {
  const verdicts: Verdict[] = [];
  const ratio = (name: string, other: string, limit: number | null, aim?: number) => {
    const [ours, theirs] = [runs[name], runs[other]];
    if (ours && theirs) verdicts.push(atLeast(`${name} to ${other}`, ratioOf(ours, theirs), limit, '×', aim));
  };
  for (const name of HITS) {
    ratio(name, `${name}-bare`, HIT_PART.limit, HIT_PART.aim);
    const own = runs[name];
    if (own) verdicts.push(atMost(`${name} p99`, typical(own).p99_ms, HIT_P99_MS, 'ms'));
  }
  ratio('list-miss', 'directus-list', LIST_TO_DIRECTUS);
  ratio('list-miss', 'directus-cards', LIST_TO_DIRECTUS);
  ratio('list-miss', 'query-list', null);
  ratio('detail-miss', 'query-detail', null);
  return verdicts;
}

export function sayRuns(runs: Runs): void {
  console.log(
    `\n${'run'.padEnd(18)}       rate       p50       p99   CPU server + postgres   client   bytes`,
  );
  for (const [name, each] of Object.entries(runs)) {
    const { per_second, p50_ms, p99_ms, server_cpu_ms, postgres_cpu_ms, client_cpu, bytes_per_answer } =
      typical(each);
    console.log(
      [
        name.padEnd(18),
        `${per_second.toFixed(0)}/s`.padStart(11),
        `${p50_ms.toFixed(2)} ms`.padStart(9),
        `${p99_ms.toFixed(2)} ms`.padStart(9),
        `${server_cpu_ms.toFixed(2)} + ${postgres_cpu_ms.toFixed(2)} ms`.padStart(23),
        client_cpu.toFixed(2).padStart(8),
        String(bytes_per_answer).padStart(7),
      ].join(' '),
    );
  }
}

export function sayVerdicts(verdicts: readonly Verdict[]): void {
  console.log('');
  for (const verdict of verdicts) console.log(lineOf(verdict));
}

export function lineOf({ name, value, unit, limit, at_least, aim, is_met }: Verdict): string {
  const told = `${limit === null ? '    ' : is_met ? 'ok  ' : 'MISS'}  ${name.padEnd(34)} ${String(value).padStart(9)} ${unit}`;
  if (limit === null) return told;
  const sign = at_least ? '≥' : '≤';
  return `${told}   (${sign} ${limit}${aim === undefined ? '' : `, aim ${aim}`})`;
}

export function missedOf(verdicts: readonly Verdict[]): string[] {
  return verdicts.filter(({ is_met }) => !is_met).map((verdict) => lineOf(verdict).slice(4).trim());
}
