/** Tokens that prove a mailbox: mailed once, kept as a hash, spent once. A new one replaces the old of its purpose. */
import { randomBytes } from 'node:crypto';
import type { Transaction } from '../platform/database.ts';
import { hashToken } from '../platform/secrets.ts';
import { insertEmailToken, spendEmailToken } from './queries.ts';

/** What a token is for, and how many days it lives. */
const DAYS = { verify_email: 7, reset_password: 1 } as const;

export type EmailPurpose = keyof typeof DAYS;

/** A new token for the user's mailbox; earlier ones for this purpose are dead. */
export async function issueEmailToken(
  trx: Transaction,
  user: string,
  purpose: EmailPurpose,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await insertEmailToken(trx, { token_hash: hashToken(token), user, purpose, days: DAYS[purpose] });
  return token;
}

/** The user whose live token this is, or null. It is dead afterwards, if the transaction commits. */
export async function useEmailToken(
  trx: Transaction,
  token: string,
  purpose: EmailPurpose,
): Promise<string | null> {
  const spent = await spendEmailToken(trx, hashToken(token), purpose);
  return spent?.user ?? null;
}
