import { describe, expect, it } from 'vitest';
import { peerVerdicts, type PeerRate } from './peer-verdicts.ts';

const at = (rps: number): PeerRate => ({
  ...{ rps, p50: 1, p99: 2, serverCpuMs: 1, pgCpuMs: 1, clientCpuMs: 1, errors: 0 },
});

describe('what Kontor is to its peers', () => {
  it('is held against the bare server in and past the cache, and against the best search there is', () => {
    const verdicts = peerVerdicts({
      limit: { W: { W1: at(5_000), W2: at(10_000) } },
      'kontor-uncached': {
        rssAfterMb: 451,
        W: { W1: at(2_500), W2: at(2_900), W3: at(867), SQL: { W1: { queries: 1, tx: 0 } } },
      },
      kontor: { rssAfterMb: 450, W: { W1: at(9_000), W2: at(10_000) } },
    });
    expect(verdicts.map(({ name, value, is_met }) => [name, value, is_met])).toEqual([
      ['W1 of kontor to limit', 1.8, false],
      ['W1 of kontor-uncached to limit', 0.5, true],
      ['W2 of kontor to limit', 1, true],
      ['W2 of kontor-uncached to limit', 0.29, false],
      ['W3 past the cache to the best peer', 50, true],
      ['W1 past the cache, SQL', 1, true],
      ['kontor, memory after load', 450, true],
      ['kontor-uncached, memory after load', 451, false],
    ]);
  });

  it('is told of peers that are there, whose search may be better than the one that was measured', () => {
    const verdicts = peerVerdicts({
      vendure: { W: { W3: at(100), W4: at(10) } },
      'kontor-uncached': { W: { W3: at(1_000) } },
      kontor: { W: { W3: at(5_000), W4: at(100) } },
    });
    expect(verdicts.map(({ name, value, limit, is_met }) => [name, value, limit, is_met])).toEqual([
      ['W3 of kontor to vendure', 50, null, true],
      ['W4 of kontor to vendure', 10, null, true],
      ['W3 past the cache to the best peer', 10, 25, false],
    ]);
  });
});
