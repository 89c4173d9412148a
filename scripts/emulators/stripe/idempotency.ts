/** Stripe's rules for `Idempotency-Key`: the first result of a key is its only result, for 24 hours. */
import { createHash } from 'node:crypto';
import { badParameter, StripeApiError } from './errors.ts';
import type { FormNode } from './form-body.ts';

export type StoredAnswer = { status: number; body: string; request: string };

type Entry = {
  /** Method, path and parameters the key was first used with. */
  asked: string;
  /** Missing while the request is still being worked on. */
  answer?: StoredAnswer;
  started_at_ms: number;
};

export type IdempotencySnapshot = [string, Entry][];

export type Idempotency = {
  /**
   * Takes the key for a request, or returns the answer it already has.
   * @throws StripeApiError 400 when the key belongs to another request, 409 when that request is still in flight.
   */
  claim(key: string, method: string, path: string, form: FormNode): StoredAnswer | undefined;
  /** Keeps the result, whatever its status. */
  keep(key: string, answer: StoredAnswer): void;
  /** Forgets the key: the request failed its validation, so the key may be used again. */
  release(key: string): void;
  /** Forgets every key, as a day does. What is in flight stays so. */
  forget(): void;
  snapshot(): IdempotencySnapshot;
};

const LONGEST_KEY = 255;
const KEPT_MS = 24 * 60 * 60 * 1000;

export function createIdempotency(snapshot: IdempotencySnapshot = []): Idempotency {
  const entries = new Map(snapshot);

  function prune(): void {
    const oldest_ms = Date.now() - KEPT_MS;
    for (const [key, entry] of entries) {
      if (entry.started_at_ms > oldest_ms) return;
      entries.delete(key);
    }
  }

  return {
    claim(key, method, path, form) {
      if (key.length > LONGEST_KEY)
        throw badParameter(`Idempotency keys are at most ${LONGEST_KEY} characters long.`);
      prune();
      const asked = createHash('sha256')
        .update(`${method} ${path}\n${canonical(form)}`)
        .digest('hex');
      const entry = entries.get(key);
      if (!entry) {
        entries.set(key, { asked, started_at_ms: Date.now() });
        return undefined;
      }
      if (!entry.answer) throw inFlight(key);
      if (entry.asked !== asked) throw otherParameters(key);
      return entry.answer;
    },
    keep(key, answer) {
      const entry = entries.get(key);
      if (entry) entry.answer = answer;
    },
    forget() {
      for (const [key, entry] of entries) if (entry.answer) entries.delete(key);
    },
    release: (key) => void entries.delete(key),
    snapshot: () => [...entries].filter(([, entry]) => entry.answer !== undefined),
  };
}

/** The parameters in one spelling, whatever order they came in. */
function canonical(form: FormNode): string {
  return JSON.stringify(form, (_key, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function inFlight(key: string): StripeApiError {
  return new StripeApiError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Stripe Idempotency Key (${key}).`,
  });
}

function otherParameters(key: string): StripeApiError {
  return new StripeApiError(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}
