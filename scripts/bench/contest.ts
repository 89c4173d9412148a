/** Several runs against each other: in turns, so that whatever else the machine does meets all of them. */
import type { Load } from './raw-client.ts';
import { median, rounded } from './rates.ts';

export interface Timed extends Load {
  /** Milliseconds of processor time an answer took the server, and PostgreSQL. */
  server_cpu_ms: number;
  postgres_cpu_ms: number;
}

export type Runs = Record<string, Timed[]>;

/** Each once to warm up, then all of them `repeats` times, one after another. */
export async function inTurns(
  contestants: Record<string, (seconds: number) => Promise<Timed>>,
  { seconds, repeats }: { seconds: number; repeats: number },
): Promise<Runs> {
  const entries = Object.entries(contestants);
  for (const [, run] of entries) await run(Math.min(3, seconds));
  const runs: Runs = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let repeat = 0; repeat < repeats; repeat += 1)
    for (const [name, run] of entries) runs[name]!.push(await run(seconds));
  return runs;
}

/** How many times as fast: the median over the turns, each compared with the other's run beside it. */
export function ratioOf(runs: readonly Timed[], others: readonly Timed[]): number {
  return rounded(median(runs.map(({ per_second }, turn) => per_second / others[turn]!.per_second)), 3);
}
