/** `/_emulator`: what tests may ask and arrange over HTTP, beside a provider's API. No key needed. */
import { z } from 'zod';
import type { Deliveries } from './deliveries.ts';
import { FaultInput } from './faults.ts';
import type { Faults } from './faults.ts';

export type AdminAnswer = { status: number; body: object };

export type Admin = {
  faults: Faults;
  deliveries: Deliveries;
  ledger(): object;
  /** What one provider can do, by method and the rest of its address: `POST dashboard/refund`. */
  actions: Record<string, (body: unknown) => object>;
  /** What an error of an action is answered with; undefined for a mistake of the emulator. */
  refusalOf(error: unknown): AdminAnswer | undefined;
};

const ReleaseInput = z.strictObject({ order: z.enum(['as_held', 'reverse']).default('as_held') });

/**
 * - `GET /_emulator/ledger`: all objects and events, oldest first.
 * - `GET /_emulator/deliveries`: every event on its way, with its attempts.
 * - `POST /_emulator/deliveries/release` `{order?}`: sends held events, answers after the first attempts.
 * - `POST /_emulator/deliveries/settled`: answers once nothing is pending.
 * - `GET`, `POST`, `DELETE /_emulator/faults`, `DELETE /_emulator/faults/{id}`.
 * - The provider's own actions.
 */
export async function answerAdmin(
  admin: Admin,
  method: string,
  path: string,
  body: string,
): Promise<AdminAnswer> {
  const { faults, deliveries, actions } = admin;
  const route = `${method} ${path.slice('/_emulator/'.length)}`;
  const done = (object: object): AdminAnswer => ({ status: 200, body: object });
  try {
    switch (route) {
      case 'GET ledger':
        return done(admin.ledger());
      case 'GET deliveries':
        return done({ deliveries: deliveries.list() });
      case 'POST deliveries/release':
        await deliveries.release(ReleaseInput.parse(json(body)).order);
        return done({ deliveries: deliveries.list() });
      case 'POST deliveries/settled':
        await deliveries.settled();
        return done({ deliveries: deliveries.list() });
      case 'GET faults':
        return done({ faults: faults.list() });
      case 'POST faults':
        return { status: 201, body: faults.add(FaultInput.parse(json(body))) };
      case 'DELETE faults':
        faults.clear();
        return done({ faults: [] });
      default: {
        const act = Object.hasOwn(actions, route) ? actions[route] : undefined;
        if (act) return done(act(json(body)));
        const fault = /^DELETE faults\/([^/]+)$/.exec(route)?.[1];
        if (!fault) return { status: 404, body: { error: `There is no ${method} ${path}.` } };
        faults.clear(fault);
        return done({ faults: faults.list() });
      }
    }
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: 'The body is not JSON.' } };
    const refusal = admin.refusalOf(error);
    if (refusal) return refusal;
    throw error;
  }
}

function json(body: string): unknown {
  return body === '' ? {} : JSON.parse(body);
}
