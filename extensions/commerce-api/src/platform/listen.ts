/**
 * One connection that hears what the database notifies. It says when it is sure to hear and when it no longer is; it comes back by
 * itself. LISTEN needs a connection of its own to the database: behind a pooler that lends connections by transaction, notices
 * get lost, which is found out before the first is trusted.
 */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { connectionSettings, row, type Database } from './database.ts';
import type { Log } from './shop.ts';

export interface ListenOptions {
  /** Says how to reach the database, and sends over connections of its own what must be heard. */
  db: Database;
  /** As the database names the connection in pg_stat_activity. */
  name: string;
  channels: readonly string[];
  log: Log;
  onNotice: (channel: string, payload: string) => void;
  /** From now on every notice is heard. */
  onUp: () => void;
  /** Notices may have been missed since. */
  onDown?: () => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection whose other end is gone without a word is given up after two of these. */
const PULSE_MS = 500;
const CONNECT_MS = 5_000;
const ECHO_MS = 5_000;
const OWN_CHANNEL = 'kontor_listen_check';

/** Starts listening. @returns what ends it */
export function listen(options: ListenOptions): () => void {
  let pause_ms = FIRST_PAUSE_MS;
  let is_stopped = false;
  let end: () => void = () => undefined;
  let retry: NodeJS.Timeout | undefined;

  function begin(): void {
    if (is_stopped) return;
    let was_up = false;
    end = hold(
      options,
      () => {
        was_up = true;
        pause_ms = FIRST_PAUSE_MS;
        options.onUp();
      },
      (reason) => {
        options.log.warn(
          { err: reason },
          `The connection ${options.name} ${was_up ? 'was lost' : 'could not be made'}; trying again in ${pause_ms} ms`,
        );
        if (was_up) options.onDown?.();
        retry = setTimeout(begin, pause_ms * (0.75 + Math.random() / 2));
        pause_ms = Math.min(pause_ms * 2, LONGEST_PAUSE_MS);
      },
    );
  }

  begin();
  return () => {
    is_stopped = true;
    clearTimeout(retry);
    end();
  };
}

/** One connection from its beginning to its loss. @returns what ends it without a word */
function hold(options: ListenOptions, onUp: () => void, onLost: (reason: unknown) => void): () => void {
  const client = new Client({
    ...connectionSettings(options.db),
    application_name: options.name,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  const check = randomUUID();
  let is_over = false;
  let is_up = false;
  let pulse: NodeJS.Timeout | undefined;
  let echo: NodeJS.Timeout | undefined;

  function finish(): void {
    is_over = true;
    clearInterval(pulse);
    clearTimeout(echo);
    // What is said after the end concerns nobody.
    client.removeAllListeners().on('error', () => undefined);
    client.end().catch(() => undefined);
  }
  function lose(reason: unknown): void {
    if (is_over) return;
    finish();
    onLost(reason);
  }

  client.on('error', lose).on('end', () => lose(new Error('The connection ended')));
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel !== OWN_CHANNEL) options.onNotice(channel, payload);
    else if (payload === check && !is_up) {
      is_up = true;
      clearTimeout(echo);
      onUp();
    }
  });

  async function start(): Promise<void> {
    await client.connect();
    await client.query([...options.channels, OWN_CHANNEL].map((each) => `listen ${each}`).join(';'));
    if (is_over) return;
    echo = setTimeout(
      () => lose(new Error('A notice did not arrive: LISTEN needs a direct connection, not a pooler')),
      ECHO_MS,
    );
    let unanswered = 0;
    pulse = setInterval(() => {
      if (unanswered > 1) lose(new Error('The database does not answer'));
      else {
        unanswered += 1;
        client.query('select 1').then(() => (unanswered = 0), lose);
      }
    }, PULSE_MS);
    await row(options.db, 'select pg_notify(?, ?)', [OWN_CHANNEL, check]);
  }

  start().catch(lose);
  return finish;
}
