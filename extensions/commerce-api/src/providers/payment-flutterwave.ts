/**
 * Flutterwave through its Standard flow, API v3: the shopper pays on a page of Flutterwave's. Its id for a payment is a reference of
 * ours, `tx_ref`, and its truth the transactions made with that reference. There are no idempotency keys. A repeated start makes
 * another page for the same reference, and money moves only once a shopper pays on one; a refund must never be asked for twice.
 */
import { groupBy } from '../core/group-by.ts';
import type { Env } from '../platform/env.ts';
import { toMajorAmount } from './flutterwave-amounts.ts';
import {
  flutterwaveApi,
  periodSince,
  unreadable,
  type FlutterwaveApi,
  type FlutterwaveRefund,
  type FlutterwaveTransaction,
} from './flutterwave-api.ts';
import {
  commentOf,
  isUnderWay,
  minorOf,
  paymentOf,
  providerPayment,
  providerRefund,
  referenceOf,
} from './flutterwave-payment.ts';
import { readFlutterwaveWebhook } from './flutterwave-webhook.ts';
import { PaymentProviderError, type PaymentProvider, type ProviderPayment } from './payment.ts';

/** The longest a page can be kept open: a forgotten one takes no money after it. */
const SESSION_MINUTES = 1440;
/** Within it, a refund of the same amount that says nothing of its origin may be one of ours whose answer was lost. */
const UNCLEAR_FOR_MS = 24 * 60 * 60 * 1000;

export function flutterwavePayments(env: Env): PaymentProvider {
  const api = flutterwaveApi(env);
  const truthOf = async (tx_ref: string) => {
    const transactions = await transactionsOf(api, tx_ref);
    if (transactions.length === 0) return null;
    return providerPayment(tx_ref, transactions, await refundsOf(api, transactions.filter(isPaid)));
  };

  return {
    name: 'flutterwave',
    title: 'Flutterwave',
    is_manual: false,
    flows: ['hosted'],
    async start(input) {
      const { payment, order, order_number, amount_minor, currency, email, return_url } = input;
      if (input.capture === 'later') throw refused('Flutterwave takes the money at once', 'capture_later');
      const tx_ref = referenceOf(payment, input.attempt);
      const link = await api.createLink({
        tx_ref,
        amount: toMajorAmount(amount_minor, currency),
        currency,
        ...(return_url !== null && { redirect_url: return_url }),
        customer: { email },
        customizations: { title: `Order ${order_number}` },
        meta: { payment, order },
        session_duration: SESSION_MINUTES,
      });
      return begun(input, tx_ref, link);
    },
    // A page nobody was sent to takes no money, so nothing is missed before there is a transaction.
    find: ({ payment, attempt }) => truthOf(referenceOf(payment, attempt)),
    fetch: truthOf,
    proceed: null,
    capture: null,
    /** There is no such call: a page stays open until its session ends. */
    async cancel(tx_ref) {
      const transactions = await transactionsOf(api, tx_ref);
      return transactions.some(isPaid) ? 'paid' : 'cannot_cancel';
    },
    refund: (input) => giveBack(api, input),
    readWebhook: (raw, headers) =>
      readFlutterwaveWebhook(api, env.FLUTTERWAVE_SECRET_HASH, raw, headers['verif-hash']),
    list: (since) => listed(api, since),
    methods: null,
  };
}

/** A page that waits for its shopper. */
function begun(
  { payment, amount_minor, currency }: { payment: string; amount_minor: number; currency: string },
  tx_ref: string,
  link: string,
): ProviderPayment {
  return {
    provider_payment: tx_ref,
    payment,
    status: 'pending',
    amount_minor,
    currency,
    captured_minor: 0,
    refunded_minor: 0,
    refunds: [],
    disputes: [],
    capture_before: null,
    saved_method: null,
    client_data: { redirect_url: link },
    error_code: null,
    error_message: null,
  };
}

/**
 * Every transaction with a reference, whatever might have taken money verified by its own id. The look-up by reference names only one
 * of them, the list all; what another reference was answered to is nobody's.
 */
async function transactionsOf(api: FlutterwaveApi, tx_ref: string): Promise<FlutterwaveTransaction[]> {
  const named = await api.verifyByReference(tx_ref);
  if (!named) return [];
  if (named.tx_ref !== tx_ref) throw unreadable();
  const others = await api.listTransactions({ tx_ref });
  const known = new Map(
    [named, ...others.filter((other) => other.tx_ref === tx_ref)].map((each) => [each.id, each]),
  );
  return Promise.all(
    [...known.values()].map((each) =>
      mayHoldMoney(each) ? verified(api, each.id, tx_ref) : Promise.resolve(each),
    ),
  );
}

function isPaid({ status }: FlutterwaveTransaction): boolean {
  return status === 'successful';
}

function mayHoldMoney(transaction: FlutterwaveTransaction): boolean {
  return isPaid(transaction) || isUnderWay(transaction);
}

async function verified(api: FlutterwaveApi, id: number, tx_ref: string): Promise<FlutterwaveTransaction> {
  const transaction = await api.verify(id);
  if (transaction?.id !== id || transaction.tx_ref !== tx_ref) throw unreadable();
  return transaction;
}

async function refundsOf(
  api: FlutterwaveApi,
  transactions: readonly FlutterwaveTransaction[],
): Promise<FlutterwaveRefund[]> {
  if (transactions.length === 0) return [];
  const ids = new Set(transactions.map(({ id }) => id));
  const since = new Date(Math.min(...transactions.map(({ created_at }) => created_at.getTime())));
  return api.listRefunds(since, ids);
}

/**
 * Gives money back once. Our refund id travels in the comment, and one that carries it is not asked for again. Whether Flutterwave
 * shows the comment again is not documented, so what cannot be told is not repeated: an unknown outcome, and a young refund of the
 * same amount that says nothing of its origin.
 * @throws PaymentProviderError with `is_repeatable: false` where a repeat might give the money back twice
 */
async function giveBack(
  api: FlutterwaveApi,
  {
    provider_payment,
    refund,
    amount_minor,
    currency,
  }: { provider_payment: string; refund: string; amount_minor: number; currency: string },
) {
  // Those that are no longer called successful, too: what went back of them must be found.
  const transactions = (await transactionsOf(api, provider_payment)).filter(
    (each) => mayHoldMoney(each) && each.currency === currency,
  );
  const refunds = await refundsOf(api, transactions);
  const made = refunds.map((each) => ({ ...each, ...providerRefund(each, currency) }));
  const ours = made.find((each) => each.refund === refund);
  if (ours) return { provider_refund: ours.provider_refund, status: ours.status };
  const isUnclear = made.some(
    (each) =>
      !each.comment &&
      each.status !== 'failed' &&
      each.amount_minor === amount_minor &&
      Date.now() - each.created_at.getTime() < UNCLEAR_FOR_MS,
  );
  if (isUnclear) throw unclear('A refund of this amount was made lately, and it does not say by whom');
  const target = transactions.filter(isPaid).find((transaction) => {
    const gone = made.filter((each) => each.transaction === transaction.id && each.status !== 'failed');
    const gone_minor = gone.reduce((sum, each) => sum + each.amount_minor, 0);
    return minorOf(transaction.amount, currency) - gone_minor >= amount_minor;
  });
  if (!target)
    throw refused('No transaction of this payment has so much left to give back', 'refund_too_much');
  const amount = toMajorAmount(amount_minor, currency);
  const answer = api.refund(target.id, { amount, comments: commentOf(refund) });
  const { provider_refund, status } = await answer
    .then((asked) => providerRefund(asked, currency))
    .catch((error: unknown) => {
      throw wasNeverDone(error) ? error : unclear('Flutterwave did not say what became of the refund', error);
    });
  return { provider_refund, status };
}

/** Refused, or turned away before anything was done: too many requests, or no connection to send one over. */
function wasNeverDone(error: unknown): boolean {
  if (!(error instanceof PaymentProviderError)) return false;
  if (error.is_definite || error.code === 'http_429') return true;
  const cause = (error.cause as { cause?: { code?: unknown } } | undefined)?.cause;
  return error.code === 'unreachable' && UNSENT.has(String(cause?.code));
}

const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

function unclear(message: string, cause?: unknown): PaymentProviderError {
  return new PaymentProviderError(message, {
    is_definite: false,
    is_repeatable: false,
    code: 'refund_unclear',
    cause,
  });
}

function refused(message: string, code: string): PaymentProviderError {
  return new PaymentProviderError(message, { is_definite: true, code });
}

/** One for every reference money was paid or tried to be paid with; pages nobody paid on are in no list. */
async function* listed(api: FlutterwaveApi, since: Date): AsyncIterable<ProviderPayment> {
  const all = await api.listTransactions(periodSince(since), (row, error) => {
    const { tx_ref } = (row ?? {}) as { tx_ref?: unknown };
    if (typeof tx_ref === 'string' && paymentOf(tx_ref) !== null) throw error;
  });
  const within = all.filter(({ created_at }) => created_at >= since);
  const refunds = await refundsOf(api, within.filter(isPaid));
  for (const [tx_ref, transactions] of groupBy(within, (transaction) => transaction.tx_ref)) {
    const payment = readable(tx_ref, transactions, refunds);
    if (payment) yield payment;
  }
}

/** Null for one of others who use the account: an amount we cannot count is theirs to mind. */
function readable(
  tx_ref: string,
  transactions: readonly FlutterwaveTransaction[],
  refunds: readonly FlutterwaveRefund[],
): ProviderPayment | null {
  try {
    return providerPayment(tx_ref, transactions, refunds);
  } catch (error) {
    if (paymentOf(tx_ref) !== null) throw error;
    return null;
  }
}
