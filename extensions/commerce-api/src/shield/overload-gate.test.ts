import { expect, test } from 'vitest';
import { isKontorError } from '../errors.ts';
import { openGate, overloadGate } from './overload-gate.ts';
import { WORK_CLASSES, type WorkClass } from './work-classes.ts';

const LIMITS = { in_flight: 100, loop_delay_ms: 200, waiting: 40 };

function gateAt({ loop_delay_ms = 0, waiting = 0, random = 0 } = {}) {
  return overloadGate(LIMITS, { loop_delay_ms: () => loop_delay_ms, waiting: () => waiting }, () => random);
}

function isLetIn(gate: ReturnType<typeof gateAt>, work: WorkClass): boolean {
  try {
    gate.enter(work)();
    return true;
  } catch (error) {
    expect(isKontorError(error, 'OVERLOADED')).toBe(true);
    return false;
  }
}

test.each([
  [0, ['reads', 'carts', 'staff', 'checkout']],
  [99, ['reads', 'carts', 'staff', 'checkout']],
  [100, ['carts', 'staff', 'checkout']],
  [150, ['staff', 'checkout']],
  [180, ['checkout']],
  [200, []],
])('with an event loop %d ms late of at most 200, %j are let in', (loop_delay_ms, expected) => {
  const gate = gateAt({ loop_delay_ms });
  expect(WORK_CLASSES.filter((each) => isLetIn(gate, each))).toEqual(expected);
});

test('a queue for connections counts as well', () => {
  expect(isLetIn(gateAt({ waiting: 20 }), 'reads')).toBe(false);
  expect(isLetIn(gateAt({ waiting: 20 }), 'checkout')).toBe(true);
});

test('so do the requests under way, until they have been answered', () => {
  const gate = gateAt();
  const leave = Array.from({ length: 75 }, () => gate.enter('checkout'));
  expect(isLetIn(gate, 'carts')).toBe(false);
  leave[0]!();
  leave[0]!();
  expect(gate.in_flight()).toBe(74);
  expect(isLetIn(gate, 'carts')).toBe(true);
  expect(gate.refused).toEqual({ reads: 0, carts: 1, staff: 0, checkout: 0 });
});

test.each([
  [0, 1],
  [0.5, 2],
  [0.999, 3],
])('who is refused is told to wait: chance %d is %d seconds', (random, seconds) => {
  const gate = gateAt({ loop_delay_ms: 500, random });
  expect(() => gate.enter('checkout')).toThrow(
    expect.objectContaining({ status: 503, extensions: { retry_after_s: seconds } }),
  );
});

test('an open gate refuses nobody, and still counts', () => {
  const gate = openGate();
  for (let count = 0; count < 1_000; count += 1) gate.enter('reads');
  expect(gate.in_flight()).toBe(1_000);
  expect(gate.pressure()).toBe(0);
});
