/**
 * The queue that brings events to a webhook, for any emulated provider.
 *
 * At least once, like the real ones: an event is tried until the endpoint answers 2xx, with growing pauses. Events of
 * one lane get their first attempt in the order they were sent, lanes run side by side, and a failed first attempt
 * does not hold up the events behind it, so a receiver must still expect any order.
 */
export type Attempt = { at: string; status: number | null; error: string | null };

export type Delivery = {
  /** The event's id; copies of one event share it. */
  id: string;
  lane: string;
  /** Sent unchanged on every attempt. */
  body: string;
  /** Its signature must not hold. It is tried once: nobody should take it. */
  is_forged?: boolean;
  /** `given_up`: a forged one that was tried. */
  state: 'held' | 'pending' | 'delivered' | 'given_up';
  attempts: Attempt[];
};

/** An event as it is handed in. */
export type NewDelivery = Pick<Delivery, 'id' | 'lane' | 'body' | 'is_forged'>;

export type DeliveryOrder = 'as_held' | 'reverse';

export type Deliveries = {
  /**
   * Queues an event. Resolves after its first attempt, whatever came of it; the retries go on by themselves.
   * Nothing is sent before `after` resolves, but the event counts as pending at once.
   */
  send(event: NewDelivery, after?: Promise<unknown>): Promise<void>;
  /** Keeps an event back until `release`. */
  hold(event: NewDelivery): void;
  /** Sends what is held, oldest first or newest first; resolves after the first attempt of each. */
  release(order?: DeliveryOrder): Promise<void>;
  list(): Delivery[];
  /** Resolves when nothing is pending any more. Held events do not count. */
  settled(): Promise<void>;
  /** Takes up what an earlier process could not deliver. */
  restore(deliveries: Delivery[]): void;
  /** Stops at once; what is pending stays pending. */
  close(): void;
};

export type DeliveryOptions = {
  url: string;
  /** Made anew for every attempt, because signatures carry the time. */
  headers(body: string, is_forged: boolean): Record<string, string>;
  /** First pause before a retry; doubles up to 60 seconds. */
  retry_ms: number;
  onDelivered(delivery: Delivery): void;
  onChange(): void;
};

const LONGEST_PAUSE_MS = 60_000;
const ATTEMPT_TIMEOUT_MS = 20_000;
const ATTEMPTS_AT_ONCE = 16;

export function createDeliveries(options: DeliveryOptions): Deliveries {
  const deliveries: Delivery[] = [];
  const lanes = new Map<string, Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  const closing = new AbortController();
  const takeTurn = createTurns(ATTEMPTS_AT_ONCE);
  let settledListeners: (() => void)[] = [];
  let pending = 0;

  function add(event: NewDelivery, state: Delivery['state']): Delivery {
    const delivery: Delivery = { ...event, state, attempts: [] };
    deliveries.push(delivery);
    options.onChange();
    return delivery;
  }

  function queue(delivery: Delivery, after?: Promise<unknown>): Promise<void> {
    pending += 1;
    const before = lanes.get(delivery.lane) ?? Promise.resolve();
    const turn = Promise.all([before, after]).then(() => attempt(delivery));
    lanes.set(delivery.lane, turn);
    void turn.then(() => {
      if (lanes.get(delivery.lane) === turn) lanes.delete(delivery.lane);
    });
    return turn;
  }

  async function attempt(delivery: Delivery): Promise<void> {
    if (closing.signal.aborted) return;
    const outcome = await takeTurn(() => post(delivery));
    if (closing.signal.aborted) return;
    delivery.attempts.push(outcome);
    if (delivery.is_forged) {
      delivery.state = 'given_up';
      pending -= 1;
      tellSettled();
    } else if (outcome.status !== null && outcome.status >= 200 && outcome.status < 300) {
      delivery.state = 'delivered';
      pending -= 1;
      options.onDelivered(delivery);
      tellSettled();
    } else {
      const pause_ms = Math.min(options.retry_ms * 2 ** (delivery.attempts.length - 1), LONGEST_PAUSE_MS);
      const timer = setTimeout(() => {
        timers.delete(timer);
        void attempt(delivery);
      }, pause_ms);
      timers.add(timer);
    }
    options.onChange();
  }

  async function post({ body, is_forged = false }: Delivery): Promise<Attempt> {
    const at = new Date().toISOString();
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
    try {
      const response = await fetch(options.url, {
        method: 'POST',
        headers: options.headers(body, is_forged),
        body,
        redirect: 'manual',
        signal,
      });
      await response.arrayBuffer();
      return { at, status: response.status, error: null };
    } catch (error) {
      return { at, status: null, error: reasonOf(error) };
    }
  }

  function tellSettled(): void {
    if (pending > 0) return;
    for (const listener of settledListeners) listener();
    settledListeners = [];
  }

  return {
    send: (event, after) => queue(add(event, 'pending'), after),
    hold(event) {
      add(event, 'held');
    },
    async release(order = 'as_held') {
      const held = deliveries.filter((delivery) => delivery.state === 'held');
      if (order === 'reverse') held.reverse();
      for (const delivery of held) delivery.state = 'pending';
      await Promise.all(held.map((delivery) => queue(delivery)));
    },
    list: () => deliveries.map((delivery) => ({ ...delivery, attempts: [...delivery.attempts] })),
    settled: () =>
      pending === 0 ? Promise.resolve() : new Promise((resolve) => settledListeners.push(resolve)),
    restore(earlier) {
      for (const delivery of earlier) {
        deliveries.push(delivery);
        if (delivery.state === 'pending') void queue(delivery);
      }
    },
    close() {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Lets at most `limit` tasks run at a time; the others wait in line. */
function createTurns(limit: number) {
  const line: (() => void)[] = [];
  let running = 0;
  return async function takeTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await task();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** fetch hides what went wrong in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
