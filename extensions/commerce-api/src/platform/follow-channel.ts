/** Hearing what the database says on a channel, for as long as the process lives: a connection of its own, made again when lost. */
import { Client, type ClientConfig } from 'pg';
import type { Log } from './shop.ts';

const AGAIN_MS = 1_000;

export interface Follower {
  stop: () => Promise<void>;
}

/**
 * Calls `onNotice` for each notice, and once whenever a connection begins: what was said while there was none went unheard. Needs a
 * direct connection to PostgreSQL, not one of a pooler that shares them between transactions.
 */
export function followChannel(
  connection: ClientConfig,
  channel: string,
  onNotice: () => void,
  log: Log,
): Follower {
  let client: Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  async function connect(): Promise<void> {
    const made = new Client(connection);
    client = made;
    made.on('error', (error) => lost(made, error)).on('end', () => lost(made, null));
    made.on('notification', onNotice);
    try {
      await made.connect();
      await made.query(`listen ${made.escapeIdentifier(channel)}`);
      onNotice();
    } catch (error) {
      lost(made, error);
    }
  }

  function lost(made: Client, error: unknown): void {
    if (client !== made) return;
    client = null;
    void made.end().catch(() => undefined);
    if (isStopped) return;
    log.warn({ err: error, channel }, 'The connection that listens to the database was lost');
    timer = setTimeout(() => void connect(), AGAIN_MS);
    timer.unref();
  }

  void connect();
  return {
    async stop() {
      isStopped = true;
      if (timer) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
