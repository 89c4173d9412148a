/**
 * Payment methods a customer lets a provider keep: begun here, entered in the provider's own form, kept there. We hold what a
 * shopper needs to tell them apart and the provider's id of them, never a number. This domain alone writes `payment_methods`,
 * `commerce.provider_customers` and `commerce.payment_setups`.
 */
import { z } from 'zod';
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { route, type Route } from '../platform/http.ts';
import { MethodView } from './method-view.ts';
import { listMethods, makeDefault, removeMethod } from './saved-methods.ts';
import { SetupView } from './setup-view.ts';
import { readSetup, startSetup } from './start-setup.ts';

const MethodParams = z.strictObject({ method: z.uuid() });

export const paymentMethodRoutes: Route[] = [
  route({
    method: 'get',
    path: '/me/payment-methods',
    tag: 'Me',
    summary: 'Kept payment methods',
    access: 'customer',
    answers: {
      status: 200,
      data: z.array(MethodView),
      description: 'The default method first, then the newest; expired ones as well.',
    },
    handle: async ({ shop, caller }) => ({
      status: 200,
      data: await listMethods(shop, customerOf(caller)),
    }),
  }),
  route({
    method: 'post',
    path: '/me/payment-methods',
    tag: 'Me',
    summary: 'Begin to keep a payment method',
    description:
      'The shopper enters the method in the form of the provider, with `client_data`; nothing of it is ever sent here. Ask ' +
      'for the set-up when they come back.',
    access: 'customer',
    body: z.strictObject({
      provider: z.string().min(1).max(32),
      make_default: z.boolean().optional().describe('The first method becomes the default without it.'),
    }),
    answers: { status: 201, data: SetupView, description: 'The set-up, for the shopper to go on with.' },
    errors: [
      'PROVIDER_UNKNOWN',
      'PAYMENT_METHOD_LIMIT',
      'PAYMENT_METHOD_TRIES',
      'PAYMENT_METHOD_REFUSED',
      'PROVIDER_FAILED',
      'PROVIDER_UNAVAILABLE',
    ],
    handle: async ({ shop, caller, body }) => ({
      status: 201,
      data: await startSetup(shop, customerOf(caller), body),
    }),
  }),
  route({
    method: 'get',
    path: '/me/payment-methods/setups/:setup',
    tag: 'Me',
    summary: 'How far a set-up is',
    description: 'Asks the provider while the set-up is open.',
    access: 'customer',
    params: z.strictObject({ setup: z.uuid() }),
    answers: { status: 200, data: SetupView, description: 'The set-up as it is now.' },
    errors: ['NOT_FOUND', 'PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'],
    handle: async ({ shop, caller, params }) => ({
      status: 200,
      data: await readSetup(shop, customerOf(caller), params.setup),
    }),
  }),
  route({
    method: 'post',
    path: '/me/payment-methods/:method/default',
    tag: 'Me',
    summary: 'Make a payment method the default',
    description: 'The mark is taken from the method that had it.',
    access: 'customer',
    params: MethodParams,
    answers: { status: 200, data: MethodView, description: 'The method as it is now.' },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, caller, params }) => ({
      status: 200,
      data: await makeDefault(shop, customerOf(caller), params.method),
    }),
  }),
  route({
    method: 'delete',
    path: '/me/payment-methods/:method',
    tag: 'Me',
    summary: 'Delete a payment method',
    description:
      'From then on nothing is charged to it; the provider forgets it at once, or as soon as it answers. When it was the ' +
      'default, the newest other one becomes it.',
    access: 'customer',
    params: MethodParams,
    answers: { status: 204, description: 'The method is gone.' },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, caller, params }) => {
      await removeMethod(shop, customerOf(caller), params.method);
      return { status: 204 };
    },
  }),
];

/** Routes for customers are refused before they get here; this says so to the compiler. */
function customerOf(caller: Caller): string {
  if (caller.customer === null) throw new KontorError('SIGN_IN_REQUIRED');
  return caller.customer;
}
