import type { Database } from '../platform/database.ts';
import { isCompared } from './queries.ts';

/**
 * Hashes a password where Directus will compare none, so that an address without a usable account costs what any other does: comparing
 * takes as long as hashing, and how long an answer takes would say who has an account.
 */
export async function evenOutSignIn(
  db: Database,
  { email, password }: { email: string; password: string },
  hash: (password: string) => Promise<string>,
): Promise<void> {
  if (!(await isCompared(db, email))) await hash(password);
}
