import { describe, expect, it } from 'vitest';
import { ratioOf, type Timed } from './contest.ts';
import { cellText } from './copy-rows.ts';
import { median, rateFrom, typical } from './rates.ts';
import { growthOf } from './store-growth.ts';
import { dearest } from './server-profile.ts';
import { atLeast, atMost, lineOf, missedOf, verdictsOf } from './store-report.ts';

const run = (per_second: number, p50_ms = 1): Timed => ({
  per_second,
  p50_ms,
  p99_ms: 2,
  answers: 100,
  client_cpu: 0.5,
  bytes_per_answer: 10,
  server_cpu_ms: 1,
  postgres_cpu_ms: 1,
});

describe('rates', () => {
  it('are units in their time, with percentiles of what each took', () => {
    const took = Array.from({ length: 101 }, (_, n) => 100 - n);
    expect(rateFrom(took, 2_000)).toEqual({ per_second: 50.5, p50_ms: 50, p99_ms: 99 });
  });

  it('are zero where nothing was done', () => {
    expect(rateFrom([], 1_000)).toEqual({ per_second: 0, p50_ms: 0, p99_ms: 0 });
  });

  it('have a median that is one of them', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1])).toBe(4);
  });
});

describe('a contest', () => {
  it('compares each run with the other’s beside it, so that a slow moment of the machine does not count', () => {
    expect(ratioOf([run(100), run(10), run(99)], [run(200), run(20), run(200)])).toBe(0.5);
  });

  it('tells of the run with the median rate', () => {
    expect(typical([run(3), run(1), run(2)]).per_second).toBe(2);
  });

  it('grows by the median over the turns', () => {
    const runs = { 'list 10': [run(1, 2), run(1, 2)], 'list 20': [run(1, 2), run(1, 3)] };
    expect(growthOf('list', runs, 10, 20)).toEqual([atMost('list: median, 10 to 20', 1.5, 1.5, '×')]);
    expect(growthOf('search', runs, 10, 20)).toEqual([]);
  });
});

describe('verdicts', () => {
  it('are met at their limit', () => {
    expect(atLeast('a', 5, 5).is_met).toBe(true);
    expect(atLeast('a', 4.9, 5).is_met).toBe(false);
    expect(atMost('a', 5, 5, 'ms').is_met).toBe(true);
    expect(atMost('a', 5.1, 5, 'ms').is_met).toBe(false);
  });

  it('without a limit are told and never missed', () => {
    const verdict = atLeast('a', 0.1, null);
    expect(missedOf([verdict])).toEqual([]);
    expect(lineOf(verdict)).not.toContain('≥');
  });

  it('name what was missed and by what', () => {
    expect(missedOf([atLeast('list-miss to directus-list', 4, 5), atMost('p99', 1, 3, 'ms')])).toEqual([
      'list-miss to directus-list                 4 ×   (≥ 5)',
    ]);
  });

  it('exist for what ran, and for nothing else', () => {
    const runs = { 'list-hit': [run(50)], 'list-hit-bare': [run(100)], 'list-miss': [run(10)] };
    expect(verdictsOf(runs).map(({ name, value, is_met }) => [name, value, is_met])).toEqual([
      ['list-hit to list-hit-bare', 0.5, true],
      ['list-hit p99', 2, true],
    ]);
  });
});

describe('rows for COPY', () => {
  it('escape what would end a cell or a line', () => {
    expect(cellText('a\tb\\c\nd')).toBe('a\\tb\\\\c\\nd');
    expect(cellText(null)).toBe('\\N');
    expect(cellText(true)).toBe('t');
    expect(cellText([{ name: 'Size' }])).toBe('[{"name":"Size"}]');
    expect(cellText(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('a profile', () => {
  it('names the functions that took most of what the process was busy', () => {
    const node = (id: number, functionName: string) => ({
      id,
      callFrame: { functionName, url: 'file:///a/b/c/d.js', lineNumber: 6 },
    });
    const nodes = [node(1, 'one'), node(2, ''), node(3, '(idle)')];
    expect(dearest({ nodes, samples: [1, 1, 1, 2, 3, 3] })).toEqual([
      ' 75.0 %  one  b/c/d.js:7',
      ' 25.0 %  (anonymous)  b/c/d.js:7',
    ]);
  });
});
