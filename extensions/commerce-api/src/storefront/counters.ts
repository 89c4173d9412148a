/** What the storefront cache counts: plain numbers, turned into metrics when somebody asks for them. */
import { Counter, Gauge, register } from 'prom-client';

/** Why a request of the storefront went past the cache. */
export const BYPASSES = ['signed_in', 'body', 'not_listening', 'off', 'not_followed', 'rules'] as const;
export type Bypass = (typeof BYPASSES)[number];

export interface Counters {
  hits: number;
  /** Made anew. */
  misses: number;
  /** Waited for another request's answer. */
  coalesced: number;
  /** Refused by the route itself, or not found: never kept. */
  refused: number;
  evictions: number;
  /** Entries that a change made stale. */
  invalidations: number;
  /** Answers that changed while they were made, and so were not kept. */
  overtaken: number;
  /** Times that places of changed products were not told in time, so that they were worked out here. */
  late: number;
  /** Times that this took too long, and all that shows shelves was dropped. */
  overdue: number;
  bypasses: Record<Bypass, number>;
}

export function counters(): Counters {
  const bypasses = Object.fromEntries(BYPASSES.map((reason) => [reason, 0])) as Record<Bypass, number>;
  return {
    hits: 0,
    misses: 0,
    coalesced: 0,
    refused: 0,
    evictions: 0,
    invalidations: 0,
    overtaken: 0,
    late: 0,
    overdue: 0,
    bypasses,
  };
}

export interface Sizes {
  entries: () => number;
  bytes: () => number;
  is_listening: () => boolean;
}

/** Shows them in Directus' registry, as its `/metrics` tells them. */
export function exposeMetrics(counted: Counters, sizes: Sizes): void {
  const totals = {
    hits: 'Requests answered from memory',
    misses: 'Requests answered anew',
    coalesced: 'Requests that waited for the same answer of another',
    refused: 'Requests a route refused or found nothing for',
    evictions: 'Entries pushed out by others',
    invalidations: 'Entries dropped because what they showed changed',
    overtaken: 'Answers not kept because what they showed changed meanwhile',
    late: 'Times that changes of listings waited, and were worked out here',
    overdue: 'Times that this took too long, and every list was dropped',
  } as const;
  for (const [name, help] of Object.entries(totals)) {
    addMetric(
      new Counter({
        name: `kontor_storefront_${name}_total`,
        help,
        registers: [],
        collect() {
          this.reset();
          this.inc(counted[name as keyof typeof totals]);
        },
      }),
    );
  }
  addMetric(
    new Counter({
      name: 'kontor_storefront_bypasses_total',
      help: 'Requests that went past the cache',
      labelNames: ['reason'],
      registers: [],
      collect() {
        this.reset();
        for (const reason of BYPASSES) this.inc({ reason }, counted.bypasses[reason]);
      },
    }),
  );
  const gauges = {
    entries: ['Entries kept', sizes.entries],
    bytes: ['Bytes the entries take', sizes.bytes],
    listening: ['1 while changes are heard of, else 0', () => Number(sizes.is_listening())],
  } as const;
  for (const [name, [help, value]] of Object.entries(gauges)) {
    addMetric(
      new Gauge({
        name: `kontor_storefront_${name}`,
        help,
        registers: [],
        collect() {
          this.set(value());
        },
      }),
    );
  }
}

/** In place of one an earlier load of the bundle left there. */
function addMetric(metric: Counter | Gauge): void {
  const { name } = metric as unknown as { name: string };
  register.removeSingleMetric(name);
  register.registerMetric(metric);
}
