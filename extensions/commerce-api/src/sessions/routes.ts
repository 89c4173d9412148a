/**
 * Sessions: where an account is signed in, and ending it. This domain alone writes `commerce.sessions` and `commerce.replaced_tokens`,
 * by triggers on Directus' own sessions: whatever signs somebody in is known here.
 */
import { z } from 'zod';
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { route, type Route } from '../platform/http.ts';
import { endOtherSessions, endSession, listSessions } from './end-sessions.ts';
import { SessionView, sessionView } from './view.ts';

const OwnSession = SessionView.extend({
  is_current: z.boolean().describe('Whether this request came from it.'),
}).meta({ id: 'OwnSession' });

export const sessionRoutes: Route[] = [
  route({
    method: 'get',
    path: '/me/sessions',
    tag: 'Me',
    summary: 'Where the account is signed in',
    description:
      'A session begins with a sign-in and goes on with each refresh; the one used last comes first.',
    access: 'customer',
    answers: { status: 200, data: z.array(OwnSession), description: 'The sessions.' },
    handle: async ({ shop, caller }) => ({
      status: 200,
      data: (await listSessions(shop, userOf(caller))).map((each) => ({
        ...sessionView(each),
        is_current: each.id === caller.session,
      })),
    }),
  }),
  route({
    method: 'delete',
    path: '/me/sessions',
    tag: 'Me',
    summary: 'Sign out everywhere else',
    description: 'Every session but the one that asks ends, with its access tokens.',
    access: 'customer',
    answers: { status: 204, description: 'The other sessions have ended.' },
    handle: async ({ shop, caller }) => {
      await endOtherSessions(shop, userOf(caller), caller.session);
      return { status: 204 };
    },
  }),
  route({
    method: 'delete',
    path: '/me/sessions/:session',
    tag: 'Me',
    summary: 'End a session',
    description: 'Its refresh token and its access tokens are dead at once.',
    access: 'customer',
    params: z.strictObject({ session: z.uuid() }),
    answers: { status: 204, description: 'The session has ended.' },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, caller, params }) => {
      await endSession(shop, userOf(caller), params.session);
      return { status: 204 };
    },
  }),
];

/** A customer who is signed in has a user; this says so to the compiler. */
function userOf(caller: Caller): string {
  if (caller.user === null) throw new KontorError('SIGN_IN_REQUIRED');
  return caller.user;
}
