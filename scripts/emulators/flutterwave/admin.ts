/** `/_emulator`: what tests may ask and arrange over HTTP, beside the API. No key needed. */
import { z } from 'zod';
import type { Deliveries } from '../deliveries.ts';
import { FaultInput } from '../faults.ts';
import type { Faults } from '../faults.ts';
import { ledgerOf } from './books.ts';
import type { Books } from './books.ts';
import type { Dashboard, Shopper } from './desk.ts';
import { FlutterwaveApiError } from './errors.ts';

export type Admin = {
  books: Books;
  faults: Faults;
  deliveries: Deliveries;
  shopper: Shopper;
  dashboard: Dashboard;
};

export type AdminAnswer = { status: number; body: object };

const ReleaseInput = z.strictObject({ order: z.enum(['as_held', 'reverse']).default('as_held') });
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

/**
 * - `GET /_emulator/ledger`: books by reference, and all objects and events, oldest first.
 * - `GET /_emulator/deliveries`: every event on its way, with its attempts.
 * - `POST /_emulator/deliveries/release` `{order?}`: sends held events, answers after the first attempts.
 * - `POST /_emulator/deliveries/settled`: answers once nothing is pending.
 * - `GET`, `POST`, `DELETE /_emulator/faults`, `DELETE /_emulator/faults/{id}`.
 * - `POST /_emulator/shopper/pay`, `/_emulator/dashboard/settle`, `…/refund`, `…/settle-refund`.
 */
export async function answerAdmin(
  admin: Admin,
  method: string,
  path: string,
  body: string,
): Promise<AdminAnswer> {
  try {
    return (
      (await answerDeliveries(admin, `${method} ${path}`, body)) ??
      answerDesk(admin, `${method} ${path}`, body) ??
      removeFault(admin.faults, method, path)
    );
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: 'The body is not JSON.' } };
    throw error;
  }
}

async function answerDeliveries(
  { books, faults, deliveries }: Admin,
  route: string,
  body: string,
): Promise<AdminAnswer | undefined> {
  switch (route) {
    case 'GET /_emulator/ledger':
      return { status: 200, body: ledgerOf(books) };
    case 'GET /_emulator/deliveries':
      return { status: 200, body: { deliveries: deliveries.list() } };
    case 'POST /_emulator/deliveries/release':
      await deliveries.release(ReleaseInput.parse(json(body)).order);
      return { status: 200, body: { deliveries: deliveries.list() } };
    case 'POST /_emulator/deliveries/settled':
      await deliveries.settled();
      return { status: 200, body: { deliveries: deliveries.list() } };
    case 'GET /_emulator/faults':
      return { status: 200, body: { faults: faults.list() } };
    case 'POST /_emulator/faults':
      return { status: 201, body: faults.add(FaultInput.parse(json(body))) };
    case 'DELETE /_emulator/faults':
      faults.clear();
      return { status: 200, body: { faults: [] } };
    default:
      return undefined;
  }
}

function answerDesk({ shopper, dashboard }: Admin, route: string, body: string): AdminAnswer | undefined {
  const act = deskActions({ shopper, dashboard })[route];
  if (!act) return undefined;
  try {
    return { status: 200, body: act(json(body)) };
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    const status = error instanceof FlutterwaveApiError ? error.status : 409;
    return { status, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function deskActions({
  shopper,
  dashboard,
}: Pick<Admin, 'shopper' | 'dashboard'>): Record<string, (input: unknown) => object> {
  return {
    'POST /_emulator/shopper/pay': (input) => {
      const { tx_ref, outcome, ...options } = PayInput.parse(input);
      return shopper.pay(tx_ref, outcome, options);
    },
    'POST /_emulator/dashboard/settle': (input) => {
      const { tx_ref, outcome } = SettleInput.parse(input);
      return dashboard.settle(tx_ref, outcome);
    },
    'POST /_emulator/dashboard/refund': (input) => {
      const { tx_ref, amount_minor, ...options } = RefundInput.parse(input);
      return dashboard.refund(tx_ref, amount_minor, options);
    },
    'POST /_emulator/dashboard/settle-refund': (input) => {
      const { refund_id, outcome } = SettleRefundInput.parse(input);
      return dashboard.settleRefund(refund_id, outcome);
    },
  };
}

function removeFault(faults: Faults, method: string, path: string): AdminAnswer {
  const id = method === 'DELETE' ? /^\/_emulator\/faults\/([^/]+)$/.exec(path)?.[1] : undefined;
  if (!id) return { status: 404, body: { error: `There is no ${method} ${path}.` } };
  faults.clear(id);
  return { status: 200, body: { faults: faults.list() } };
}

function json(body: string): unknown {
  return body === '' ? {} : JSON.parse(body);
}
