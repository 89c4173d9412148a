/**
 * What happens at Stripe without the shop asking: its owner works in the dashboard, banks decide, time passes, and a shopper pays.
 * The same actions are on the handle of an emulator and, by name, under `POST /_emulator/dashboard/…` and `…/shopper/…`. Beside them,
 * `DELETE /_emulator/keys` forgets every idempotency key, as a day does.
 */
import type Stripe from 'stripe';
import { z } from 'zod';
import { requireDispute, requireIntent, requireRefund, requireSession } from './books.ts';
import type { Call } from './call.ts';
import { endSession } from './checkout-sessions.ts';
import { chargeOf, closeDispute, openDispute, reviewDispute } from './disputes.ts';
import { refused } from './errors.ts';
import { settleDebit } from './payment-attempt.ts';
import { endIntent } from './payment-intents.ts';
import { failRefund, refundCharge, settleRefund } from './refunds.ts';
import type { RefundStatus } from './refunds.ts';
import { payAsShopper, setUpAsShopper } from './shopper.ts';

/** Amounts as Stripe counts them. All of them return the object as it is afterwards. @throws StripeApiError when it cannot be. */
export type Dashboard = {
  /** Gives money back, all that is left where no amount is named. `failed`: it is begun, and fails. */
  refund(intent: string, amount?: number, options?: { status?: RefundStatus }): Stripe.Refund;
  /** A pending refund arrives. */
  settleRefund(refund: string): Stripe.Refund;
  /** A bank sends a refund back, even one that had succeeded. */
  failRefund(refund: string): Stripe.Refund;
  /** A shopper's bank wants money back; an inquiry only asks. */
  dispute(
    intent: string,
    options?: { amount?: number; reason?: string; is_inquiry?: boolean },
  ): Stripe.Dispute;
  /** The shop's answer is with the bank. */
  reviewDispute(dispute: string): Stripe.Dispute;
  closeDispute(dispute: string, outcome: 'won' | 'lost'): Stripe.Dispute;
  /** What came of a payment in `processing`. */
  settle(intent: string, outcome: 'succeeded' | 'failed'): Stripe.PaymentIntent;
  /** Nobody captured an authorised amount in time. */
  expireAuthorisation(intent: string): Stripe.PaymentIntent;
  /** The shopper's time on the page is over. */
  expireSession(session: string): Stripe.Checkout.Session;
};

export type Shopper = {
  /** Pays an intent or a session with a test card, passing the bank's check; a decline leaves it open. */
  pay(intent_or_session: string, card?: string): Stripe.PaymentIntent;
  /** Leaves a test card to be kept. */
  setUp(setup_intent: string, card?: string): Stripe.SetupIntent;
};

/** Runs something in the books and sends the events it caused; `name` is what faults match it by. */
export type Run = <Result extends object>(name: string, act: (call: Call) => Result) => Result;

const USUAL_CARD = 'pm_card_visa';

export function createDashboard(run: Run): Dashboard {
  const act: Run = (name, action) => run(`dashboard/${name}`, action);
  return {
    refund: (id, amount, { status = 'succeeded' } = {}) =>
      act('refund', (call) => {
        const charge = chargeOf(call, requireIntent(call.books, id).object);
        if (charge.amount_captured === 0) throw refused(`${id} has nothing to give back.`);
        return refundCharge(call, charge, amount === undefined ? {} : { amount }, status);
      }),
    settleRefund: (id) => act('settleRefund', (call) => settleRefund(call, requireRefund(call.books, id))),
    failRefund: (id) => act('failRefund', (call) => failRefund(call, requireRefund(call.books, id))),
    dispute: (id, { reason = 'fraudulent', ...options } = {}) =>
      act('dispute', (call) => {
        const charge = chargeOf(call, requireIntent(call.books, id).object);
        return openDispute(call, charge, { reason, ...options });
      }),
    reviewDispute: (id) =>
      act('reviewDispute', (call) => reviewDispute(call, requireDispute(call.books, id))),
    closeDispute: (id, outcome) =>
      act('closeDispute', (call) => closeDispute(call, requireDispute(call.books, id), outcome)),
    settle: (id, outcome) =>
      act('settle', (call) => settleDebit(call, requireIntent(call.books, id), outcome)),
    expireAuthorisation: (id) =>
      act('expireAuthorisation', (call) => {
        const record = requireIntent(call.books, id);
        if (record.object.status !== 'requires_capture') throw refused(`${id} is not authorised.`);
        return endIntent(call, record, 'automatic');
      }),
    expireSession: (id) => act('expireSession', (call) => endSession(call, requireSession(call.books, id))),
  };
}

export function createShopper(run: Run): Shopper {
  return {
    pay: (id, card = USUAL_CARD) => run('shopper/pay', (call) => payAsShopper(call, id, card)),
    setUp: (id, card = USUAL_CARD) => run('shopper/setUp', (call) => setUpAsShopper(call, id, card)),
  };
}

const id = z.string();
const amount = z.int().optional();

/** The actions as they come over HTTP: what a body must hold, and what is done with it. */
export function deskActions(
  dashboard: Dashboard,
  shopper: Shopper,
): Record<string, (body: unknown) => object> {
  return {
    'POST dashboard/refund': (body) => {
      const status = z.enum(['pending', 'succeeded', 'failed']).default('succeeded');
      const input = z.strictObject({ intent: id, amount_minor: amount, status }).parse(body);
      return dashboard.refund(input.intent, input.amount_minor, { status: input.status });
    },
    'POST dashboard/settleRefund': (body) =>
      dashboard.settleRefund(z.strictObject({ refund: id }).parse(body).refund),
    'POST dashboard/failRefund': (body) =>
      dashboard.failRefund(z.strictObject({ refund: id }).parse(body).refund),
    'POST dashboard/dispute': (body) => {
      const shape = { intent: id, amount, reason: z.string().optional(), is_inquiry: z.boolean().optional() };
      const { intent, ...options } = z.strictObject(shape).parse(body);
      return dashboard.dispute(intent, options);
    },
    'POST dashboard/reviewDispute': (body) =>
      dashboard.reviewDispute(z.strictObject({ dispute: id }).parse(body).dispute),
    'POST dashboard/closeDispute': (body) => {
      const input = z.strictObject({ dispute: id, outcome: z.enum(['won', 'lost']) }).parse(body);
      return dashboard.closeDispute(input.dispute, input.outcome);
    },
    'POST dashboard/settle': (body) => {
      const input = z.strictObject({ intent: id, outcome: z.enum(['succeeded', 'failed']) }).parse(body);
      return dashboard.settle(input.intent, input.outcome);
    },
    'POST dashboard/expireAuthorisation': (body) =>
      dashboard.expireAuthorisation(z.strictObject({ intent: id }).parse(body).intent),
    'POST dashboard/expireSession': (body) =>
      dashboard.expireSession(z.strictObject({ session: id }).parse(body).session),
    'POST shopper/pay': (body) => {
      const input = z.strictObject({ id, card: z.string().optional() }).parse(body);
      return shopper.pay(input.id, input.card);
    },
    'POST shopper/setUp': (body) => {
      const input = z.strictObject({ id, card: z.string().optional() }).parse(body);
      return shopper.setUp(input.id, input.card);
    },
  };
}
