import { decrypt, encrypt } from '@directus/api/utils/encrypt';
import type { Env } from './env.ts';

/** How Directus writes what it encrypts. */
const ENCRYPTED = /^1\|\|scrypt\|\|/;

/**
 * A value of a field that Directus encrypts, as it has to be kept under the present secret.
 * @returns what to keep instead; 'right' as it is; 'lost' when neither the present secret nor the one before opens it
 */
export async function reencrypted(env: Env, value: string): Promise<{ value: string } | 'right' | 'lost'> {
  if (!ENCRYPTED.test(value)) return { value: await encrypt(value, env.SECRET) };
  if ((await opened(value, env.SECRET)) !== null) return 'right';
  const text = env.SECRET_PREVIOUS === '' ? null : await opened(value, env.SECRET_PREVIOUS);
  return text === null ? 'lost' : { value: await encrypt(text, env.SECRET) };
}

async function opened(value: string, secret: string): Promise<string | null> {
  try {
    return await decrypt(value, secret);
  } catch {
    return null;
  }
}
