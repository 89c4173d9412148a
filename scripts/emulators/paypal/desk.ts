/** What shoppers do on the page and merchants in their dashboard, without a browser: on the handle, and under `/_emulator`. */
import { z } from 'zod';
import type { AdminAnswer } from '../admin.ts';
import type { Outcome } from './books.ts';
import { NothingToDo, refundByHand, settleRefund, settleReview } from './dashboard.ts';
import type { Scene } from './dashboard.ts';
import { PayPalApiError } from './errors.ts';
import { approve, returnAddress } from './shopper.ts';

export type Shopper = {
  /**
   * What the page does, without a browser. Returns where the shopper is sent back to; throws for an order that is not there,
   * and changes nothing once the shop has taken the money.
   */
  approve(order: string, outcome?: Outcome): string | null;
};

/** What happens at PayPal without the shop. Each throws where there is nothing of the kind to do. */
export type Dashboard = {
  /** The merchant gives back all that is left, or a part, by a capture's id or its order's. Returns the refund's id. */
  refund(id: string, amount_minor?: number | null): string;
  /** Ends the review of what was approved with `pending`. */
  settle(order: string, verdict: 'completes' | 'denied'): void;
  /** From now on refunds by the shop are pending at first. */
  delayRefunds(on: boolean): void;
  /** A refund on its way arrives, or a bank sends it back, even after it was completed. */
  settleRefund(refund: string, verdict: 'completes' | 'fails'): void;
};

export type Desk = { shopper: Shopper; dashboard: Dashboard };

/** Something happens at PayPal without anybody asking its API; faults match it by `route`. */
export type Play = <Result>(route: string, scene: (scene: Scene) => Result) => Result;

export function createDesk(play: Play, delayRefunds: (on: boolean) => void): Desk {
  return {
    shopper: {
      approve: (order, outcome = 'pays') =>
        play('POST /checkoutnow', ({ books, emit }) => {
          const record = books.orders.get(order);
          if (!record) throw new NothingToDo(`There is no order ${order}.`);
          approve(books, emit, order, outcome);
          return returnAddress(record);
        }),
    },
    dashboard: {
      refund: (id, amount_minor = null) =>
        play('POST /_emulator/dashboard/refund', (scene) => refundByHand(scene, id, amount_minor)),
      settle: (order, verdict) =>
        play('POST /_emulator/dashboard/settle', (scene) => settleReview(scene, order, verdict)),
      delayRefunds,
      settleRefund: (refund, verdict) =>
        play('POST /_emulator/dashboard/settle-refund', (scene) => settleRefund(scene, refund, verdict)),
    },
  };
}

const ApproveInput = z.strictObject({
  order: z.string(),
  outcome: z.enum(['pays', 'declined', 'pending']).default('pays'),
});
const RefundInput = z.strictObject({
  id: z.string(),
  amount_minor: z.int().positive().nullable().default(null),
});
const SettleInput = z.strictObject({ order: z.string(), verdict: z.enum(['completes', 'denied']) });
const SettleRefundInput = z.strictObject({ refund: z.string(), verdict: z.enum(['completes', 'fails']) });
const DelayInput = z.strictObject({ on: z.boolean() });

/** The same over HTTP. `POST forget-keys`: as if PayPal had forgotten every `PayPal-Request-Id`. */
export function deskActions(
  { shopper, dashboard }: Desk,
  forgetKeys: () => void,
): Record<string, (body: unknown) => object> {
  return {
    'POST shopper/approve': (body) => {
      const { order, outcome } = ApproveInput.parse(body);
      return { return_to: shopper.approve(order, outcome) };
    },
    'POST dashboard/refund': (body) => {
      const { id, amount_minor } = RefundInput.parse(body);
      return { refund: dashboard.refund(id, amount_minor) };
    },
    'POST dashboard/settle': (body) => {
      const { order, verdict } = SettleInput.parse(body);
      dashboard.settle(order, verdict);
      return {};
    },
    'POST dashboard/settle-refund': (body) => {
      const { refund, verdict } = SettleRefundInput.parse(body);
      dashboard.settleRefund(refund, verdict);
      return {};
    },
    'POST dashboard/delay-refunds': (body) => {
      dashboard.delayRefunds(DelayInput.parse(body).on);
      return {};
    },
    'POST forget-keys': () => {
      forgetKeys();
      return {};
    },
  };
}

export function deskRefusal(error: unknown): AdminAnswer | undefined {
  if (error instanceof NothingToDo) return { status: 404, body: { error: error.message } };
  if (error instanceof PayPalApiError) return { status: error.status, body: { error: error.message } };
  return undefined;
}
