import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { passwordFault } from './password-policy.ts';
import { emailsOfUsers } from './queries.ts';

/**
 * Refuses a password an account may not have, by what it is and by the operator's list of breached ones, where there is one.
 * @throws KontorError WEAK_PASSWORD with the reason
 */
export function requirePassword(shop: Shop, password: string, emails: readonly string[]): void {
  const faults = (emails.length === 0 ? [''] : emails).map((email) => passwordFault(password, email));
  const is_breached = () => shop.providers.breached_passwords?.has(password) ?? false;
  const reason = faults.find((fault) => fault !== null) ?? (is_breached() ? 'breached' : null);
  if (reason) throw new KontorError('WEAK_PASSWORD', { reason, path: 'password' });
}

/**
 * The same for whatever writes Directus' users: the admin app, a reset, an invitation, a flow.
 * @param users whose password changes; empty for a new user
 * @throws KontorError WEAK_PASSWORD
 */
export async function requireUsersPassword(
  shop: Shop,
  change: unknown,
  users: readonly string[],
): Promise<void> {
  const { password, email } = (change ?? {}) as { password?: unknown; email?: unknown };
  if (typeof password !== 'string') return;
  const emails = typeof email === 'string' ? [email] : await emailsOfUsers(shop.db, users);
  requirePassword(shop, password, emails);
}
