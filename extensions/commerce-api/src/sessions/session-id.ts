/** How sessions are known without their tokens; the same as commerce.session_id and commerce.session_token_hash. */
import { createHash } from 'node:crypto';

/** The claim of an access token that says which session it is of. */
export const SESSION_CLAIM = 'kontor_session';

/** The id of the session that begins with this refresh token. */
export function sessionIdOf(first_token: string): string {
  const hex = createHash('sha256').update(`kontor session ${first_token}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** What is kept of a session's tokens. They are 64 random characters, so a plain hash cannot be guessed back. */
export function sessionTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
