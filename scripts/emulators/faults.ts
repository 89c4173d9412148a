/**
 * Faults on demand, for any emulated provider.
 *
 * A fault waits until something it matches comes along, acts on it, and is used up after `times` matches.
 * Which kinds exist and what they do is the provider's business; this file only keeps and matches them.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const matching = {
  /** `DELETE /v1/customers/*`; a star stands for anything but a slash. Left out: every route. */
  route: z.string().optional(),
  /** How many matches the fault acts on. Left out: until it is cleared. */
  times: z.int().positive().optional(),
};

const eventMatching = {
  ...matching,
  /** `payment_intent.*`; a star stands for anything but a slash. Left out: every event. */
  event_type: z.string().optional(),
};

const errorAnswer = { status: z.int().min(400).max(599).default(500) };

export const FaultInput = z.discriminatedUnion('kind', [
  /** Waits before acting; the request counts as in flight meanwhile. */
  z.strictObject({ kind: z.literal('delay'), delay_ms: z.int().min(0).max(600_000), ...matching }),
  /** Answers with an error without acting at all. */
  z.strictObject({ kind: z.literal('error_before_acting'), ...errorAnswer, ...matching }),
  /** Acts, then answers with an error all the same. Where the provider keeps answers by idempotency key, this is kept. */
  z.strictObject({ kind: z.literal('error_after_acting'), ...errorAnswer, ...matching }),
  /** Answers with an error without acting, and keeps that answer by its idempotency key for as long as the provider keeps any. */
  z.strictObject({ kind: z.literal('stored_error'), ...errorAnswer, ...matching }),
  /** Neither acts nor answers; the connection stays open until the caller gives up. */
  z.strictObject({ kind: z.literal('silence_before_acting'), ...matching }),
  /** Acts, but never answers; the connection stays open until the caller gives up. */
  z.strictObject({ kind: z.literal('silence_after_acting'), ...matching }),
  /** Cuts the connection without acting. */
  z.strictObject({ kind: z.literal('lost_request'), ...matching }),
  /** Acts, then cuts the connection instead of answering. */
  z.strictObject({ kind: z.literal('lost_answer'), ...matching }),
  /** Acts, then keeps the finished answer back for a while: whoever reads it reads what may be out of date. */
  z.strictObject({ kind: z.literal('slow_answer'), delay_ms: z.int().min(0).max(600_000), ...matching }),
  /** What is created is about so many minor units more, or less. */
  z.strictObject({ kind: z.literal('wrong_amount'), by_minor: z.int(), ...matching }),
  /** What is created is in another currency. */
  z.strictObject({
    kind: z.literal('wrong_currency'),
    currency: z.string().regex(/^[A-Z]{3}$/),
    ...matching,
  }),
  /** Delivers the events of a request before its answer goes out. */
  z.strictObject({ kind: z.literal('events_first'), ...matching }),
  /** Delivers an event again `copies` times, racing the first. */
  z.strictObject({
    kind: z.literal('duplicate_events'),
    copies: z.int().min(1).max(100).default(1),
    ...eventMatching,
  }),
  /** Delivers the events of one request last first. */
  z.strictObject({ kind: z.literal('reorder_events'), ...matching }),
  /** Keeps events back until they are released, be it a day later: they are signed when they are sent. */
  z.strictObject({ kind: z.literal('hold_events'), ...eventMatching }),
  /** Delivers an event once with a signature that does not hold, before it delivers it as it should. */
  z.strictObject({ kind: z.literal('bad_signature'), ...eventMatching }),
  /** Delivers, before the event, one of a type nobody knows. */
  z.strictObject({ kind: z.literal('unknown_event'), ...eventMatching }),
  /** Delivers, before the event, a copy under another id that belongs to another account. */
  z.strictObject({ kind: z.literal('foreign_event'), ...eventMatching }),
]);

export type FaultInput = z.input<typeof FaultInput>;
type FaultRule = z.output<typeof FaultInput>;
export type Fault = FaultRule & { id: string };
export type FaultKind = Fault['kind'];
type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

/** What a fault is matched against: the request (`POST /v1/refunds`) and, for event faults, the event's type. */
export type FaultSubject = { route: string; event_type?: string };

export type Faults = {
  add(fault: FaultInput): Fault;
  list(): Fault[];
  /** Forgets one fault, or all of them. */
  clear(id?: string): void;
  /** The first fault of this kind that matches, one of its `times` used up; undefined when there is none. */
  take<Kind extends FaultKind>(kind: Kind, subject: FaultSubject): FaultOf<Kind> | undefined;
};

export function createFaults(): Faults {
  const faults = new Map<string, Fault>();

  return {
    /** @throws ZodError when the fault is not one of the kinds above. */
    add(input) {
      const fault: Fault = { ...FaultInput.parse(input), id: randomUUID() };
      faults.set(fault.id, fault);
      return { ...fault };
    },
    list: () => [...faults.values()].map((fault) => ({ ...fault })),
    clear(id) {
      if (id === undefined) faults.clear();
      else faults.delete(id);
    },
    take<Kind extends FaultKind>(kind: Kind, subject: FaultSubject) {
      for (const fault of faults.values()) {
        if (!isKind(fault, kind) || !matches(fault, subject)) continue;
        if (fault.times !== undefined) {
          fault.times -= 1;
          if (fault.times === 0) faults.delete(fault.id);
        }
        return fault;
      }
      return undefined;
    },
  };
}

function isKind<Kind extends FaultKind>(fault: Fault, kind: Kind): fault is FaultOf<Kind> {
  return fault.kind === kind;
}

function matches(fault: Fault, subject: FaultSubject): boolean {
  if (fault.route !== undefined && !glob(fault.route).test(subject.route)) return false;
  if (!('event_type' in fault) || fault.event_type === undefined) return true;
  return subject.event_type !== undefined && glob(fault.event_type).test(subject.event_type);
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${escaped}$`);
}
