/** SQL of accounts: customers, their Directus users and sessions, and the tokens mailed to them. */
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** Makes registrations of one address wait for each other until the transaction ends. */
export async function lockEmail(trx: Transaction, email: string): Promise<void> {
  await row(trx, `select pg_advisory_xact_lock(hashtextextended('kontor register ' || lower(?), 0))`, [
    email,
  ]);
}

export interface KnownUser {
  user: string;
  status: string;
  role: string | null;
  provider: string;
  customer: string | null;
}

export async function userByEmail(trx: Transaction, email: string): Promise<KnownUser | undefined> {
  return row<KnownUser>(
    trx,
    `select u.id as "user", u.status, u.role, u.provider, c.id as customer
     from directus_users u left join customers c on c.user = u.id
     where lower(u.email) = lower(?)`,
    [email],
  );
}

export async function emailsOfUsers(db: Queryable, users: readonly string[]): Promise<string[]> {
  if (users.length === 0) return [];
  const found = await rows<{ email: string }>(
    db,
    'select email from directus_users where id = any(?) and email is not null',
    [users],
  );
  return found.map(({ email }) => email);
}

/** Whether Directus will compare a password for this address, which takes long: it does for active users of its own only. */
export async function isCompared(db: Queryable, email: string): Promise<boolean> {
  const known = await row(
    db,
    `select 1 from directus_users
     where lower(email) = lower(?) and status = 'active' and provider = 'default' and password is not null`,
    [email],
  );
  return known !== undefined;
}

export interface MailedPerson {
  user: string;
  email: string;
  first_name: string | null;
}

/** The customer whose password may be reset by mail: active, and with a password of this shop. */
export function customerToReset(
  trx: Transaction,
  email: string,
  role: string,
): Promise<MailedPerson | undefined> {
  return row<MailedPerson>(
    trx,
    `select u.id as "user", u.email, u.first_name from directus_users u join customers c on c."user" = u.id
     where lower(u.email) = lower(?) and u.status = 'active' and u.provider = 'default' and u.role = ?`,
    [email, role],
  );
}

export function personOfUser(trx: Transaction, user: string): Promise<MailedPerson | undefined> {
  return row<MailedPerson>(
    trx,
    'select id as "user", email, first_name from directus_users where id = ? and email is not null',
    [user],
  );
}

/** Mailed links for a new password are dead with it. */
export async function writePassword(trx: Transaction, user: string, password_hash: string): Promise<void> {
  await changed(trx, 'update directus_users set password = ? where id = ?', [password_hash, user]);
  await changed(trx, `delete from commerce.email_tokens where "user" = ? and purpose = 'reset_password'`, [
    user,
  ]);
}

export interface NewAccount {
  user: string;
  customer: string;
  role: string;
  status: 'active' | 'unverified';
  email: string;
  password_hash: string;
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
}

export async function insertAccount(trx: Transaction, account: NewAccount): Promise<void> {
  await changed(
    trx,
    `insert into directus_users (id, email, password, first_name, last_name, role, status, provider)
     values (?, ?, ?, ?, ?, ?, ?, 'default')`,
    [
      account.user,
      account.email,
      account.password_hash,
      account.first_name,
      account.last_name,
      account.role,
      account.status,
    ],
  );
  await changed(
    trx,
    `insert into customers (id, "user", email, first_name, last_name, locale) values (?, ?, ?, ?, ?, ?)`,
    [account.customer, account.user, account.email, account.first_name, account.last_name, account.locale],
  );
}

/** Gives an account that nobody could use yet to whoever registers its address now, and ends its sessions. */
export async function replaceAccount(trx: Transaction, account: NewAccount): Promise<void> {
  await changed(
    trx,
    'update directus_users set password = ?, first_name = ?, last_name = ?, status = ? where id = ?',
    [account.password_hash, account.first_name, account.last_name, account.status, account.user],
  );
  await changed(
    trx,
    `update customers set first_name = ?, last_name = ?, locale = ?, updated_at = now() where id = ?`,
    [account.first_name, account.last_name, account.locale, account.customer],
  );
  await changed(trx, 'delete from directus_sessions where "user" = ?', [account.user]);
}

export async function insertEmailToken(
  trx: Transaction,
  token: { token_hash: string; user: string; purpose: string; days: number },
): Promise<void> {
  await changed(trx, 'delete from commerce.email_tokens where "user" = ? and purpose = ?', [
    token.user,
    token.purpose,
  ]);
  await changed(
    trx,
    `insert into commerce.email_tokens (token_hash, "user", purpose, expires_at)
     values (?, ?, ?, now() + make_interval(days => ?))`,
    [token.token_hash, token.user, token.purpose, token.days],
  );
}

/** Marks a live token as used. Of two that try, one gets the user. */
export async function spendEmailToken(
  trx: Transaction,
  token_hash: string,
  purpose: string,
): Promise<{ user: string } | undefined> {
  return row<{ user: string }>(
    trx,
    `update commerce.email_tokens set used_at = now()
     where token_hash = ? and purpose = ? and used_at is null and expires_at > now() returning "user"`,
    [token_hash, purpose],
  );
}

export async function customerOfUser(
  trx: Transaction,
  user: string,
): Promise<{ customer: string; email: string } | undefined> {
  return row(
    trx,
    `select c.id as customer, u.email from customers c join directus_users u on u.id = c.user where u.id = ?`,
    [user],
  );
}

/** Guest orders placed under this address become the customer's. @returns their ids. */
export async function joinGuestOrders(trx: Transaction, customer: string, email: string): Promise<string[]> {
  const joined = await rows<{ id: string }>(
    trx,
    `update orders set customer = ?, updated_at = now()
     where customer is null and lower(email) = lower(?) returning id`,
    [customer, email],
  );
  return joined.map(({ id }) => id);
}

export async function markEmailVerified(trx: Transaction, user: string): Promise<void> {
  await changed(
    trx,
    `update customers set email_verified_at = coalesce(email_verified_at, now()), updated_at = now()
     where "user" = ?`,
    [user],
  );
  await changed(trx, `update directus_users set status = 'active' where id = ? and status = 'unverified'`, [
    user,
  ]);
}

/**
 * The customer behind a user, made on the first sign-in of a user the admin app created.
 * @returns null when another customer account already holds the address.
 */
export async function ensureCustomer(
  db: Queryable,
  user: string,
): Promise<{ customer: string; is_new: boolean } | null> {
  const made = await row<{ id: string }>(
    db,
    `insert into customers ("user", email, first_name, last_name)
     select id, lower(email), first_name, last_name from directus_users
     where id = ? and email is not null and not exists (select 1 from customers c where c.user = ?)
     on conflict do nothing returning id`,
    [user, user],
  );
  if (made) return { customer: made.id, is_new: true };
  const known = await row<{ id: string }>(db, 'select id from customers c where c.user = ?', [user]);
  return known ? { customer: known.id, is_new: false } : null;
}

export interface Profile {
  id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  phone: string | null;
  locale: string | null;
  accepts_marketing: boolean;
  email_verified: boolean;
  vat_id: string | null;
  vat_id_status: VatIdStatus;
  /** Pays no tax, of its own right or its group's. */
  tax_exempt: boolean;
}

export type VatIdStatus = 'unchecked' | 'valid' | 'invalid';

export async function profileOf(db: Queryable, customer: string): Promise<Profile | undefined> {
  return row<Profile>(
    db,
    `select id, email, first_name, last_name, phone, locale, accepts_marketing,
       email_verified_at is not null as email_verified, vat_id, vat_id_status,
       tax_exempt or exists (select from customer_groups g where g.id = customers."group" and g.tax_exempt) as tax_exempt
     from customers where id = ?`,
    [customer],
  );
}

/** Locks the customer until the transaction ends. */
export async function lockCustomer(trx: Transaction, customer: string): Promise<void> {
  await row(trx, 'select 1 from customers where id = ? for update', [customer]);
}

/**
 * Writes the profile, and the names into the Directus user as well, where staff see them. With another VAT id a trigger sets its
 * status back to unchecked.
 */
export async function writeProfile(trx: Transaction, profile: Profile): Promise<void> {
  await changed(
    trx,
    `update customers set first_name = ?, last_name = ?, phone = ?, locale = ?, accepts_marketing = ?, vat_id = ?,
       updated_at = now() where id = ?`,
    [
      profile.first_name,
      profile.last_name,
      profile.phone,
      profile.locale,
      profile.accepts_marketing,
      profile.vat_id,
      profile.id,
    ],
  );
  await changed(
    trx,
    `update directus_users u set first_name = ?, last_name = ?
     from customers c where c.user = u.id and c.id = ?`,
    [profile.first_name, profile.last_name, profile.id],
  );
}

export async function vatIdOf(db: Queryable, customer: string): Promise<string | null | undefined> {
  const found = await row<{ vat_id: string | null }>(db, 'select vat_id from customers where id = ?', [
    customer,
  ]);
  return found?.vat_id;
}

/** The shop's own, for registers that answer only those who say who they are. */
export async function shopVatId(db: Queryable): Promise<string | null> {
  const settings = await row<{ vat_id: string | null }>(db, 'select vat_id from shop_settings limit 1');
  return settings?.vat_id ?? null;
}

/** @returns false, with nothing changed, when the customer has another id by now */
export async function writeVatIdStatus(
  trx: Transaction,
  answer: { customer: string; vat_id: string; status: VatIdStatus; checked_at: Date },
): Promise<boolean> {
  const written = await changed(
    trx,
    `update customers set vat_id_status = ?, vat_id_checked_at = ?, updated_at = now() where id = ? and vat_id = ?`,
    [answer.status, answer.checked_at, answer.customer, answer.vat_id],
  );
  return written > 0;
}

/** Those changed last come first: their owners may be about to order. */
export function uncheckedVatIds(db: Queryable, limit: number): Promise<{ id: string; vat_id: string }[]> {
  return rows(
    db,
    `select id, vat_id from customers where vat_id is not null and vat_id_status = 'unchecked'
     order by updated_at desc limit ?`,
    [limit],
  );
}
