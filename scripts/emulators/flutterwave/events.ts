/** Events on their way to the webhook, and how they say whom they are from. */
import type { EventPost } from '../deliver-batch.ts';
import { ACCOUNT_ID, randomText } from './books.ts';
import type { EventRecord } from './books.ts';

/** `verif-hash`: the secret hash as it is, which signs nothing. A forged one is as long and starts alike. */
export function hashHeader(secret_hash: string, is_forged: boolean): string {
  if (!is_forged) return secret_hash;
  return secret_hash.slice(0, -1) + (secret_hash.endsWith('x') ? 'y' : 'x');
}

export const eventPost: EventPost<EventRecord> = {
  typeOf: ({ type }) => type,
  deliveryOf: ({ id, lane, body }) => ({ id, lane, body: JSON.stringify(body) }),
  unknownOf,
  foreignOf,
};

function unknownOf({ id, lane, body }: EventRecord): EventRecord {
  const type = 'charge.reconsidered';
  return { id: `${type}:${id}`, type, lane, body: { ...body, event: type } };
}

/** Two shops may share an account, and one its hash with another by mistake: another transaction, of another shop's reference. */
function foreignOf({ id, type, lane, body }: EventRecord): EventRecord {
  const account = ACCOUNT_ID + 1;
  const other = 1_000_000 + Math.floor(Math.random() * 1_000_000);
  const { data } = body as { data?: object };
  const foreign = data
    ? { ...body, data: { ...data, id: other, account_id: account, tx_ref: `other-shop-${randomText(4)}` } }
    : { ...body, id: other, AccountId: account, TransactionId: other };
  return { id: `foreign:${id}`, type, lane, body: foreign };
}
