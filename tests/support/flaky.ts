/** Makes an emulated provider unreliable: so large a share of its requests and events meets one of all kinds of faults. */
import { randomUUID } from 'node:crypto';
import type { Fault, FaultKind, Faults } from '../../scripts/emulators/faults.ts';

/** What a fault of each kind does when it comes by chance. Kinds whose share is 0 come only when they are asked for. */
const BY_CHANCE: {
  [Kind in FaultKind]: { weight: number; fault: Omit<Extract<Fault, { kind: Kind }>, 'id' | 'kind'> };
} = {
  delay: { weight: 1, fault: { delay_ms: 40 } },
  error_before_acting: { weight: 2, fault: { status: 500 } },
  error_after_acting: { weight: 1, fault: { status: 500 } },
  stored_error: { weight: 1, fault: { status: 500 } },
  silence_before_acting: { weight: 1, fault: {} },
  silence_after_acting: { weight: 1, fault: {} },
  lost_request: { weight: 1, fault: {} },
  lost_answer: { weight: 1, fault: {} },
  slow_answer: { weight: 1, fault: { delay_ms: 120 } },
  wrong_amount: { weight: 0.3, fault: { by_minor: 100 } },
  wrong_currency: { weight: 0.3, fault: { currency: 'EUR' } },
  events_first: { weight: 1, fault: {} },
  duplicate_events: { weight: 2, fault: { copies: 2 } },
  reorder_events: { weight: 1, fault: {} },
  hold_events: { weight: 1, fault: {} },
  bad_signature: { weight: 1, fault: {} },
  unknown_event: { weight: 1, fault: {} },
  foreign_event: { weight: 1, fault: {} },
};
const WHOLE = Object.values(BY_CHANCE).reduce((sum, { weight }) => sum + weight, 0);

export interface Flaky {
  /** How often each kind came. */
  counts: Partial<Record<FaultKind, number>>;
  /** From now on it is reliable. */
  mend: () => void;
}

/** @param share of requests that meet a fault, 0 to 1 */
export function makeFlaky(faults: Faults, share: number, random: () => number): Flaky {
  const take = faults.take.bind(faults);
  const counts: Flaky['counts'] = {};
  let isMended = false;
  faults.take = ((kind, subject) => {
    const asked = take(kind, subject);
    const { weight, fault } = BY_CHANCE[kind];
    if (asked || isMended || random() >= (share * weight) / WHOLE) return asked;
    counts[kind] = (counts[kind] ?? 0) + 1;
    return { kind, id: randomUUID(), ...fault } as never;
  }) as Faults['take'];
  return { counts, mend: () => (isMended = true) };
}
