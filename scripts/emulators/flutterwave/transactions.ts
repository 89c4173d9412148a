/** What the API tells of transactions. */
import { transactionsOf } from './books.ts';
import type { Transaction } from './books.ts';
import type { Call } from './call.ts';
import { noTransaction } from './errors.ts';
import { pageOf } from './list-page.ts';

const PAGE_SIZE = 10;

export function verifyTransaction({ books, id }: Call): object {
  return answerOf(books.transactions.get(id)?.object);
}

/** The newest of them (assumed): a reference may have several. */
export function verifyByReference({ books, query }: Call): object {
  return answerOf(transactionsOf(books, query['tx_ref'] ?? '').at(-1)?.object);
}

export function listTransactions({ books, query }: Call): object {
  const matching = [...books.transactions.values()]
    .map(({ object }) => object)
    .filter(({ tx_ref }) => query['tx_ref'] === undefined || tx_ref === query['tx_ref'])
    .filter(({ currency }) => query['currency'] === undefined || currency === query['currency'])
    .filter(({ status }) => query['status'] === undefined || status === query['status']);
  return pageOf('Transactions fetched', matching, query, PAGE_SIZE);
}

function answerOf(transaction: Transaction | undefined): object {
  if (!transaction) throw noTransaction();
  return { status: 'success', message: 'Transaction fetched successfully', data: transaction };
}
