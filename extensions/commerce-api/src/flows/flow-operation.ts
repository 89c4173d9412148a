/**
 * Operations merchants put into their flows. Each parses its options, checks who started the flow, and calls the use case that
 * the API calls, so that a flow is as safe as a checkout.
 */
import { z } from 'zod';
import { directusShop, type DirectusContext } from '../directus-shop.ts';
import { isKontorError, KontorError } from '../errors.ts';
import { personOf, type Accountability } from '../platform/caller.ts';
import { isAllowedStaff, parse } from '../platform/http.ts';
import type { StaffRole } from '../platform/roles.ts';
import type { Shop } from '../platform/shop.ts';

/** What Directus hands to an operation beside its options. */
export interface FlowContext extends DirectusContext {
  accountability?: Accountability | null;
  flow?: { trigger: string | null };
}

export interface FlowOperation {
  id: string;
  handler: (options: unknown, context: FlowContext) => Promise<unknown>;
}

export interface OperationSpec<Options extends z.ZodType> {
  id: string;
  /** Who may press a button that leads here. Administrators always may. */
  access: StaffRole | 'staff';
  options: Options;
  run: (shop: Shop, options: z.output<Options>, actor: string | null) => Promise<unknown>;
}

/** One key, or many: what a flow on one item and a selection in a list both give. */
export const Keys = z
  .union([z.uuid(), z.array(z.uuid()).min(1).max(100)])
  .transform((keys) => (Array.isArray(keys) ? keys : [keys]));

/**
 * Ties an operation's options to its use case.
 * @throws KontorError FORBIDDEN when a person started the flow who may not do this, INVALID_PAYLOAD for options it cannot read;
 * whatever the use case throws, which sends the flow down its failure path
 */
export function flowOperation<Options extends z.ZodType>(spec: OperationSpec<Options>): FlowOperation {
  return {
    id: spec.id,
    async handler(options, context) {
      const shop = directusShop(context);
      const actor = await actorOf(shop, spec.access, context);
      try {
        return await spec.run(shop, parse(spec.options, answered(options), 'INVALID_PAYLOAD'), actor);
      } catch (error) {
        throw isKontorError(error) ? withReason(error) : error;
      }
    },
  };
}

/** The app shows of an error its words alone. */
function withReason(error: KontorError): KontorError {
  const { reason } = error.extensions;
  if (typeof reason !== 'string') return error;
  const message = `${error.message} Reason: ${reason.replaceAll('_', ' ')}.`;
  return new KontorError(error.code, { ...error.extensions, message }, error);
}

/** What of a form was filled in. Directus turns a template over a field that is not there into the text `undefined`. */
function answered(options: unknown): Record<string, unknown> {
  const given = Object.entries((options ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    given.filter(([, value]) => value !== null && value !== '' && value !== 'undefined' && value !== 'null'),
  );
}

/**
 * Who the timeline names. What runs by the clock or after an event was set up by an administrator and needs nobody's leave;
 * a button or a web address is pressed by somebody, and Directus lets everybody press who may read the collection.
 */
async function actorOf(
  shop: Shop,
  access: OperationSpec<z.ZodType>['access'],
  { accountability, flow }: FlowContext,
): Promise<string | null> {
  const isByItself = !accountability || flow?.trigger === 'event' || flow?.trigger === 'schedule';
  if (isByItself) return accountability?.user ?? null;
  const person = await personOf(shop, accountability);
  if (!isAllowedStaff(access, person)) throw new KontorError('FORBIDDEN');
  return person.user;
}
