/**
 * Opening an account. An address whose account was never usable, since nobody proved the mailbox, belongs to nobody: the
 * next registration takes it over with a new password. One that is in use is never touched.
 *
 * A shop that requires verified addresses answers every registration alike and says the rest by mail. One that does not
 * signs new customers in at once, and so cannot hide that an address is taken.
 */
import { KontorError } from '../errors.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { sealedMail } from '../platform/sealed-mail.ts';
import { ROLES } from '../platform/roles.ts';
import { shopSettings, type ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { issueEmailToken } from './email-token.ts';
import { identityOf } from './identity-of.ts';
import {
  insertAccount,
  lockEmail,
  replaceAccount,
  userByEmail,
  type KnownUser,
  type NewAccount,
} from './queries.ts';
import { requirePassword } from './require-password.ts';
import { linkTo } from './storefront-link.ts';

export interface Registration {
  email: string;
  password: string;
  first_name?: string | undefined;
  last_name?: string | undefined;
  locale?: string | undefined;
}

/**
 * Opens an account and mails the link that proves its address.
 * @returns whether the new customer may sign in at once.
 * @throws KontorError WEAK_PASSWORD; EMAIL_TAKEN, only where the shop does not require verified addresses.
 */
export async function registerCustomer(shop: Shop, input: Registration): Promise<{ may_sign_in: boolean }> {
  requirePassword(shop, input.password, [input.email]);
  // Hashed before anybody looks whether the address is known, so that the answer takes as long either way.
  const password_hash = await identityOf(shop).hash(input.password);

  return inTransaction(shop.db, async (trx) => {
    await lockEmail(trx, input.email);
    const settings = await shopSettings(trx);
    const known = await userByEmail(trx, input.email);
    if (known && !isNobodys(known)) {
      if (!settings.require_verified_email) throw new KontorError('EMAIL_TAKEN');
      await mailThatAccountExists(trx, known, input.email, settings);
      return { may_sign_in: false };
    }
    const account: NewAccount = {
      user: known?.user ?? shop.newId(),
      customer: known?.customer ?? shop.newId(),
      role: ROLES.customer,
      // Directus itself refuses tokens to an unverified user, so its own sign-in is no way around the mail.
      status: settings.require_verified_email ? 'unverified' : 'active',
      email: input.email,
      password_hash,
      first_name: input.first_name ?? null,
      last_name: input.last_name ?? null,
      locale: input.locale ?? null,
    };
    if (known) await replaceAccount(trx, account);
    else await insertAccount(trx, account);
    await enqueue(trx, 'announce', {
      action: known ? 'update' : 'create',
      collection: 'customers',
      keys: [account.customer],
    });
    await mailVerification(shop, trx, account, settings);
    return { may_sign_in: !settings.require_verified_email };
  });
}

/** Whether this is a shopper's account that has never been usable. */
function isNobodys(known: KnownUser): boolean {
  return (
    known.status === 'unverified' &&
    known.role === ROLES.customer &&
    known.provider === 'default' &&
    known.customer !== null
  );
}

async function mailVerification(
  shop: Shop,
  trx: Transaction,
  account: NewAccount,
  settings: ShopSettings,
): Promise<void> {
  const code = await issueEmailToken(trx, account.user, 'verify_email');
  const secrets = { link: linkTo(settings, `/verify-email#token=${code}`), code };
  const data = { first_name: account.first_name };
  await enqueue(
    trx,
    'send-mail',
    sealedMail(shop.env, { template: 'verify-email', to: account.email, data }, secrets),
    { job_key: `verify-email:${account.user}` },
  );
}

/** The answer tells a stranger nothing, so the owner hears by mail why no verification link came. */
async function mailThatAccountExists(
  trx: Transaction,
  known: KnownUser,
  email: string,
  settings: ShopSettings,
): Promise<void> {
  await enqueue(
    trx,
    'send-mail',
    { template: 'account-exists', to: email, data: { link: linkTo(settings, '/login') } },
    { job_key: `account-exists:${known.user}` },
  );
}
