/**
 * A circuit breaker around a payment provider: while the provider is ill, its callers hear so at once instead of each waiting
 * for a time limit. What is known of a provider's health lives in this process and is shared with no other.
 */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import { PaymentProviderError, type PaymentProvider } from './payment.ts';

export interface GuardChange {
  provider: string;
  /** `open`: nobody asks. `half_open`: one call tries whether the provider is well again. */
  state: 'open' | 'half_open' | 'closed';
  /** How long nobody asks, where it opened. */
  retry_after_s?: number;
  /** What it opened for. */
  error?: unknown;
}

export interface GuardOptions {
  /** So many failures in a row open the circuit. */
  failures_in_a_row?: number;
  /** How long nobody asks, unless the provider named a time. */
  pause_ms?: number;
  /** Milliseconds of a clock that is never set back. */
  now?: () => number;
  onChange?: (change: GuardChange) => void;
}

export interface Availability {
  is_available: boolean;
  /** Whole seconds, at least 1, while it is not. */
  retry_after_s?: number;
}

/**
 * A provider that fails one call in ten by chance fails five in a row once in 100,000 calls. One that is down fails five in a row
 * after five calls, however few a small shop makes; a share of the calls in a time window would need many.
 */
const FAILURES_IN_A_ROW = 5;
const PAUSE_MS = 10_000;
/** The longest a `Retry-After` closes a way to pay: asking once too early costs less than a shop that cannot sell. */
const MAX_PAUSE_MS = 300_000;
/** How long to wait for the one call that tries whether the provider is well. */
const PROBE_S = 1;

/**
 * Answers that leave one outcome open without the provider being ill: it is busy with this very request or object, or says of the
 * object what we cannot use. `busy` is the providers' own word for it, the next two are Stripe's.
 */
const OF_ONE_OBJECT = new Set([
  'busy',
  'idempotency_key_in_use',
  'lock_timeout',
  'http_409',
  'http_425',
  'gone',
  'amount_unreadable',
  'unexpected_answer',
  'unreadable_answer',
]);

/** By guarded provider: seconds until it may be asked again, null when it may be asked now. */
const waits = new WeakMap<PaymentProvider, () => number | null>();

/**
 * The same provider, asked through a circuit breaker. Manual providers come back as they are: nobody is asked.
 *
 * Timeouts, lost connections, 5xx and 429 count as failures: whatever is neither definite, nor a stored answer told again, nor
 * about this one request being under way. Answers and definite refusals show that the provider is well and end a row of
 * failures. Stored answers and errors that are no PaymentProviderError, our own mistakes, say nothing and count for nothing.
 *
 * After a row of failures every call throws `circuit_open` at once, nothing is sent. It is not definite all the same, so that
 * callers repeat the same attempt rather than begin another: an earlier, lost call may have acted. Once the pause is over, or
 * the time the last failure named in `retry_after_s`, one call is let through; its outcome opens or closes the circuit.
 *
 * The guard adds no time limit and repeats nothing: each provider ends its calls by itself after env.PAYMENT_TIMEOUT_MS.
 * `readWebhook` is not guarded: a webhook that arrives shows that the provider is there, and is checked mostly without asking.
 */
export function guardProvider(provider: PaymentProvider, options: GuardOptions = {}): PaymentProvider {
  if (provider.is_manual) return provider;
  const { ask, waitSeconds } = makeCircuit(provider, options);
  const { proceed, capture, list, methods } = provider;
  const guarded: PaymentProvider = {
    ...provider,
    start: (input) => ask(() => provider.start(input)),
    find: (input) => ask(() => provider.find(input)),
    fetch: (id) => ask(() => provider.fetch(id)),
    proceed: proceed && ((input) => ask(() => proceed(input))),
    capture: capture && ((input) => ask(() => capture(input))),
    cancel: (id) => ask(() => provider.cancel(id)),
    refund: (input) => ask(() => provider.refund(input)),
    list: list && ((since) => guardList(() => list(since), ask)),
    methods: methods && {
      createCustomer: (input) => ask(() => methods.createCustomer(input)),
      startSetup: (input) => ask(() => methods.startSetup(input)),
      fetchSetup: (id) => ask(() => methods.fetchSetup(id)),
      list: (customer) => ask(() => methods.list(customer)),
      remove: (method) => ask(() => methods.remove(method)),
    },
  };
  waits.set(guarded, waitSeconds);
  return guarded;
}

/**
 * Whether a provider would be asked now, as far as this process knows. Always true of one without a guard, and once the pause
 * of an ill one is over: without anybody asking, nobody would learn that it is well again.
 */
export function isAvailable(provider: PaymentProvider): Availability {
  const retry_after_s = waits.get(provider)?.() ?? null;
  return retry_after_s === null ? { is_available: true } : { is_available: false, retry_after_s };
}

type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Answer>;

/** What opens the circuit, or keeps it open, and for how long. */
interface Failure {
  error: unknown;
  pause_ms: number;
}

type Outcome<Answer> = { answer: Answer } | { refusal: unknown } | Failure;

function makeCircuit(provider: PaymentProvider, options: GuardOptions) {
  const {
    failures_in_a_row = FAILURES_IN_A_ROW,
    pause_ms = PAUSE_MS,
    now = () => performance.now(),
  } = options;
  const report = (change: Omit<GuardChange, 'provider'>) =>
    options.onChange?.({ provider: provider.name, ...change });
  let open_until = 0;

  const breaker = circuitBreaker(handleWhenResult(isFailure), {
    breaker: new ConsecutiveBreaker(failures_in_a_row),
    // The pause is kept here: cockatiel's goes by the wall clock, which may be set back, and does not tell how long is left.
    halfOpenAfter: Number.NEGATIVE_INFINITY,
  });
  breaker.onBreak((reason) => {
    const failure = 'value' in reason && isFailure(reason.value) ? reason.value : null;
    const pause = failure?.pause_ms ?? pause_ms;
    open_until = now() + pause;
    report({ state: 'open', retry_after_s: Math.ceil(pause / 1000), error: failure?.error });
  });
  breaker.onHalfOpen(() => report({ state: 'half_open' }));
  breaker.onReset(() => report({ state: 'closed' }));

  /** Cockatiel would let further callers wait for the outcome of the probe; a shopper should not. */
  const waitSeconds = (): number | null => {
    if (breaker.state === CircuitState.Closed) return null;
    if (breaker.state === CircuitState.HalfOpen) return PROBE_S;
    const left_ms = open_until - now();
    return left_ms > 0 ? Math.ceil(left_ms / 1000) : null;
  };

  async function outcomeOf<Answer>(
    question: () => Promise<Answer>,
    isProbe: boolean,
  ): Promise<Outcome<Answer>> {
    try {
      return { answer: await question() };
    } catch (error) {
      const health = healthBy(error);
      if (health === 'ill') return { error, pause_ms: pauseAfter(error, pause_ms) };
      if (health === 'well') return { refusal: error };
      // A probe that shows nothing leaves the circuit open for the next one; elsewhere what is thrown is not counted.
      if (isProbe) return { error, pause_ms: 0 };
      throw error;
    }
  }

  const ask: Ask = async (question) => {
    const retry_after_s = waitSeconds();
    if (retry_after_s !== null) throw circuitOpen(provider, retry_after_s);
    const isProbe = breaker.state !== CircuitState.Closed;
    const outcome = await breaker.execute(() => outcomeOf(question, isProbe));
    if ('refusal' in outcome) throw outcome.refusal;
    if ('error' in outcome) throw outcome.error;
    return outcome.answer;
  };
  return { ask, waitSeconds };
}

function isFailure(outcome: unknown): outcome is Failure {
  return typeof outcome === 'object' && outcome !== null && 'pause_ms' in outcome;
}

/** What an error tells of the provider. */
function healthBy(error: unknown): 'well' | 'ill' | 'unknown' {
  if (!(error instanceof PaymentProviderError) || error.is_stored) return 'unknown';
  return error.is_definite || OF_ONE_OBJECT.has(error.code) ? 'well' : 'ill';
}

function pauseAfter(error: unknown, pause_ms: number): number {
  const named_s = error instanceof PaymentProviderError ? error.retry_after_s : undefined;
  return named_s === undefined ? pause_ms : Math.min(Math.max(named_s, 1) * 1000, MAX_PAUSE_MS);
}

function circuitOpen({ title }: PaymentProvider, retry_after_s: number): PaymentProviderError {
  return new PaymentProviderError(`${title} does not answer at the moment`, {
    is_definite: false,
    code: 'circuit_open',
    retry_after_s,
  });
}

/** Each item is a question: any may be the one for which the provider reads its next page. */
async function* guardList<Item>(begin: () => AsyncIterable<Item>, ask: Ask): AsyncGenerator<Item> {
  const items = begin()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await ask(() => items.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await items.return?.();
  }
}
