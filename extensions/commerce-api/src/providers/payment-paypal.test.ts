import { describe, expect, test } from 'vitest';
import {
  freshEmulator,
  WEBHOOK_ID,
  type TestBench,
} from '../../../../scripts/emulators/paypal/emulator-under-test.ts';
import { aStartPayment } from '../../../../tests/support/a-start-payment.ts';
import { readEnv } from '../platform/env.ts';
import { paypalPayments } from './payment-paypal.ts';
import { PaymentProviderError, type MoveMoney, type PaymentProvider, type StartPayment } from './payment.ts';

const PAYMENT = '0198c0de-0000-7000-8000-000000000001';
const ORDER = '0198c0de-0000-7000-8000-000000000002';
const ORDERS = '/v2/checkout/orders';

type Shop = TestBench & { paypal: PaymentProvider; log: string[] };

async function freshShop(
  options: Parameters<typeof freshEmulator>[0] = {},
  settings: Record<string, string> = {},
): Promise<Shop> {
  const log: string[] = [];
  const bench = await freshEmulator({ log: (line) => log.push(line), ...options });
  const env = readEnv({
    SECRET: 'a-secret-of-a-test',
    PAYPAL_CLIENT_ID: 'shop',
    PAYPAL_CLIENT_SECRET: 'secret',
    PAYPAL_WEBHOOK_ID: WEBHOOK_ID,
    PAYPAL_API_URL: bench.emulator.url,
    PAYMENT_TIMEOUT_MS: '20000',
    ...settings,
  });
  log.length = 0;
  return { ...bench, paypal: paypalPayments(env), log };
}

function startOf(more: Partial<StartPayment> = {}): StartPayment {
  return aStartPayment({ payment: PAYMENT, order: ORDER, amount_minor: 2000, currency: 'EUR', ...more });
}

function moveOf(provider_payment: string, more: Partial<MoveMoney> = {}): MoveMoney {
  return { provider_payment, payment: PAYMENT, attempt: 1, amount_minor: 2000, currency: 'EUR', ...more };
}

/** An order the shopper has approved. */
async function approved(
  { paypal, emulator }: Shop,
  more: Partial<StartPayment> = {},
  outcome?: 'pays' | 'declined' | 'pending',
): Promise<string> {
  const { provider_payment } = await paypal.start(startOf(more));
  emulator.shopper.approve(provider_payment, outcome);
  return provider_payment;
}

async function paid(shop: Shop): Promise<string> {
  const id = await approved(shop);
  await shop.paypal.proceed!(moveOf(id));
  return id;
}

async function authorised(shop: Shop): Promise<string> {
  const id = await approved(shop, { capture: 'later' });
  await shop.paypal.proceed!(moveOf(id));
  return id;
}

function refundOf(provider_payment: string, more: { refund?: string; amount_minor?: number } = {}) {
  return {
    provider_payment,
    refund: '0198c0de-0000-7000-8000-0000000000aa',
    amount_minor: 500,
    currency: 'EUR',
    ...more,
  };
}

async function refusalOf(call: Promise<unknown>): Promise<PaymentProviderError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof PaymentProviderError) return outcome;
  throw new Error('the call was expected to be refused', { cause: outcome });
}

describe('starting', () => {
  test('gives an address to approve at, and everything PayPal should know', async () => {
    const { paypal, emulator } = await freshShop();
    const started = await paypal.start(startOf({ statement_descriptor: 'A SHOP WITH A VERY LONG NAME' }));
    expect(started).toMatchObject({
      payment: PAYMENT,
      status: 'pending',
      amount_minor: 2000,
      currency: 'EUR',
      captured_minor: 0,
      refunds: [],
      client_data: { redirect_url: `${emulator.url}/checkoutnow?token=${started.provider_payment}` },
      error_code: null,
    });
    expect(emulator.ledger().orders).toMatchObject([
      {
        id: started.provider_payment,
        intent: 'CAPTURE',
        custom_id: PAYMENT,
        invoice_id: `K-1001-${PAYMENT}-1`,
        description: 'Order K-1001',
        soft_descriptor: 'A SHOP WITH A VERY LON',
        return_url: 'https://shop.example/thanks',
        cancel_url: 'https://shop.example/cart',
      },
    ]);
  });

  test('makes one order for an attempt however often it is repeated, and another for the next', async () => {
    const { paypal, emulator } = await freshShop();
    const [first, again] = [await paypal.start(startOf()), await paypal.start(startOf())];
    const next = await paypal.start(startOf({ attempt: 2 }));
    expect(again).toEqual(first);
    expect(next.provider_payment).not.toBe(first.provider_payment);
    expect(emulator.ledger().orders).toHaveLength(2);
  });

  test('makes one order when the first answer was lost', async () => {
    const { paypal, emulator } = await freshShop();
    emulator.faults.add({ kind: 'lost_answer', route: `POST ${ORDERS}`, times: 1 });
    expect(await refusalOf(paypal.start(startOf()))).toMatchObject({
      is_definite: false,
      code: 'unreachable',
    });
    await paypal.start(startOf());
    expect(emulator.ledger().orders).toHaveLength(1);
  });

  test.each([
    ['JPY', 1200],
    ['HUF', 120_000],
    ['TWD', 3000],
    ['USD', 5],
  ])('writes %s %i as PayPal wants it, and reads it back', async (currency, amount_minor) => {
    const { paypal, emulator } = await freshShop();
    expect(await paypal.start(startOf({ currency, amount_minor }))).toMatchObject({ currency, amount_minor });
    expect(emulator.ledger().orders).toMatchObject([{ currency, amount_minor }]);
  });

  test.each([
    ['HUF', 1234, 'amount_not_chargeable'],
    ['TWD', 1, 'amount_not_chargeable'],
    ['KWD', 1500, 'INVALID_CURRENCY_CODE'],
  ])('cannot charge %s %i: %s', async (currency, amount_minor, code) => {
    const { paypal } = await freshShop();
    const refusal = await refusalOf(paypal.start(startOf({ currency, amount_minor })));
    expect(refusal).toMatchObject({ is_definite: true, code });
  });

  test('needs an address to come back to', async () => {
    const { paypal } = await freshShop();
    const refusal = await refusalOf(paypal.start(startOf({ return_url: null })));
    expect(refusal).toMatchObject({ is_definite: true, code: 'return_url_required' });
  });

  test('reports an order of another amount or currency as it is', async () => {
    const { paypal, emulator } = await freshShop();
    emulator.faults.add({ kind: 'wrong_amount', by_minor: 1, times: 1 });
    emulator.faults.add({ kind: 'wrong_currency', currency: 'USD', times: 1 });
    expect(await paypal.start(startOf())).toMatchObject({ amount_minor: 2001, currency: 'USD' });
  });
});

describe('taking the money', () => {
  test('waits for the shopper, and then for the shop', async () => {
    const shop = await freshShop();
    const { provider_payment } = await shop.paypal.start(startOf());
    expect(await shop.paypal.proceed!(moveOf(provider_payment))).toMatchObject({ status: 'pending' });
    shop.emulator.shopper.approve(provider_payment);
    expect(await shop.paypal.fetch(provider_payment)).toMatchObject({
      status: 'approved',
      captured_minor: 0,
    });
    const truth = await shop.paypal.proceed!(moveOf(provider_payment));
    expect(truth).toMatchObject({
      status: 'paid',
      captured_minor: 2000,
      client_data: { redirect_url: null },
    });
    expect(await shop.paypal.fetch(provider_payment)).toEqual(truth);
  });

  test('takes it once, repeated, at the same time, and after PayPal forgot', async () => {
    const shop = await freshShop();
    const id = await approved(shop);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => shop.paypal.proceed!(moveOf(id))));
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toMatchObject({ status: 'paid' });
      else expect(outcome.reason).toMatchObject({ is_definite: false });
    }
    shop.emulator.forgetKeys();
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject({ status: 'paid', captured_minor: 2000 });
    expect(shop.emulator.ledger().captures).toHaveLength(1);
  });

  test.each(['lost_answer', 'silence_after_acting', 'error_after_acting'] as const)(
    'takes it once when the first answer is gone: %s',
    async (kind) => {
      const shop = await freshShop({}, { PAYMENT_TIMEOUT_MS: '1500' });
      const id = await approved(shop);
      shop.emulator.faults.add({ kind, route: `POST ${ORDERS}/*/capture`, times: 1 });
      expect(await refusalOf(shop.paypal.proceed!(moveOf(id)))).toMatchObject({ is_definite: false });
      expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject({ status: 'paid' });
      expect(shop.emulator.ledger().captures).toHaveLength(1);
    },
  );

  test('lets the shopper choose again after a decline, and asks the bank no second time before', async () => {
    const shop = await freshShop();
    const id = await approved(shop, {}, 'declined');
    const declined = {
      status: 'failed',
      error_code: 'INSTRUMENT_DECLINED',
      captured_minor: 0,
      client_data: { redirect_url: `${shop.emulator.url}/checkoutnow?token=${id}` },
    };
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject(declined);
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject(declined);
    shop.emulator.shopper.approve(id);
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject({ status: 'paid', error_code: null });
  });

  test.each([
    ['completes', { status: 'paid', captured_minor: 2000, error_code: null }],
    ['denied', { status: 'cancelled', captured_minor: 0, error_code: 'DECLINED' }],
  ] as const)('is under way while PayPal looks at it, until it %s', async (verdict, outcome) => {
    const shop = await freshShop();
    const id = await approved(shop, {}, 'pending');
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject({ status: 'processing', captured_minor: 0 });
    shop.emulator.dashboard.settle(id, verdict);
    expect(await shop.paypal.fetch(id)).toMatchObject(outcome);
  });

  test('leaves an order of another amount alone', async () => {
    const shop = await freshShop();
    const id = await approved(shop);
    const truth = await shop.paypal.proceed!(moveOf(id, { amount_minor: 1999 }));
    expect(truth).toMatchObject({ status: 'approved', amount_minor: 2000 });
    expect(shop.emulator.ledger().captures).toEqual([]);
  });

  test.each([
    [
      { kind: 'wrong_amount', by_minor: -1 },
      { amount_minor: 1999, currency: 'EUR' },
    ],
    [
      { kind: 'wrong_currency', currency: 'USD' },
      { amount_minor: 2000, currency: 'USD' },
    ],
  ] as const)('reports what was taken where that is something else: %o', async (fault, terms) => {
    const shop = await freshShop();
    const id = await approved(shop);
    shop.emulator.faults.add({ ...fault, route: `POST ${ORDERS}/*/capture`, times: 1 });
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject({ status: 'paid', ...terms });
  });

  test('cannot be asked for an order PayPal does not know', async () => {
    const { paypal } = await freshShop();
    expect(await refusalOf(paypal.proceed!(moveOf('NONE')))).toMatchObject({
      is_definite: true,
      code: 'RESOURCE_NOT_FOUND',
    });
    expect(await paypal.fetch('NONE')).toBeNull();
  });
});

describe('authorising first', () => {
  test('reserves the amount, says for how long, and takes a part once', async () => {
    const shop = await freshShop();
    const id = await authorised(shop);
    const reserved = await shop.paypal.fetch(id);
    expect(reserved).toMatchObject({ status: 'authorised', captured_minor: 0, amount_minor: 2000 });
    expect(reserved?.capture_before?.getTime()).toBeGreaterThan(Date.now());
    const taken = { status: 'paid', captured_minor: 1550, amount_minor: 2000, capture_before: null };
    expect(await shop.paypal.capture!(moveOf(id, { amount_minor: 1550 }))).toMatchObject(taken);
    shop.emulator.forgetKeys();
    expect(await shop.paypal.capture!(moveOf(id, { amount_minor: 1550 }))).toMatchObject(taken);
    expect(shop.emulator.ledger().captures).toMatchObject([{ amount_minor: 1550, final_capture: true }]);
  });

  test('takes it once when the answer was lost', async () => {
    const shop = await freshShop();
    const id = await authorised(shop);
    shop.emulator.faults.add({
      kind: 'lost_answer',
      route: 'POST /v2/payments/authorizations/*/capture',
      times: 1,
    });
    expect(await refusalOf(shop.paypal.capture!(moveOf(id)))).toMatchObject({ is_definite: false });
    expect(await shop.paypal.capture!(moveOf(id))).toMatchObject({ status: 'paid', captured_minor: 2000 });
    expect(shop.emulator.ledger().captures).toHaveLength(1);
  });

  test('takes no more than was reserved', async () => {
    const shop = await freshShop();
    const id = await authorised(shop);
    const refusal = await refusalOf(shop.paypal.capture!(moveOf(id, { amount_minor: 2001 })));
    expect(refusal).toMatchObject({ is_definite: true, code: 'MAX_CAPTURE_AMOUNT_EXCEEDED' });
  });

  test.each([
    ['declined', 'failed', 'PAYER_CANNOT_PAY'],
    ['pending', 'processing', null],
  ] as const)('may be %s', async (outcome, status, error_code) => {
    const shop = await freshShop();
    const id = await approved(shop, { capture: 'later' }, outcome);
    expect(await shop.paypal.proceed!(moveOf(id))).toMatchObject({ status, error_code });
  });

  test('may be granted or denied after a review', async () => {
    const shop = await freshShop();
    const [first, second] = [
      await approved(shop, { capture: 'later' }, 'pending'),
      await approved(shop, { capture: 'later', attempt: 2 }, 'pending'),
    ];
    for (const id of [first, second]) await shop.paypal.proceed!(moveOf(id));
    shop.emulator.dashboard.settle(first, 'completes');
    shop.emulator.dashboard.settle(second, 'denied');
    expect(await shop.paypal.fetch(first)).toMatchObject({ status: 'authorised' });
    expect(await shop.paypal.fetch(second)).toMatchObject({ status: 'cancelled', error_code: 'DENIED' });
  });
});

describe('cancelling', () => {
  test('gives an authorised amount up, and may be repeated', async () => {
    const shop = await freshShop();
    const id = await authorised(shop);
    expect([await shop.paypal.cancel(id), await shop.paypal.cancel(id)]).toEqual(['cancelled', 'cancelled']);
    expect(await shop.paypal.fetch(id)).toMatchObject({ status: 'cancelled', captured_minor: 0 });
    expect(await shop.paypal.capture!(moveOf(id))).toMatchObject({ status: 'cancelled' });
  });

  test('comes too late for money that was taken, and cannot be done before it was reserved', async () => {
    const shop = await freshShop();
    const { provider_payment } = await shop.paypal.start(startOf({ attempt: 7 }));
    expect(await shop.paypal.cancel(provider_payment)).toBe('cannot_cancel');
    shop.emulator.shopper.approve(provider_payment, 'pending');
    expect(await shop.paypal.cancel(provider_payment)).toBe('cannot_cancel');
    await shop.paypal.proceed!(moveOf(provider_payment));
    expect(await shop.paypal.cancel(provider_payment)).toBe('cannot_cancel');
    shop.emulator.dashboard.settle(provider_payment, 'denied');
    expect(await shop.paypal.cancel(provider_payment)).toBe('cancelled');
    expect(await shop.paypal.cancel(await paid(shop))).toBe('paid');
    expect(await shop.paypal.cancel('NONE')).toBe('cancelled');
  });

  test('tells the truth when the amount is taken meanwhile', async () => {
    const shop = await freshShop();
    const id = await authorised(shop);
    shop.emulator.faults.add({ kind: 'slow_answer', delay_ms: 1000, route: `GET ${ORDERS}/*`, times: 1 });
    const cancelling = shop.paypal.cancel(id);
    await expect.poll(() => shop.emulator.faults.list()).toEqual([]);
    await shop.paypal.capture!(moveOf(id));
    expect(await cancelling).toBe('paid');
  });
});

describe('refunding', () => {
  test('gives back under our id, and no second time whatever PayPal has forgotten', async () => {
    const shop = await freshShop();
    const id = await paid(shop);
    const first = await shop.paypal.refund(refundOf(id));
    expect(first.status).toBe('succeeded');
    expect(await shop.paypal.refund(refundOf(id))).toEqual(first);
    shop.emulator.forgetKeys();
    expect(await shop.paypal.refund(refundOf(id))).toEqual(first);
    expect(await shop.paypal.fetch(id)).toMatchObject({
      status: 'paid',
      captured_minor: 2000,
      refunded_minor: 500,
      refunds: [{ ...first, refund: refundOf(id).refund, amount_minor: 500 }],
    });
  });

  test('gives back once when the answer was lost', async () => {
    const shop = await freshShop();
    const id = await paid(shop);
    shop.emulator.faults.add({ kind: 'lost_answer', route: 'POST /v2/payments/captures/*/refund', times: 1 });
    expect(await refusalOf(shop.paypal.refund(refundOf(id)))).toMatchObject({ is_definite: false });
    expect(await shop.paypal.refund(refundOf(id))).toMatchObject({ status: 'succeeded' });
    expect(shop.emulator.ledger().orders).toMatchObject([{ refunded_minor: 500 }]);
  });

  test('knows a refund made at PayPal for none of ours', async () => {
    const shop = await freshShop();
    const id = await paid(shop);
    const provider_refund = shop.emulator.dashboard.refund(id, 700);
    expect(await shop.paypal.fetch(id)).toMatchObject({
      refunded_minor: 700,
      refunds: [{ provider_refund, refund: null, amount_minor: 700, status: 'succeeded' }],
    });
  });

  test('is pending while the money is on its way, and may fail even after it arrived', async () => {
    const shop = await freshShop();
    const id = await paid(shop);
    shop.emulator.dashboard.delayRefunds(true);
    const { provider_refund, status } = await shop.paypal.refund(refundOf(id));
    expect([status, (await shop.paypal.fetch(id))?.refunded_minor]).toEqual(['pending', 0]);
    shop.emulator.dashboard.settleRefund(provider_refund, 'completes');
    expect(await shop.paypal.fetch(id)).toMatchObject({
      refunded_minor: 500,
      refunds: [{ status: 'succeeded' }],
    });
    shop.emulator.dashboard.settleRefund(provider_refund, 'fails');
    expect(await shop.paypal.fetch(id)).toMatchObject({ refunded_minor: 0, refunds: [{ status: 'failed' }] });
    expect(await shop.paypal.refund(refundOf(id))).toEqual({ provider_refund, status: 'failed' });
  });

  test('is refused where nothing, or not as much, was taken', async () => {
    const shop = await freshShop();
    const id = await approved(shop);
    expect(await refusalOf(shop.paypal.refund(refundOf(id)))).toMatchObject({
      is_definite: true,
      code: 'nothing_captured',
    });
    await shop.paypal.proceed!(moveOf(id));
    const tooMuch = refundOf(id, { amount_minor: 2001 });
    expect(await refusalOf(shop.paypal.refund(tooMuch))).toMatchObject({
      is_definite: true,
      code: 'REFUND_AMOUNT_EXCEEDED',
    });
  });

  test('takes the capture that has enough left, where there are several', async () => {
    const shop = await freshShop();
    const id = await authorised(shop);
    const [{ id: authorization } = { id: '' }] = shop.emulator.ledger().authorizations;
    for (const value of ['5.00', '15.00']) {
      await shop.ask('POST', `/v2/payments/authorizations/${authorization}/capture`, {
        amount: { currency_code: 'EUR', value },
      });
    }
    expect(await shop.paypal.fetch(id)).toMatchObject({ status: 'paid', captured_minor: 2000 });
    await shop.paypal.refund(refundOf(id, { refund: 'first', amount_minor: 400 }));
    await shop.paypal.refund(refundOf(id, { refund: 'second', amount_minor: 400 }));
    const [small, large] = shop.emulator.ledger().captures;
    expect(shop.emulator.ledger().refunds.map(({ capture }) => capture)).toEqual([small?.id, large?.id]);
  });
});

describe('asking', () => {
  const tokens = (log: string[]) => log.filter((line) => line.includes('/v1/oauth2/token')).length;

  test('uses one token for everything, however many ask at once', async () => {
    const { paypal, log } = await freshShop();
    await Promise.all([1, 2, 3].map((attempt) => paypal.start(startOf({ attempt }))));
    await paypal.start(startOf({ attempt: 4 }));
    expect(tokens(log)).toBe(1);
  });

  test('fetches another token before the old one runs out, and when PayPal takes it back', async () => {
    const brief = await freshShop({ token_lifetime_s: 60 });
    await brief.paypal.start(startOf());
    await brief.paypal.start(startOf());
    expect(tokens(brief.log)).toBe(2);
    const { paypal, emulator, log } = await freshShop();
    await paypal.start(startOf());
    emulator.revokeTokens();
    await Promise.all([paypal.start(startOf()), paypal.start(startOf({ attempt: 2 }))]);
    expect(tokens(log)).toBe(2);
  });

  test('is told when the credentials are wrong', async () => {
    const { paypal } = await freshShop({ client_secret: 'another' });
    expect(await refusalOf(paypal.start(startOf()))).toMatchObject({
      is_definite: true,
      code: 'invalid_client',
    });
  });

  test('asks for a token again after PayPal gave none', async () => {
    const { paypal, emulator } = await freshShop();
    emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: 'POST /v1/oauth2/token',
      times: 1,
    });
    expect(await refusalOf(paypal.start(startOf()))).toMatchObject({ is_definite: false });
    expect(await paypal.start(startOf())).toMatchObject({ status: 'pending' });
  });

  test.each([
    [500, false, 'INTERNAL_SERVER_ERROR'],
    [503, false, 'SERVICE_UNAVAILABLE'],
    [409, false, 'busy'],
    [429, false, 'INTERNAL_SERVER_ERROR'],
    [403, true, 'NOT_AUTHORIZED'],
  ])('takes %i for definite: %s', async (status, is_definite, code) => {
    const { paypal, emulator } = await freshShop();
    emulator.faults.add({ kind: 'error_before_acting', status, times: 1 });
    expect(await refusalOf(paypal.start(startOf()))).toMatchObject({ is_definite, code });
  });

  test('gives up in time', async () => {
    const { paypal, emulator } = await freshShop({}, { PAYMENT_TIMEOUT_MS: '150' });
    emulator.faults.add({ kind: 'silence_before_acting', times: 1 });
    expect(await refusalOf(paypal.start(startOf()))).toMatchObject({ is_definite: false, code: 'timeout' });
  });

  test('finds and lists nothing: PayPal cannot, and an order the shop does not know takes no money', async () => {
    const { paypal } = await freshShop();
    expect(await paypal.find({ payment: PAYMENT, attempt: 1, since: new Date(0) })).toBeNull();
    expect([paypal.list, paypal.methods]).toEqual([null, null]);
    expect([paypal.name, paypal.title, paypal.is_manual, paypal.flows]).toEqual([
      'paypal',
      'PayPal',
      false,
      ['hosted'],
    ]);
  });
});
