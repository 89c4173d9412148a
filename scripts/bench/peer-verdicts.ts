/** What Kontor must be to the systems of ../shared/peers-bench. */
import { rounded } from './rates.ts';
import { atLeast, atMost, type Verdict } from './store-report.ts';

/** Kontor once more, without its storefront cache. */
export const UNCACHED = 'kontor-uncached';

/** What the harness stores for a system. */
export interface PeerReport {
  rssIdleMb?: number;
  rssAfterMb?: number;
  W: {
    W1?: PeerRate;
    W2?: PeerRate;
    W3?: PeerRate;
    W4?: PeerRate;
    W5?: PeerRate;
    W6?: { runs: { completed: number; sold: number; wallSec: number; errors: Record<string, number> }[] };
    SQL?: Record<string, { queries: number; tx: number }>;
  };
}

export interface PeerRate {
  rps: number;
  p50: number;
  p99: number;
  serverCpuMs: number;
  pgCpuMs: number;
  clientCpuMs: number;
  errors: number;
  /** Why it could not be measured. */
  failed?: string;
}

type Unit = 'W1' | 'W2' | 'W3' | 'W4' | 'W5';

/** What the harness measured of the best peer's search, Medusa's, where none is here to be measured again (its results of 2026-11-21). */
const PEER_SEARCH = 17.34;
const SEARCH_TIMES = 25;
const STATEMENTS = 3;
const RESIDENT_MB = 450;
/** To `limit`, the bare server of the harness: out of the cache, and past it. */
const TO_LIMIT: { unit: Unit; hits: number; misses: number }[] = [
  { unit: 'W1', hits: 2, misses: 0.5 },
  { unit: 'W2', hits: 1, misses: 0.3 },
];

export function peerVerdicts(reports: Record<string, PeerReport>): Verdict[] {
  const rate = (system: string, unit: Unit) => reports[system]?.W[unit]?.rps;
  const verdicts: Verdict[] = [];
  const times = (ours: string, other: string, unit: Unit, limit: number | null) => {
    const [mine, theirs] = [rate(ours, unit), rate(other, unit)];
    if (mine && theirs)
      verdicts.push(atLeast(`${unit} of ${ours} to ${other}`, rounded(mine / theirs, 3), limit));
  };
  for (const { unit, hits, misses } of TO_LIMIT) {
    times('kontor', 'limit', unit, hits);
    times(UNCACHED, 'limit', unit, misses);
  }
  const others = Object.keys(reports).filter((system) => system !== 'kontor' && system !== UNCACHED);
  for (const other of others) {
    const units: Unit[] = other === 'limit' ? ['W4', 'W5'] : ['W1', 'W2', 'W3', 'W4', 'W5'];
    for (const unit of units) times('kontor', other, unit, null);
  }
  const search = rate(UNCACHED, 'W3');
  const best = Math.max(PEER_SEARCH, ...others.map((other) => rate(other, 'W3') ?? 0));
  if (search)
    verdicts.push(atLeast('W3 past the cache to the best peer', rounded(search / best), SEARCH_TIMES));
  for (const unit of ['W1', 'W2'] as const) {
    const counted = reports[UNCACHED]?.W.SQL?.[unit];
    if (counted)
      verdicts.push(
        atMost(`${unit} past the cache, SQL`, counted.queries + counted.tx, STATEMENTS, 'statements'),
      );
  }
  for (const system of ['kontor', UNCACHED]) {
    const resident = reports[system]?.rssAfterMb;
    if (resident) verdicts.push(atMost(`${system}, memory after load`, resident, RESIDENT_MB, 'MB'));
  }
  return verdicts;
}
