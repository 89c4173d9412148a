/** Money on its way back. There is no idempotency: whoever asks twice gives it back twice. */
import { majorOf, minorOf } from './amounts.ts';
import { ACCOUNT_ID, leftMinor, nextId } from './books.ts';
import type { RefundRecord, TransactionRecord } from './books.ts';
import type { Call } from './call.ts';
import { FlutterwaveApiError, noTransaction } from './errors.ts';
import { pageOf } from './list-page.ts';

const PAGE_SIZE = 20;

/** `POST /transactions/{id}/refund`. Without an amount all that is left goes back. */
export function createRefund(call: Call): object {
  const record = call.books.transactions.get(call.id);
  if (!record) throw noTransaction();
  const { amount, comments } = call.body as { amount?: number | string; comments?: string };
  const { currency } = record.object;
  const amount_minor = amount === undefined ? leftMinor(call.books, record) : minorOf(amount, currency);
  if (amount_minor === null) throw new FlutterwaveApiError(400, `amount is no amount in ${currency}`);
  const { object } = giveBack(call, record, amount_minor, comments ?? null);
  const { id, transaction_id, amount_refunded, status, flw_ref, created_at, account_id } = object;
  return {
    status: 'success',
    message: 'Transaction refund initiated',
    data: {
      id,
      account_id,
      tx_id: transaction_id,
      flw_ref,
      wallet_id: 74639,
      amount_refunded,
      status,
      destination: 'payment_source',
      ...(comments !== undefined && { comments }),
      meta: JSON.parse(object.meta) as object,
      created_at,
    },
  };
}

/** All of the account: `id` filters nothing, as clients found. */
export function listRefunds({ books, query }: Call): object {
  const matching = [...books.refunds.values()]
    .filter(({ currency }) => query['currency'] === undefined || currency === query['currency'])
    .map(({ object }) => object)
    .filter(({ status }) => query['status'] === undefined || status === query['status'])
    .filter(({ flw_ref }) => query['flw_ref'] === undefined || flw_ref === query['flw_ref']);
  return pageOf('Refunds fetched', matching, query, PAGE_SIZE);
}

/** @throws FlutterwaveApiError when the transaction was not paid, or less of it is left */
export function giveBack(
  call: Call,
  transaction: TransactionRecord,
  amount_minor: number,
  comment: string | null,
): RefundRecord {
  const { id: transaction_id, status, currency, flw_ref, payment_type } = transaction.object;
  if (status !== 'successful') throw new FlutterwaveApiError(400, 'This transaction cannot be refunded');
  if (amount_minor <= 0 || amount_minor > leftMinor(call.books, transaction))
    throw new FlutterwaveApiError(400, 'The amount is more than what is left of this transaction');
  const isPayout = payment_type.startsWith('mobilemoney');
  const record: RefundRecord = {
    amount_minor,
    currency,
    object: {
      id: nextId(call.books),
      amount_refunded: majorOf(amount_minor, currency),
      status: isPayout ? 'pending-momo' : 'completed',
      flw_ref,
      comment,
      settlement_id: 'NEW',
      meta: JSON.stringify({
        source: 'availablebalance',
        ...(isPayout && { disburse_ref: `CC-REFD-${flw_ref}`, disburse_status: 'pending' }),
      }),
      created_at: new Date().toISOString(),
      account_id: ACCOUNT_ID,
      transaction_id,
    },
  };
  call.books.refunds.set(record.object.id, record);
  tellRefund(call, record, transaction.object.tx_ref);
  return record;
}

/** A payout arrived or came back; a refund to a card may come back, too. */
export function settleRefund(call: Call, { object }: RefundRecord, outcome: 'succeeded' | 'failed'): void {
  const meta = JSON.parse(object.meta) as Record<string, unknown>;
  object.status =
    outcome === 'failed' ? 'failed' : meta['disburse_ref'] ? 'completed-momo' : 'completed-mpgs';
  const disburse_status = outcome === 'failed' ? 'failed' : 'successful';
  object.meta = JSON.stringify({ ...meta, disburse_status });
  const transaction = call.books.transactions.get(object.transaction_id);
  if (transaction) tellRefund(call, { object }, transaction.object.tx_ref);
}

/** The one event without an envelope. */
function tellRefund(call: Call, { object }: Pick<RefundRecord, 'object'>, tx_ref: string): void {
  if (!call.tells_refunds) return;
  const { id, amount_refunded, status, flw_ref, comment, settlement_id, meta, created_at, account_id } =
    object;
  call.emit({
    id: `refund:${id}:${status}`,
    type: 'refund',
    lane: tx_ref,
    body: {
      id,
      AmountRefunded: amount_refunded,
      status,
      FlwRef: flw_ref,
      destination: 'payment_source',
      comments: comment ?? '',
      settlement_id,
      meta,
      createdAt: created_at,
      updatedAt: new Date().toISOString(),
      deletedAt: null,
      walletId: 74639,
      AccountId: account_id,
      TransactionId: object.transaction_id,
    },
  });
}
