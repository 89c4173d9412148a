import { describe, expect, test } from 'vitest';
import type { Moment } from './period.ts';
import { periodState } from './period.ts';

const now = '2026-03-01T12:00:00.000Z';

describe('a period', () => {
  test.each<[string, Moment | null, Moment | null, string]>([
    ['runs when it is open', null, null, 'running'],
    ['runs from its first millisecond', now, null, 'running'],
    ['has not started a millisecond earlier', '2026-03-01T12:00:00.001Z', null, 'not_started'],
    ['has ended at its end', null, now, 'ended'],
    ['runs until a millisecond before its end', null, '2026-03-01T12:00:00.001Z', 'running'],
    ['reads offsets', '2026-03-01T13:00:00+01:00', '2026-03-01T13:00:01+01:00', 'running'],
    ['reads dates of the driver', new Date(now), new Date('2026-03-01T12:00:00.001Z'), 'running'],
    ['has ended when its end has passed', null, '2026-01-01T00:00:00Z', 'ended'],
  ])('%s', (_, starts_at, ends_at, state) => {
    expect(periodState({ starts_at, ends_at }, now)).toBe(state);
  });

  test('two that meet neither overlap nor leave a gap', () => {
    expect(periodState({ starts_at: null, ends_at: now }, now)).toBe('ended');
    expect(periodState({ starts_at: now, ends_at: null }, now)).toBe('running');
  });

  test('a moment that cannot be read is a RangeError', () => {
    expect(() => periodState({ starts_at: null, ends_at: null }, 'soon')).toThrow(RangeError);
    expect(() => periodState({ starts_at: 'soon', ends_at: null }, now)).toThrow(RangeError);
  });
});
