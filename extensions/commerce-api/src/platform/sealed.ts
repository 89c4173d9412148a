/** Secrets that have to be read back, as the database keeps them: AES-256-GCM under a key derived from SECRET, each tied to its row. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { changed, rows, type Queryable, type Transaction } from './database.ts';
import type { Env } from './env.ts';
import { keyFor, underEachSecret } from './secrets.ts';

export type SealedKind = 'gift-card-code' | 'order-token';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param bound_to what the text belongs to: it opens for nothing else */
export function seal(env: Env, text: string, bound_to: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyFor(env, 'sealed'), iv).setAAD(Buffer.from(bound_to));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/** What was sealed under the present secret or the one before; null when it is neither, or belongs to something else. */
export function unseal(env: Env, sealed: string, bound_to: string): string | null {
  const [version, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) return null;
  for (const each of underEachSecret(env)) {
    try {
      const decipher = createDecipheriv(CIPHER, keyFor(each, 'sealed'), bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(bound_to))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return text.toString('utf8');
    } catch {
      // Of another key, or changed: the next may open it.
    }
  }
  return null;
}

/** Keeps a secret for each id; one that is kept already is replaced. */
export async function keepSealed(
  trx: Transaction,
  env: Env,
  kind: SealedKind,
  secrets: ReadonlyMap<string, string>,
): Promise<void> {
  if (secrets.size === 0) return;
  const kept = [...secrets].map(([id, text]) => ({ kind, id, sealed: seal(env, text, `${kind} ${id}`) }));
  await changed(
    trx,
    `insert into commerce.sealed_secrets (kind, id, sealed)
     select kind, id, sealed from json_populate_recordset(null::commerce.sealed_secrets, ?::json)
     on conflict (kind, id) do update set sealed = excluded.sealed`,
    [JSON.stringify(kept)],
  );
}

/** The kept secrets of these ids that open. */
export async function sealedSecrets(
  db: Queryable,
  env: Env,
  kind: SealedKind,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const kept = await rows<{ id: string; sealed: string }>(
    db,
    'select id, sealed from commerce.sealed_secrets where kind = ? and id = any(?::uuid[])',
    [kind, ids],
  );
  const opened = kept.map(({ id, sealed }) => [id, unseal(env, sealed, `${kind} ${id}`)] as const);
  return new Map(opened.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}
