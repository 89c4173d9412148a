import { z } from 'zod';
import type { SessionRow } from './queries.ts';

export const SessionView = z
  .strictObject({
    id: z.uuid(),
    user_agent: z
      .string()
      .nullable()
      .describe('What the browser or app called itself when it last got a token.'),
    ip: z.string().nullable().describe('The network address it last got a token from.'),
    since: z.iso.datetime().describe('When it signed in.'),
    last_used_at: z.iso.datetime().describe('When it last got a token.'),
  })
  .meta({ id: 'SignedInSession' });

export function sessionView({
  id,
  user_agent,
  ip,
  began_at,
  used_at,
}: SessionRow): z.output<typeof SessionView> {
  return { id, user_agent, ip, since: began_at.toISOString(), last_used_at: used_at.toISOString() };
}
