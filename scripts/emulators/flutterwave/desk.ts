/** What shoppers do on the page and merchants in their dashboard, without a browser: on the handle, and under `/_emulator`. */
import { z } from 'zod';
import type { AdminAnswer } from '../admin.ts';
import { callOf } from './api.ts';
import type { Api } from './api.ts';
import { leftMinor, transactionsOf } from './books.ts';
import type { EventRecord, Refund, Transaction, TransactionStatus } from './books.ts';
import { returnAddress } from './checkout-page.ts';
import { FlutterwaveApiError } from './errors.ts';
import { charge, settle } from './payments.ts';
import type { ChargeOptions } from './payments.ts';
import { giveBack, settleRefund } from './refunds.ts';

export type Shopper = {
  /**
   * Pays on the newest page of a reference nobody has paid on yet. A reference with two pages can be paid twice.
   * @returns the transaction, and where the shopper is sent; @throws when there is no such page
   */
  pay(
    tx_ref: string,
    outcome?: TransactionStatus,
    options?: ChargeOptions,
  ): { transaction: Transaction; return_url: string | null };
};

export type Dashboard = {
  /** The newest pending transaction of a reference gets its outcome. */
  settle(tx_ref: string, outcome: 'successful' | 'failed'): Transaction;
  /** Gives back a part of a reference's newest transaction that has so much left. */
  refund(tx_ref: string, amount_minor: number, options?: { comment?: string | null }): Refund;
  /** A refund's payout arrives or comes back; it may come back even when it was complete. */
  settleRefund(refund_id: number, outcome: 'succeeded' | 'failed'): Refund;
};

export type Desk = { shopper: Shopper; dashboard: Dashboard };

/** @param act called with the route and the events of everything that was done */
export function createDesk(api: Api, act: (route: string, batch: EventRecord[]) => void): Desk {
  function doing<Result>(route: string, action: (call: ReturnType<typeof callOf>) => Result): Result {
    const batch: EventRecord[] = [];
    const result = action(callOf(api, route, batch));
    act(route, batch);
    return result;
  }

  return {
    shopper: {
      pay(tx_ref, outcome = 'successful', options = {}) {
        const open = [...api.books.links.values()].filter((link) => link.tx_ref === tx_ref && !link.is_spent);
        const link = open.at(-1);
        if (!link) throw new Error(`No page takes money for ${tx_ref}.`);
        const record = doing(`POST /pay/${link.id}`, (call) => charge(call, link, outcome, options));
        return { transaction: structuredClone(record.object), return_url: returnAddress(link, record) };
      },
    },
    dashboard: {
      settle(tx_ref, outcome) {
        const pending = transactionsOf(api.books, tx_ref).filter(({ object }) => object.status === 'pending');
        const record = pending.at(-1);
        if (!record) throw new Error(`No transaction of ${tx_ref} is pending.`);
        doing('POST /_emulator/dashboard/settle', (call) => settle(call, record, outcome));
        return structuredClone(record.object);
      },
      refund(tx_ref, amount_minor, { comment = 'Refunded in the dashboard' } = {}) {
        const paid = transactionsOf(api.books, tx_ref).filter(({ object }) => object.status === 'successful');
        const record =
          paid.findLast((transaction) => leftMinor(api.books, transaction) >= amount_minor) ?? paid.at(-1);
        if (!record) throw new Error(`No transaction of ${tx_ref} was paid.`);
        const made = doing('POST /_emulator/dashboard/refund', (call) =>
          giveBack(call, record, amount_minor, comment),
        );
        return structuredClone(made.object);
      },
      settleRefund(refund_id, outcome) {
        const record = api.books.refunds.get(refund_id);
        if (!record) throw new Error(`There is no refund ${refund_id}.`);
        doing('POST /_emulator/dashboard/settle-refund', (call) => settleRefund(call, record, outcome));
        return structuredClone(record.object);
      },
    },
  };
}

const PayInput = z.strictObject({
  tx_ref: z.string(),
  outcome: z.enum(['successful', 'failed', 'pending']).default('successful'),
  amount_minor: z.int().positive().optional(),
  currency: z.string().optional(),
  payment_type: z.string().optional(),
});
const SettleInput = z.strictObject({ tx_ref: z.string(), outcome: z.enum(['successful', 'failed']) });
const RefundInput = z.strictObject({
  tx_ref: z.string(),
  amount_minor: z.int().positive(),
  comment: z.string().nullable().optional(),
});
const SettleRefundInput = z.strictObject({ refund_id: z.int(), outcome: z.enum(['succeeded', 'failed']) });

/** The same over HTTP. */
export function deskActions({ shopper, dashboard }: Desk): Record<string, (body: unknown) => object> {
  return {
    'POST shopper/pay': (body) => {
      const { tx_ref, outcome, ...options } = PayInput.parse(body);
      return shopper.pay(tx_ref, outcome, options);
    },
    'POST dashboard/settle': (body) => {
      const { tx_ref, outcome } = SettleInput.parse(body);
      return dashboard.settle(tx_ref, outcome);
    },
    'POST dashboard/refund': (body) => {
      const { tx_ref, amount_minor, ...options } = RefundInput.parse(body);
      return dashboard.refund(tx_ref, amount_minor, options);
    },
    'POST dashboard/settle-refund': (body) => {
      const { refund_id, outcome } = SettleRefundInput.parse(body);
      return dashboard.settleRefund(refund_id, outcome);
    },
  };
}

/** 409 for what is not there to be done. */
export function deskRefusal(error: unknown): AdminAnswer {
  const status = error instanceof FlutterwaveApiError ? error.status : 409;
  return { status, body: { error: error instanceof Error ? error.message : String(error) } };
}
