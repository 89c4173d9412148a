/** `/_emulator`: what tests may ask and arrange over HTTP, beside the API. No key needed. */
import { z } from 'zod';
import type { Deliveries } from '../deliveries.ts';
import { FaultInput } from '../faults.ts';
import type { Faults } from '../faults.ts';
import { ledgerOf } from './books.ts';
import type { Books } from './books.ts';
import { StripeApiError } from './errors.ts';

export type Admin = {
  books: Books;
  faults: Faults;
  deliveries: Deliveries;
  /** What can be done by name, e.g. `dashboard/refund`. */
  actions: Record<string, (body: unknown) => object>;
  forgetKeys: () => void;
};

export type AdminAnswer = { status: number; body: object };

const ReleaseInput = z.strictObject({ order: z.enum(['as_held', 'reverse']).default('as_held') });

/**
 * - `GET /_emulator/ledger`: all objects and events, oldest first.
 * - `GET /_emulator/deliveries`: every event on its way, with its attempts.
 * - `POST /_emulator/deliveries/release` `{order?}`: sends held events, answers after the first attempts.
 * - `POST /_emulator/deliveries/settled`: answers once nothing is pending.
 * - `GET`, `POST`, `DELETE /_emulator/faults`, `DELETE /_emulator/faults/{id}`.
 * - `POST /_emulator/dashboard/{action}`, `POST /_emulator/shopper/{action}`: see dashboard.ts; answers the object.
 * - `DELETE /_emulator/keys`: forgets every idempotency key, as a day does.
 */
export async function answerAdmin(
  admin: Admin,
  method: string,
  path: string,
  body: string,
): Promise<AdminAnswer> {
  const route = `${method} ${path}`;
  try {
    switch (route) {
      case 'GET /_emulator/ledger':
        return { status: 200, body: ledgerOf(admin.books) };
      case 'GET /_emulator/deliveries':
        return { status: 200, body: { deliveries: admin.deliveries.list() } };
      case 'POST /_emulator/deliveries/release':
        await admin.deliveries.release(ReleaseInput.parse(json(body)).order);
        return { status: 200, body: { deliveries: admin.deliveries.list() } };
      case 'POST /_emulator/deliveries/settled':
        await admin.deliveries.settled();
        return { status: 200, body: { deliveries: admin.deliveries.list() } };
      case 'GET /_emulator/faults':
        return { status: 200, body: { faults: admin.faults.list() } };
      case 'POST /_emulator/faults':
        return { status: 201, body: admin.faults.add(FaultInput.parse(json(body))) };
      case 'DELETE /_emulator/faults':
        admin.faults.clear();
        return { status: 200, body: { faults: [] } };
      case 'DELETE /_emulator/keys':
        admin.forgetKeys();
        return { status: 200, body: {} };
      default:
        return actionAt(admin, method, path, body) ?? removeFault(admin.faults, method, path);
    }
  } catch (error) {
    if (error instanceof StripeApiError) return { status: error.status, body: { error: error.body } };
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: 'The body is not JSON.' } };
    throw error;
  }
}

function actionAt({ actions }: Admin, method: string, path: string, body: string): AdminAnswer | undefined {
  const name = path.slice('/_emulator/'.length);
  const action = method === 'POST' && Object.hasOwn(actions, name) ? actions[name] : undefined;
  return action && { status: 200, body: action(json(body)) };
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
