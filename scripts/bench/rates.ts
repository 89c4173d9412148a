/** What a run comes to: rates, percentiles, medians of repeats. */

export interface Rate {
  per_second: number;
  p50_ms: number;
  p99_ms: number;
}

/** @param took milliseconds of each unit */
export function rateFrom(took: readonly number[], wall_ms: number): Rate {
  const sorted = Float64Array.from(took).sort();
  const at = (part: number) => rounded(sorted[Math.floor(part * (sorted.length - 1))] ?? 0, 3);
  return { per_second: rounded(sorted.length / (wall_ms / 1000)), p50_ms: at(0.5), p99_ms: at(0.99) };
}

/** The run with the median rate. */
export function typical<Run extends Rate>(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.per_second - b.per_second);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The upper one of the middle two, where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
