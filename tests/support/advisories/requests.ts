/** How attacks talk to a target. */
import { send, type Reply } from '../store-client.ts';
import type { Target } from './target.ts';

export type Ask = (method: string, path: string, body?: unknown) => Promise<Reply>;

function asker({ url }: Target, token: string | null): Ask {
  return (method, path, body) =>
    send(`${url}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

export const asAnybody = (target: Target): Ask => asker(target, null);
export const asAdmin = (target: Target): Ask => asker(target, target.admin_token);
export const asAppUser = (target: Target): Ask => asker(target, target.app_token);

/** An active flow of one operation. @returns its id */
export async function aFlow(
  target: Target,
  trigger: { trigger: string; options: object },
  operation: { type: string; options: object },
): Promise<string> {
  const ask = asAdmin(target);
  const flow = await ask('POST', '/flows', { name: 'Attacked', status: 'active', ...trigger });
  const id = String(flow.data.id);
  const made = await ask('POST', '/operations', {
    flow: id,
    key: 'only',
    name: 'Only',
    position_x: 19,
    position_y: 1,
    ...operation,
  });
  await ask('PATCH', `/flows/${id}`, { operation: made.data.id });
  return id;
}
