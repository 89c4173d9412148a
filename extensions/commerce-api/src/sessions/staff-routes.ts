/** What staff do about a customer's sessions. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { endCustomerSessions, listCustomerSessions } from './end-sessions.ts';
import { SessionView, sessionView } from './view.ts';

const CustomerParams = z.strictObject({ customer: z.uuid() });

export const sessionStaffRoutes: Route[] = [
  route({
    method: 'get',
    path: '/customers/:customer/sessions',
    tag: 'Customers',
    summary: 'Where a customer is signed in',
    access: 'order_staff',
    params: CustomerParams,
    answers: {
      status: 200,
      data: z.array(SessionView),
      description: 'The sessions, the one used last first.',
    },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, params }) => ({
      status: 200,
      data: (await listCustomerSessions(shop, params.customer)).map(sessionView),
    }),
  }),
  route({
    method: 'delete',
    path: '/customers/:customer/sessions',
    tag: 'Customers',
    summary: 'Sign a customer out everywhere',
    description:
      'Every session ends at once, access tokens included; the password stays. The activity log says who did it. Members of staff ' +
      'who shop here are signed out by administrators only.',
    access: 'order_staff',
    params: CustomerParams,
    answers: {
      status: 200,
      data: z.strictObject({ ended: z.int().min(0) }),
      description: 'How many sessions have ended.',
    },
    errors: ['NOT_FOUND', 'FORBIDDEN'],
    handle: async ({ shop, caller, params }) => ({
      status: 200,
      data: { ended: await endCustomerSessions(shop, params.customer, caller) },
    }),
  }),
];
