import { KontorError } from '../errors.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { Caller } from '../platform/caller.ts';
import { ROLES } from '../platform/roles.ts';
import type { Shop } from '../platform/shop.ts';
import {
  accountOfCustomer,
  deleteSession,
  hasSession,
  insertActivity,
  sessionIdsBut,
  sessionsOfUser,
  type SessionRow,
} from './queries.ts';

/** Live sessions of a user, the one used last first. */
export function listSessions(shop: Shop, user: string): Promise<SessionRow[]> {
  return sessionsOfUser(shop.db, user);
}

/** Ends one session: its refresh token and its access tokens are dead. @throws KontorError NOT_FOUND unless it is the user's */
export async function endSession(shop: Shop, user: string, session: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    if (!(await hasSession(trx, user, session))) throw new KontorError('NOT_FOUND');
    await deleteSession(trx, user, session);
  });
}

/** Ends a user's sessions except for one, or all of them. May be repeated. @returns how many there were */
export async function endOtherSessions(shop: Shop, user: string, kept: string | null): Promise<number> {
  return inTransaction(shop.db, (trx) => endSessionsBut(trx, user, kept));
}

/** The same in a transaction that does more. */
export async function endSessionsBut(trx: Transaction, user: string, kept: string | null): Promise<number> {
  const ended = await sessionIdsBut(trx, user, kept);
  for (const session of ended) await deleteSession(trx, user, session);
  return ended.length;
}

/** @throws KontorError NOT_FOUND */
export async function listCustomerSessions(shop: Shop, customer: string): Promise<SessionRow[]> {
  const account = await accountOfCustomer(shop.db, customer);
  if (!account) throw new KontorError('NOT_FOUND');
  return account.user === null ? [] : sessionsOfUser(shop.db, account.user);
}

/**
 * Signs a customer out everywhere, for staff; the activity log says who did it. A member of staff who shops here is signed out by
 * administrators only.
 * @throws KontorError NOT_FOUND, FORBIDDEN
 */
export async function endCustomerSessions(
  shop: Shop,
  customer: string,
  staff: Pick<Caller, 'user' | 'staff_role' | 'ip' | 'user_agent'>,
): Promise<number> {
  const account = await accountOfCustomer(shop.db, customer);
  if (!account || staff.user === null) throw new KontorError('NOT_FOUND');
  if (account.user === null) return 0;
  if (account.role !== ROLES.customer && staff.staff_role !== 'admin') throw new KontorError('FORBIDDEN');
  const { user } = account;
  const { user: by, ip, user_agent } = staff;
  return inTransaction(shop.db, async (trx) => {
    const ended = await endSessionsBut(trx, user, null);
    const line = { action: 'sessions-ended', collection: 'customers', item: customer };
    await insertActivity(trx, { ...line, user: by, ip, user_agent });
    return ended;
  });
}
