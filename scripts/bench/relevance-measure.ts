/** How good an order is, by what people said of it. */
import { createHash } from 'node:crypto';

export interface Quality {
  ndcg_10: number;
  recall_50: number;
  queries: number;
}

/** Gains as they are, halved by the logarithm of the place; what nobody judged gains nothing. 1 is the best order there can be. */
export function ndcg(found: readonly string[], gains: ReadonlyMap<string, number>, places: number): number {
  const dcg = (values: readonly number[]) =>
    values.slice(0, places).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
  const ideal = dcg([...gains.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : dcg(found.map((key) => gains.get(key) ?? 0)) / ideal;
}

/** How many of the products with the highest gain there can be are among the first. */
export function recall(found: readonly string[], gains: ReadonlyMap<string, number>, places: number): number {
  const best = Math.max(...gains.values());
  const wanted = [...gains].flatMap(([key, gain]) => (gain === best ? [key] : []));
  const among = new Set(found.slice(0, places));
  return wanted.filter((key) => among.has(key)).length / Math.min(wanted.length, places);
}

/** Half of the queries, always the same, are held out: nothing is decided by them. */
export function isHeldOut(query: string): boolean {
  return (createHash('sha256').update(query).digest()[0] ?? 0) % 2 === 1;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
