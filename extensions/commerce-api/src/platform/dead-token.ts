import { InvalidCredentialsError } from '@directus/errors';

/** What Directus answers to the token of a session that is not there: its admin app and its SDK know what to do then. */
export function deadToken(): Error {
  return new InvalidCredentialsError();
}
