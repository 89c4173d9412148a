/** What an attack is tried on: a shop of ours, or Directus as it comes. Both offer the same things to break. */
import type { Knex } from 'knex';

export interface Target {
  url: string;
  db: Knex;
  admin_token: string;
  /** Of somebody who may open the admin app and do nothing else that matters. */
  app_token: string;
  /** A collection everybody may read, and one with a row that strangers may not. */
  open_collection: string;
  closed_collection: string;
  closed_id: string;
  /** How long to wait for harm that comes behind the answer. */
  patience_ms: number;
  /** All mails that went out: to whom, and what was sent. */
  mails: () => { to: string; text: string }[];
  isAlive: () => boolean;
}

export interface Attack {
  /** Of the advisory; one was never given a number. */
  id: string;
  what: string;
  /** Why plain Directus cannot be shown to fall for it here; absent where it does. */
  unshown?: string;
  /** @returns the harm it did, or null */
  attempt: (target: Target) => Promise<string | null>;
}

/** What is there only where the attack had something to hold on to: its absence is no harm. */
export function harm(is_done: boolean, what: string): string | null {
  return is_done ? what : null;
}
