/**
 * New passwords: for who is signed in and knows the old one, and for who reads the mailbox. Either way other sessions end and the owner
 * hears of it.
 */
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Client } from '../platform/identity.ts';
import { ROLES } from '../platform/roles.ts';
import { sealedMail } from '../platform/sealed-mail.ts';
import { shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { endSessionsBut } from '../sessions/end-sessions.ts';
import { issueEmailToken, useEmailToken } from './email-token.ts';
import { identityOf } from './identity-of.ts';
import { customerToReset, emailsOfUsers, personOfUser, writePassword } from './queries.ts';
import { requirePassword } from './require-password.ts';
import { linkTo } from './storefront-link.ts';

export interface PasswordChange {
  current_password: string;
  password: string;
}

/**
 * Changes the password of whoever is signed in; their other sessions end.
 * @throws KontorError WEAK_PASSWORD; INVALID_CREDENTIALS when the current one is wrong
 */
export async function changePassword(
  shop: Shop,
  { user, session, ip, user_agent }: Pick<Caller, 'session'> & Client & { user: string },
  { current_password, password }: PasswordChange,
): Promise<void> {
  requirePassword(shop, password, await emailsOfUsers(shop.db, [user]));
  const identity = identityOf(shop);
  await identity.verify(user, current_password, { ip, user_agent });
  const password_hash = await identity.hash(password);
  await inTransaction(shop.db, async (trx) => {
    await writePassword(trx, user, password_hash);
    await endSessionsBut(trx, user, session);
    await mailThatChanged(trx, user);
  });
}

/**
 * Asks for a mail with which a new password is chosen. Whether the address has an account is looked up by the job, so that asking costs
 * and answers the same for every address.
 */
export async function requestPasswordReset(shop: Shop, email: string): Promise<void> {
  const address = email.toLowerCase();
  await enqueue(shop.db, 'mail-password-reset', { email: address }, { job_key: `password-reset:${address}` });
}

/** Job: the mail, if the address is of an active customer with a password of this shop. Staff reset theirs in the admin app. */
export async function mailPasswordReset(shop: Shop, email: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const known = await customerToReset(trx, email, ROLES.customer);
    if (!known) return;
    const settings = await shopSettings(trx);
    const code = await issueEmailToken(trx, known.user, 'reset_password');
    const secrets = { link: linkTo(settings, `/reset-password#token=${code}`), code };
    const data = { first_name: known.first_name };
    await enqueue(
      trx,
      'send-mail',
      sealedMail(shop.env, { template: 'reset-password', to: known.email, data }, secrets),
      { job_key: `reset-password:${known.user}` },
    );
  });
}

/**
 * Spends a mailed token for a new password; every session ends.
 * @throws KontorError WEAK_PASSWORD, and the token can be used again; INVALID_TOKEN
 */
export async function resetPassword(shop: Shop, token: string, password: string): Promise<void> {
  requirePassword(shop, password, []);
  const password_hash = await identityOf(shop).hash(password);
  await inTransaction(shop.db, async (trx) => {
    const user = await useEmailToken(trx, token, 'reset_password');
    if (user === null) throw new KontorError('INVALID_TOKEN');
    requirePassword(shop, password, await emailsOfUsers(trx, [user]));
    await writePassword(trx, user, password_hash);
    await endSessionsBut(trx, user, null);
    await mailThatChanged(trx, user);
  });
}

async function mailThatChanged(trx: Transaction, user: string): Promise<void> {
  const known = await personOfUser(trx, user);
  if (!known) return;
  const mail = {
    template: 'password-changed',
    to: known.email,
    data: { first_name: known.first_name },
  };
  await enqueue(trx, 'send-mail', mail, { job_key: `password-changed:${user}` });
}
