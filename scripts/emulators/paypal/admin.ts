/** `/_emulator`: what tests may ask and arrange over HTTP, beside the API. No key needed. */
import { z } from 'zod';
import type { Deliveries } from '../deliveries.ts';
import { FaultInput } from '../faults.ts';
import type { Faults } from '../faults.ts';
import { NothingToDo } from './dashboard.ts';
import { PayPalApiError } from './errors.ts';
import type { PayPalEmulator } from './server.ts';

export type Admin = Pick<PayPalEmulator, 'ledger' | 'shopper' | 'dashboard' | 'forgetKeys'> & {
  faults: Faults;
  deliveries: Deliveries;
};

export type AdminAnswer = { status: number; body: object };

const ReleaseInput = z.strictObject({ order: z.enum(['as_held', 'reverse']).default('as_held') });
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

/**
 * - `GET /_emulator/ledger`: all objects and events, oldest first.
 * - `GET /_emulator/deliveries`: every event on its way, with its attempts.
 * - `POST /_emulator/deliveries/release` `{order?}`: sends held events, answers after the first attempts.
 * - `POST /_emulator/deliveries/settled`: answers once nothing is pending.
 * - `GET`, `POST`, `DELETE /_emulator/faults`, `DELETE /_emulator/faults/{id}`.
 * - `POST /_emulator/shopper/approve` `{order, outcome?}`: as the page does.
 * - `POST /_emulator/dashboard/refund` `{id, amount_minor?}`, `…/settle` `{order, verdict}`, `…/settle-refund`
 *   `{refund, verdict}`, `…/delay-refunds` `{on}`.
 * - `POST /_emulator/forget-keys`: as if PayPal had forgotten every `PayPal-Request-Id`.
 */
export async function answerAdmin(
  admin: Admin,
  method: string,
  path: string,
  body: string,
): Promise<AdminAnswer> {
  const { faults, deliveries, shopper, dashboard } = admin;
  const done = (more: object = {}): AdminAnswer => ({ status: 200, body: more });
  try {
    switch (`${method} ${path}`) {
      case 'GET /_emulator/ledger':
        return done(admin.ledger());
      case 'GET /_emulator/deliveries':
        return done({ deliveries: deliveries.list() });
      case 'POST /_emulator/deliveries/release':
        await deliveries.release(ReleaseInput.parse(json(body)).order);
        return done({ deliveries: deliveries.list() });
      case 'POST /_emulator/deliveries/settled':
        await deliveries.settled();
        return done({ deliveries: deliveries.list() });
      case 'GET /_emulator/faults':
        return done({ faults: faults.list() });
      case 'POST /_emulator/faults':
        return { status: 201, body: faults.add(FaultInput.parse(json(body))) };
      case 'DELETE /_emulator/faults':
        faults.clear();
        return done({ faults: [] });
      case 'POST /_emulator/shopper/approve': {
        const { order, outcome } = ApproveInput.parse(json(body));
        return done({ return_to: shopper.approve(order, outcome) });
      }
      case 'POST /_emulator/dashboard/refund': {
        const { id, amount_minor } = RefundInput.parse(json(body));
        return done({ refund: dashboard.refund(id, amount_minor) });
      }
      case 'POST /_emulator/dashboard/settle': {
        const { order, verdict } = SettleInput.parse(json(body));
        dashboard.settle(order, verdict);
        return done();
      }
      case 'POST /_emulator/dashboard/settle-refund': {
        const { refund, verdict } = SettleRefundInput.parse(json(body));
        dashboard.settleRefund(refund, verdict);
        return done();
      }
      case 'POST /_emulator/dashboard/delay-refunds':
        dashboard.delayRefunds(DelayInput.parse(json(body)).on);
        return done();
      case 'POST /_emulator/forget-keys':
        admin.forgetKeys();
        return done();
      default:
        return removeFault(faults, method, path);
    }
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: 'The body is not JSON.' } };
    if (error instanceof NothingToDo) return { status: 404, body: { error: error.message } };
    if (error instanceof PayPalApiError) return { status: error.status, body: { error: error.message } };
    throw error;
  }
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
