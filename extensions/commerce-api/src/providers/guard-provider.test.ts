import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { aStartPayment } from '../../../../tests/support/a-start-payment.ts';
import { guardProvider, isAvailable, type GuardChange, type GuardOptions } from './guard-provider.ts';
import {
  PaymentProviderError,
  type MoveMoney,
  type PaymentProvider,
  type ProviderErrorOptions,
  type ProviderPayment,
  type SavedMethods,
} from './payment.ts';

const START = aStartPayment({ payment: 'payment-1' });
const MOVE: MoveMoney = {
  provider_payment: 'pay_1',
  payment: 'payment-1',
  attempt: 1,
  amount_minor: 2500,
  currency: 'EUR',
};
const SINCE = new Date('2026-03-01T00:00:00Z');

const PAID: ProviderPayment = {
  provider_payment: 'pay_1',
  payment: 'payment-1',
  status: 'paid',
  amount_minor: 2500,
  currency: 'EUR',
  captured_minor: 2500,
  refunded_minor: 0,
  refunds: [],
  disputes: [],
  capture_before: null,
  saved_method: null,
  client_data: {},
  error_code: null,
  error_message: null,
};

function failure(code: string, more: Partial<ProviderErrorOptions> = {}): PaymentProviderError {
  return new PaymentProviderError(`It answers ${code}`, { is_definite: false, code, ...more });
}

/** Every member answers by what the test says last: with what it is given, or by throwing the error. */
interface Till {
  provider: PaymentProvider;
  /** The member that was asked, one entry per question. */
  asked: string[];
  answers: (error?: Error) => void;
  /** The next answers wait until each is told. */
  hold: () => { tell: (error?: Error) => void }[];
}

function aTill({ is_manual = false } = {}): Till {
  const asked: string[] = [];
  let error: Error | undefined;
  let held: { tell: (error?: Error) => void }[] | null = null;
  const answer = <Answer>(member: string, value: Answer): Promise<Answer> => {
    asked.push(member);
    const waiting = held;
    if (!waiting) return error ? Promise.reject(error) : Promise.resolve(value);
    return new Promise((resolve, reject) =>
      waiting.push({ tell: (told) => (told ? reject(told) : resolve(value)) }),
    );
  };
  const methods: SavedMethods = {
    createCustomer: () => answer('createCustomer', 'cus_1'),
    startSetup: () => answer('startSetup', SETUP),
    fetchSetup: () => answer('fetchSetup', SETUP),
    list: () => answer('methods.list', []),
    remove: () => answer('remove', undefined),
  };
  const provider: PaymentProvider = {
    name: 'till',
    title: 'Till',
    is_manual,
    flows: ['element'],
    client_config: { publishable_key: 'pk_1' },
    start: () => answer('start', PAID),
    find: () => answer('find', PAID),
    fetch: () => answer('fetch', PAID),
    proceed: () => answer('proceed', PAID),
    capture: () => answer('capture', PAID),
    cancel: () => answer('cancel', 'cancelled' as const),
    refund: () => answer('refund', { provider_refund: 're_1', status: 'succeeded' as const }),
    readWebhook: () =>
      answer('readWebhook', {
        event_id: 'evt_1',
        type: 'paid',
        provider_payment: 'pay_1',
        payment: null,
        payload: {},
      }),
    async *list() {
      yield await answer('list', PAID);
      yield await answer('list', { ...PAID, provider_payment: 'pay_2' });
    },
    methods,
  };
  return {
    provider,
    asked,
    answers: (told) => {
      error = told;
      held = null;
    },
    hold: () => (held = []),
  };
}

const SETUP = {
  provider_setup: 'seti_1',
  setup: 'setup-1',
  status: 'succeeded' as const,
  method: null,
  client_data: {},
  error_code: null,
  error_message: null,
};

/** A guarded till, and a clock that moves when it is told to. */
function aGuardedTill(options: GuardOptions = {}) {
  const till = aTill();
  const changes: GuardChange[] = [];
  let time_ms = 5_000;
  const guarded = guardProvider(till.provider, {
    now: () => time_ms,
    onChange: (change) => changes.push(change),
    ...options,
  });
  return {
    ...till,
    guarded,
    changes,
    states: () => changes.map(({ state }) => state),
    pass: (ms: number) => {
      time_ms += ms;
    },
    /** Asks so many times with the error as the answer. */
    fail: async (times: number, error: Error = failure('timeout')) => {
      till.answers(error);
      for (let time = 0; time < times; time++) await expect(guarded.fetch('pay_1')).rejects.toBe(error);
    },
    isOpen: () => !isAvailable(guarded).is_available,
  };
}

const CIRCUIT_OPEN = { name: 'PaymentProviderError', code: 'circuit_open', is_definite: false };

async function itemsOf<Item>(items: AsyncIterable<Item> | undefined): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items ?? []) all.push(item);
  return all;
}

/** Every member that asks the provider, and what it answers. */
const QUESTIONS: [member: string, ask: (provider: PaymentProvider) => Promise<unknown>, answer: unknown][] = [
  ['start', (provider) => provider.start(START), PAID],
  ['find', (provider) => provider.find({ payment: 'payment-1', attempt: 1, since: SINCE }), PAID],
  ['fetch', (provider) => provider.fetch('pay_1'), PAID],
  ['proceed', async (provider) => provider.proceed?.(MOVE), PAID],
  ['capture', async (provider) => provider.capture?.(MOVE), PAID],
  ['cancel', (provider) => provider.cancel('pay_1'), 'cancelled'],
  [
    'refund',
    (provider) =>
      provider.refund({ provider_payment: 'pay_1', refund: 'r-1', amount_minor: 100, currency: 'EUR' }),
    { provider_refund: 're_1', status: 'succeeded' },
  ],
  [
    'createCustomer',
    async (provider) =>
      provider.methods?.createCustomer({ customer: 'c-1', email: 'ada@example.com', name: null }),
    'cus_1',
  ],
  [
    'startSetup',
    async (provider) => provider.methods?.startSetup({ setup: 'setup-1', provider_customer: 'cus_1' }),
    SETUP,
  ],
  ['fetchSetup', async (provider) => provider.methods?.fetchSetup('seti_1'), SETUP],
  ['methods.list', async (provider) => provider.methods?.list('cus_1'), []],
  ['remove', async (provider) => provider.methods?.remove('pm_1'), undefined],
];

describe('every member that asks', () => {
  test.each(QUESTIONS)('%s answers what the provider answers', async (member, ask, answer) => {
    const { guarded, asked } = aGuardedTill();
    expect(await ask(guarded)).toEqual(answer);
    expect(asked).toEqual([member]);
  });

  test.each(QUESTIONS)('%s throws what the provider throws, and its failures count', async (_, ask) => {
    const { guarded, answers, isOpen } = aGuardedTill();
    const error = failure('unreachable');
    answers(error);
    for (let time = 0; time < 5; time++) await expect(ask(guarded)).rejects.toBe(error);
    expect(isOpen()).toBe(true);
  });

  test.each(QUESTIONS)('%s is not passed on while the circuit is open', async (_, ask) => {
    const { guarded, fail, asked } = aGuardedTill();
    await fail(5);
    asked.length = 0;
    await expect(ask(guarded)).rejects.toMatchObject({ ...CIRCUIT_OPEN, retry_after_s: 10 });
    expect(asked).toEqual([]);
  });

  test('a call that throws before it returns a promise is a failure like any other', async () => {
    const { provider } = aTill();
    const error = failure('timeout');
    const guarded = guardProvider({
      ...provider,
      fetch: () => {
        throw error;
      },
    });
    for (let time = 0; time < 5; time++) await expect(guarded.fetch('pay_1')).rejects.toBe(error);
    expect(isAvailable(guarded).is_available).toBe(false);
  });
});

describe('a list', () => {
  test('gives every item', async () => {
    const { guarded } = aGuardedTill();
    const found = await itemsOf(guarded.list?.(SINCE));
    expect(found.map(({ provider_payment }) => provider_payment)).toEqual(['pay_1', 'pay_2']);
  });

  test('asks nothing while the circuit is open', async () => {
    const { guarded, fail, asked } = aGuardedTill();
    await fail(5);
    asked.length = 0;
    await expect(itemsOf(guarded.list?.(SINCE))).rejects.toMatchObject(CIRCUIT_OPEN);
    expect(asked).toEqual([]);
  });

  test('ends where the circuit opens meanwhile', async () => {
    const { guarded, fail } = aGuardedTill();
    const items = guarded.list?.(SINCE)[Symbol.asyncIterator]();
    expect(await items?.next()).toMatchObject({ done: false, value: { provider_payment: 'pay_1' } });
    await fail(5);
    await expect(items?.next()).rejects.toMatchObject(CIRCUIT_OPEN);
  });

  test('counts its failures', async () => {
    const { guarded, answers, isOpen } = aGuardedTill();
    answers(failure('unreachable'));
    for (let time = 0; time < 5; time++)
      await expect(itemsOf(guarded.list?.(SINCE))).rejects.toMatchObject({ code: 'unreachable' });
    expect(isOpen()).toBe(true);
  });

  test('that nobody reads to its end is ended at the provider too', async () => {
    const { provider } = aTill();
    let isEnded = false;
    const guarded = guardProvider({
      ...provider,
      async *list() {
        try {
          for (;;) yield await Promise.resolve(PAID);
        } finally {
          isEnded = true;
        }
      },
    });
    for await (const _ of guarded.list?.(SINCE) ?? []) break;
    expect(isEnded).toBe(true);
  });
});

describe('what is not guarded', () => {
  test('a manual provider is the same as before, and always available', async () => {
    const { provider, answers } = aTill({ is_manual: true });
    const guarded = guardProvider(provider);
    expect(guarded).toBe(provider);
    answers(failure('timeout'));
    for (let time = 0; time < 10; time++)
      await expect(guarded.start(START)).rejects.toMatchObject({ code: 'timeout' });
    expect(isAvailable(guarded)).toEqual({ is_available: true });
  });

  test('webhooks are read while the circuit is open, and their failures do not count', async () => {
    const { guarded, fail, answers, isOpen } = aGuardedTill();
    answers(failure('unreachable'));
    for (let time = 0; time < 10; time++)
      await expect(guarded.readWebhook?.(Buffer.from(''), {})).rejects.toMatchObject({ code: 'unreachable' });
    expect(isOpen()).toBe(false);
    await fail(5);
    answers();
    expect(await guarded.readWebhook?.(Buffer.from(''), {})).toMatchObject({ event_id: 'evt_1' });
    expect(isOpen()).toBe(true);
  });

  test('what a provider does not have, its guard does not have', () => {
    const { provider } = aTill();
    const bare = { ...provider, proceed: null, capture: null, list: null, methods: null, readWebhook: null };
    expect(guardProvider(bare)).toMatchObject({
      proceed: null,
      capture: null,
      list: null,
      methods: null,
      readWebhook: null,
    });
  });

  test('what a provider is called stays as it is', () => {
    const { guarded } = aGuardedTill();
    expect(guarded).toMatchObject({
      name: 'till',
      title: 'Till',
      is_manual: false,
      flows: ['element'],
      client_config: { publishable_key: 'pk_1' },
    });
  });
});

describe('the circuit opens', () => {
  test('at the fifth failure in a row, not before', async () => {
    const { fail, isOpen } = aGuardedTill();
    await fail(4);
    expect(isOpen()).toBe(false);
    await fail(1);
    expect(isOpen()).toBe(true);
  });

  test('at as many as it is told', async () => {
    const { fail, isOpen } = aGuardedTill({ failures_in_a_row: 2 });
    await fail(1);
    expect(isOpen()).toBe(false);
    await fail(1);
    expect(isOpen()).toBe(true);
  });

  test('whichever members fail', async () => {
    const { guarded, answers, isOpen } = aGuardedTill();
    const error = failure('unreachable');
    answers(error);
    for (const [, ask] of QUESTIONS.slice(0, 5)) await expect(ask(guarded)).rejects.toBe(error);
    expect(isOpen()).toBe(true);
  });

  test('never for a provider that fails one call in ten', async () => {
    const { guarded, answers, fail, changes } = aGuardedTill();
    for (let round = 0; round < 100; round++) {
      await fail(1);
      answers();
      for (let time = 0; time < 9; time++) await guarded.fetch('pay_1');
    }
    expect(changes).toEqual([]);
  });

  test('once, however many calls fail at the same time', async () => {
    const { guarded, answers, states } = aGuardedTill();
    answers(failure('timeout'));
    await Promise.allSettled(Array.from({ length: 20 }, () => guarded.fetch('pay_1')));
    expect(states()).toEqual(['open']);
  });

  test.each([
    ['a time limit', failure('timeout')],
    ['a lost connection', failure('unreachable')],
    ['an error of theirs', failure('api_error')],
    ['too many requests', failure('rate_limit', { retry_after_s: 1 })],
    ['a failure that must not be repeated', failure('timeout', { is_repeatable: false })],
  ])('for %s', async (_, error) => {
    const { fail, isOpen } = aGuardedTill();
    await fail(5, error);
    expect(isOpen()).toBe(true);
  });

  test.each([
    ['a declined card', failure('card_declined', { is_definite: true })],
    ['an answer that the same request is still under way', failure('idempotency_key_in_use')],
    ['an object that something else is being done to', failure('busy')],
    ['a conflict', failure('http_409')],
    ['an amount nobody can read', failure('amount_unreadable')],
    ['a stored failure told again', failure('api_error', { is_stored: true })],
    ['a mistake of ours', new TypeError('Cannot read properties of undefined')],
  ])('not for %s', async (_, error) => {
    const { fail, changes } = aGuardedTill();
    await fail(20, error);
    expect(changes).toEqual([]);
  });

  test.each([
    ['a refusal', failure('card_declined', { is_definite: true })],
    ['an answer that something is under way', failure('lock_timeout')],
  ])('later when %s shows between failures that the provider is there', async (_, error) => {
    const { fail, isOpen } = aGuardedTill();
    await fail(4);
    await fail(1, error);
    await fail(4);
    expect(isOpen()).toBe(false);
    await fail(1);
    expect(isOpen()).toBe(true);
  });

  test.each([
    ['a stored failure told again', failure('api_error', { is_stored: true })],
    ['a mistake of ours', new TypeError('Cannot read properties of undefined')],
  ])('no later for %s between failures', async (_, error) => {
    const { fail, isOpen } = aGuardedTill();
    await fail(4);
    await fail(1, error);
    expect(isOpen()).toBe(false);
    await fail(1);
    expect(isOpen()).toBe(true);
  });

  test('for one provider and no other', async () => {
    const ill = aGuardedTill();
    const well = aGuardedTill();
    await ill.fail(5);
    expect(isAvailable(well.guarded)).toEqual({ is_available: true });
    expect(await well.guarded.fetch('pay_1')).toEqual(PAID);
  });
});

describe('while the circuit is open', () => {
  test('a payment that is started may be repeated as the same attempt', async () => {
    const { guarded, fail } = aGuardedTill();
    await fail(5);
    await expect(guarded.start(START)).rejects.toMatchObject({
      ...CIRCUIT_OPEN,
      message: 'Till does not answer at the moment',
      is_repeatable: true,
      is_stored: false,
    });
  });

  test('it says how long is left, in whole seconds', async () => {
    const { guarded, fail, pass } = aGuardedTill();
    await fail(5);
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 10 });
    pass(7_100);
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 3 });
    await expect(guarded.fetch('pay_1')).rejects.toMatchObject({ ...CIRCUIT_OPEN, retry_after_s: 3 });
    pass(2_899);
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 1 });
  });

  test('refused calls do not make it last longer', async () => {
    const { guarded, fail, answers, pass } = aGuardedTill();
    await fail(5);
    pass(9_999);
    await expect(guarded.fetch('pay_1')).rejects.toMatchObject(CIRCUIT_OPEN);
    pass(1);
    answers();
    expect(await guarded.fetch('pay_1')).toEqual(PAID);
  });

  test('an answer to an earlier call does not close it', async () => {
    const { guarded, fail, answers, hold, isOpen } = aGuardedTill();
    const held = hold();
    const early = guarded.fetch('pay_1');
    answers();
    await fail(5);
    held[0]?.tell();
    expect(await early).toEqual(PAID);
    expect(isOpen()).toBe(true);
  });

  test.each([
    ['shorter than the pause', 3, 3],
    ['longer than the pause', 60, 60],
    ['of no time at all', 0, 1],
    ['of a whole day', 86_400, 300],
  ])('a Retry-After %s is kept within bounds', async (_, retry_after_s, expected) => {
    const { guarded, fail, answers, pass } = aGuardedTill();
    await fail(4);
    await fail(1, failure('rate_limit', { retry_after_s }));
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: expected });
    answers();
    pass(expected * 1000 - 1);
    await expect(guarded.fetch('pay_1')).rejects.toMatchObject(CIRCUIT_OPEN);
    pass(1);
    expect(await guarded.fetch('pay_1')).toEqual(PAID);
  });

  test('the pause is as long as it is told', async () => {
    const { guarded, fail, pass } = aGuardedTill({ pause_ms: 2_500 });
    await fail(5);
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 3 });
    pass(2_500);
    expect(isAvailable(guarded)).toEqual({ is_available: true });
  });
});

describe('after the pause', () => {
  test('the provider counts as available before anybody has tried', async () => {
    const { guarded, fail, pass } = aGuardedTill();
    await fail(5);
    pass(10_000);
    expect(isAvailable(guarded)).toEqual({ is_available: true });
  });

  test('one call tries, and the others do not wait for it', async () => {
    const { guarded, fail, pass, asked, hold } = aGuardedTill();
    await fail(5);
    pass(10_000);
    asked.length = 0;
    const held = hold();
    const probe = guarded.fetch('pay_1');
    await expect(guarded.start(START)).rejects.toMatchObject({ ...CIRCUIT_OPEN, retry_after_s: 1 });
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 1 });
    held[0]?.tell();
    expect(await probe).toEqual(PAID);
    expect(asked).toEqual(['fetch']);
    expect(isAvailable(guarded)).toEqual({ is_available: true });
  });

  test.each([
    ['an answer', undefined],
    ['a refusal', failure('card_declined', { is_definite: true })],
    ['an answer that something is under way', failure('busy')],
  ])('%s closes the circuit, and counting begins anew', async (_, error) => {
    const { guarded, fail, pass, answers, isOpen, states } = aGuardedTill();
    await fail(5);
    pass(10_000);
    answers(error);
    await guarded.fetch('pay_1').catch(() => undefined);
    expect(states()).toEqual(['open', 'half_open', 'closed']);
    await fail(4);
    expect(isOpen()).toBe(false);
    await fail(1);
    expect(isOpen()).toBe(true);
  });

  test('one further failure opens it for another pause', async () => {
    const { guarded, fail, pass, states } = aGuardedTill();
    await fail(5);
    pass(10_000);
    await fail(1);
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 10 });
    expect(states()).toEqual(['open', 'half_open', 'open']);
  });

  test('a Retry-After of the call that tried counts', async () => {
    const { guarded, fail, pass } = aGuardedTill();
    await fail(5);
    pass(10_000);
    await fail(1, failure('unavailable', { retry_after_s: 30 }));
    expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 30 });
  });

  test.each([
    ['a stored failure told again', failure('api_error', { is_stored: true })],
    ['a mistake of ours', new TypeError('Cannot read properties of undefined')],
  ])('%s shows nothing: the next call tries again at once', async (_, error) => {
    const { guarded, fail, pass, answers, states } = aGuardedTill();
    await fail(5);
    pass(10_000);
    await fail(1, error);
    expect(isAvailable(guarded)).toEqual({ is_available: true });
    answers();
    expect(await guarded.fetch('pay_1')).toEqual(PAID);
    expect(states()).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
  });

  test('a clock of the machine that is set back does not keep it open', async () => {
    const { provider, answers } = aTill();
    let time_ms = 0;
    const guarded = guardProvider(provider, { now: () => time_ms });
    answers(failure('timeout'));
    for (let time = 0; time < 5; time++)
      await expect(guarded.fetch('pay_1')).rejects.toMatchObject({ code: 'timeout' });
    time_ms = 10_000;
    const before = Date.now() - 3_600_000;
    const wall = vi.spyOn(Date, 'now').mockReturnValue(before);
    onTestFinished(() => wall.mockRestore());
    answers();
    expect(await guarded.fetch('pay_1')).toEqual(PAID);
  });
});

test('every change is told with the provider, the time and the reason', async () => {
  const { guarded, fail, pass, answers, changes } = aGuardedTill();
  const error = failure('timeout');
  await fail(5, error);
  pass(10_000);
  answers();
  await guarded.fetch('pay_1');
  expect(changes).toEqual([
    { provider: 'till', state: 'open', retry_after_s: 10, error },
    { provider: 'till', state: 'half_open' },
    { provider: 'till', state: 'closed' },
  ]);
});

test('without any options it keeps time by itself and tells nobody', async () => {
  const { provider, answers } = aTill();
  const guarded = guardProvider(provider);
  answers(failure('timeout'));
  for (let time = 0; time < 5; time++)
    await expect(guarded.fetch('pay_1')).rejects.toMatchObject({ code: 'timeout' });
  expect(isAvailable(guarded)).toEqual({ is_available: false, retry_after_s: 10 });
});
