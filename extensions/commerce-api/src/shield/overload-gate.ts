/**
 * Who is let in while the process is late. What is let in is finished; what is not is told so at once, before it costs anything, so
 * that the rest is answered in time. Directus' own limiter knows no classes (it refuses a checkout like a list), takes the
 * use of the event loop since the process began for that of now, and answers without CORS: it is off.
 */
import { KontorError } from '../errors.ts';
import { WORK_CLASSES, type WorkClass } from './work-classes.ts';

export interface Limits {
  /** Requests past the cache that may be under way. */
  in_flight: number;
  /** How late the event loop may be. */
  loop_delay_ms: number;
  /** Statements and transactions that may wait for a connection. */
  waiting: number;
}

/** What is measured of the process; each as often as it is asked. */
export interface Measures {
  loop_delay_ms: () => number;
  waiting: () => number;
}

export interface Gate {
  /**
   * Lets a request in.
   * @returns what to call, once, when it has been answered
   * @throws KontorError OVERLOADED, with how many seconds to wait
   */
  enter: (work: WorkClass) => () => void;
  in_flight: () => number;
  /** Nobody is refused below this pressure. */
  calm_below: number;
  /** The largest share that is used of any limit: 1 and more is full. */
  pressure: () => number;
  refused: Readonly<Record<WorkClass, number>>;
}

/** From which pressure on each class is refused. */
const REFUSED_FROM: Record<WorkClass, number> = { reads: 0.5, carts: 0.75, staff: 0.9, checkout: 1 };
/** Who was refused comes back after one to so many seconds: all at the same moment would be the next rush. */
const LONGEST_WAIT_S = 3;

export function overloadGate(limits: Limits, measures: Measures, random: () => number = Math.random): Gate {
  let in_flight = 0;
  const refused = Object.fromEntries(WORK_CLASSES.map((each) => [each, 0])) as Record<WorkClass, number>;
  const pressure = () =>
    Math.max(
      in_flight / limits.in_flight,
      measures.loop_delay_ms() / limits.loop_delay_ms,
      measures.waiting() / limits.waiting,
    );
  return {
    refused,
    pressure,
    calm_below: REFUSED_FROM.reads,
    in_flight: () => in_flight,
    enter(work) {
      if (pressure() >= REFUSED_FROM[work]) {
        refused[work] += 1;
        throw new KontorError('OVERLOADED', { retry_after_s: 1 + Math.floor(random() * LONGEST_WAIT_S) });
      }
      in_flight += 1;
      let is_inside = true;
      return () => {
        if (is_inside) in_flight -= 1;
        is_inside = false;
      };
    },
  };
}

/** Where nothing is limited. */
export function openGate(): Gate {
  return overloadGate(
    { in_flight: Infinity, loop_delay_ms: Infinity, waiting: Infinity },
    { loop_delay_ms: () => 0, waiting: () => 0 },
  );
}
