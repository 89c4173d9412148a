/**
 * Flutterwave's API v3 as far as Kontor asks it, with what it answers checked for what we rely on. Read from the guides, the
 * published v3 description and the official SDK's samples: see scripts/emulators/flutterwave/contract/README.md.
 */
import { z } from 'zod';
import type { Env } from '../platform/env.ts';
import { PaymentProviderError } from './payment.ts';
import { askProvider, isOpenAnswer, jsonOf, retryAfter, type ProviderAnswer } from './provider-http.ts';

const LIVE_URL = 'https://api.flutterwave.com';
/** More pages than a shop of any size makes of one question. A list that never ends is not read for ever. */
const MOST_PAGES = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

const Id = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const Amount = z.union([z.number(), z.string()]);

const Transaction = z.object({
  id: Id,
  tx_ref: z.string(),
  amount: Amount,
  currency: z.string().transform((code) => code.toUpperCase()),
  status: z.string().transform((status) => status.toLowerCase()),
  processor_response: z.string().nullish(),
  created_at: z.coerce.date(),
});
export type FlutterwaveTransaction = z.output<typeof Transaction>;

/** `meta` is JSON inside a text where refunds are listed, an object where one is made. */
const Refund = z
  .object({
    id: Id,
    amount_refunded: Amount,
    status: z.string().transform((status) => status.toLowerCase()),
    transaction_id: Id.nullish(),
    tx_id: Id.nullish(),
    comment: z.string().nullish(),
    comments: z.string().nullish(),
    meta: z.unknown().optional(),
    created_at: z.coerce.date(),
  })
  .transform(({ transaction_id, tx_id, comment, comments, meta, ...rest }) => ({
    ...rest,
    transaction: transaction_id ?? tx_id ?? null,
    comment: comment ?? comments ?? null,
    disburse_status: disburseStatus(meta),
  }));
export type FlutterwaveRefund = z.output<typeof Refund>;

const Page = z.object({
  meta: z.object({
    page_info: z.object({ current_page: z.coerce.number(), total_pages: z.coerce.number() }),
  }),
  data: z.array(z.unknown()),
});

export interface FlutterwaveApi {
  /** A page to pay on; every call makes another one. @returns its address */
  createLink: (body: Record<string, unknown>) => Promise<string>;
  /** One of the transactions with this reference; null when nobody has begun to pay. */
  verifyByReference: (tx_ref: string) => Promise<FlutterwaveTransaction | null>;
  verify: (id: number) => Promise<FlutterwaveTransaction | null>;
  /** All transactions that match. Rows that cannot be read are given to `unreadable`, which may throw. */
  listTransactions: (
    query: Record<string, string>,
    unreadable?: (row: unknown, error: PaymentProviderError) => void,
  ) => Promise<FlutterwaveTransaction[]>;
  /**
   * All refunds of these transactions, none of which is older than `since`. Those of the whole account are read for it: no filter
   * by transaction is sure to hold.
   */
  listRefunds: (since: Date, transactions: ReadonlySet<number>) => Promise<FlutterwaveRefund[]>;
  /** Not idempotent: every call gives back once more. */
  refund: (id: number, body: { amount: string; comments: string }) => Promise<FlutterwaveRefund>;
}

export function flutterwaveApi(env: Env): FlutterwaveApi {
  const base = `${env.FLUTTERWAVE_API_URL.replace(/\/+$/, '') || LIVE_URL}/v3`;

  const ask = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    askProvider({
      method,
      url: base + path,
      headers: { authorization: `Bearer ${env.FLUTTERWAVE_SECRET_KEY}` },
      ...(body !== undefined && { body }),
      timeout_ms: env.PAYMENT_TIMEOUT_MS,
    });

  /** @throws PaymentProviderError for a refusal, and where nothing but a refusal may hold what was asked for */
  const dataOf = (answer: ProviderAnswer): unknown => {
    const body = answer.body as { status?: unknown; data?: unknown } | null;
    if (answer.status < 300 && body?.status === 'success') return body.data;
    throw refusal(answer);
  };

  /** Flutterwave knows no 404 here: an unknown id or reference is a 400, or a 200 that is no success. */
  const found = (answer: ProviderAnswer): FlutterwaveTransaction | null => {
    const body = answer.body as { status?: unknown } | null;
    const isUnknown = answer.status === 400 || answer.status === 404;
    if (isUnknown || (answer.status < 300 && body?.status === 'error')) return null;
    return read(Transaction, dataOf(answer));
  };

  /** A row may come twice: what is made meanwhile moves the others to the next page. */
  async function* pages(path: string, query: Record<string, string>): AsyncIterable<unknown[]> {
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const answer = await ask('GET', `${path}?${queryOf({ ...query, page: String(page) })}`);
      dataOf(answer);
      const { meta, data } = read(Page, answer.body);
      const { current_page, total_pages } = meta.page_info;
      // Another page than the one asked for: whatever is on the others would be missed without a word.
      if (page > 1 && current_page !== page) throw unreadable();
      yield data;
      if (page >= total_pages) return;
    }
    throw unreadable();
  }

  return {
    async createLink(body) {
      const { link } = read(
        z.object({ link: z.url({ protocol: /^https?$/ }) }),
        dataOf(await ask('POST', '/payments', body)),
      );
      return link;
    },
    verifyByReference: async (tx_ref) =>
      found(await ask('GET', `/transactions/verify_by_reference?${queryOf({ tx_ref })}`)),
    verify: async (id) => found(await ask('GET', `/transactions/${id}/verify`)),
    async listTransactions(query, onUnreadable) {
      const all = new Map<number, FlutterwaveTransaction>();
      for await (const rows of pages('/transactions', query)) {
        for (const row of rows) {
          const transaction = Transaction.safeParse(row);
          if (transaction.success) all.set(transaction.data.id, transaction.data);
          else if (onUnreadable) onUnreadable(row, unreadable());
          else throw unreadable();
        }
      }
      return [...all.values()];
    },
    async listRefunds(since, transactions) {
      const all = new Map<number, FlutterwaveRefund>();
      for await (const rows of pages('/refunds', periodSince(since))) {
        for (const row of rows.filter((each) => isOf(transactions, each))) {
          const refund = read(Refund, row);
          all.set(refund.id, refund);
        }
      }
      return [...all.values()];
    },
    async refund(id, body) {
      return read(Refund, dataOf(await ask('POST', `/transactions/${id}/refund`, body)));
    },
  };
}

/** A row that does not say what it is of may be of any: it has to be read. */
function isOf(transactions: ReadonlySet<number>, row: unknown): boolean {
  const { transaction_id, tx_id } = (row ?? {}) as { transaction_id?: unknown; tx_id?: unknown };
  const id = Id.safeParse(transaction_id ?? tx_id);
  return !id.success || transactions.has(id.data);
}

/** Whole days, with one to spare on either side: whose midnight is meant is not said. */
export function periodSince(since: Date): { from: string; to: string } {
  const day = (moment: number) => new Date(moment).toISOString().slice(0, 10);
  return { from: day(since.getTime() - DAY_MS), to: day(Date.now() + DAY_MS) };
}

function queryOf(query: Record<string, string>): string {
  return new URLSearchParams(query).toString();
}

function disburseStatus(meta: unknown): string | null {
  const held = typeof meta === 'string' ? jsonOf(meta) : meta;
  const status = (held as { disburse_status?: unknown } | null | undefined)?.disburse_status;
  return typeof status === 'string' ? status.toLowerCase() : null;
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw unreadable(result.error);
  return result.data;
}

/** Flutterwave answered what nobody can rely on: what it did is as open as without an answer. */
export function unreadable(cause?: unknown): PaymentProviderError {
  return new PaymentProviderError('Flutterwave answered something that cannot be read', {
    is_definite: false,
    code: 'unexpected_answer',
    cause,
  });
}

/** Its messages are not stable, so the code is the HTTP status. A 503 comes after 28 seconds of work that may still go on. */
function refusal({ status, headers, body }: ProviderAnswer): PaymentProviderError {
  if (status < 300) return unreadable();
  const { message } = (body ?? {}) as { message?: unknown };
  return new PaymentProviderError(
    typeof message === 'string' && message ? message : `Flutterwave answered ${status}`,
    { is_definite: !isOpenAnswer(status), code: `http_${status}`, retry_after_s: retryAfter(headers) },
  );
}
