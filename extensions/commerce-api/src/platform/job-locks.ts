/**
 * A process that is killed leaves its jobs locked, and graphile-worker takes four hours to believe that it is gone. Here each
 * worker shows that it lives by an advisory lock, which ends with its connection; jobs of a worker without one are given back.
 */
import type { Pool, PoolClient } from 'pg';
import type { Log } from './shop.ts';

const ROUND_MS = 15_000;

/**
 * Shows that this worker lives, and looks after the jobs of dead ones: at once, then four times a minute. Takes one connection.
 * @returns what ends it
 */
export function keepJobLocks(pgPool: Pool, worker: string, log: Log): () => void {
  let sign: PoolClient | null = null;
  let isStopped = false;

  async function sweep(): Promise<void> {
    try {
      sign ??= await giveSign();
      if (isStopped) return drop();
      await sign.query(FREE_JOBS_OF_THE_DEAD, [worker]);
    } catch (error) {
      log.warn({ err: error }, 'Jobs of ended processes could not be looked after');
      drop();
    }
  }

  /** A connection of its own that holds the lock for as long as both live. */
  async function giveSign(): Promise<PoolClient> {
    const client = await pgPool.connect();
    client.once('error', drop);
    try {
      await client.query(`select pg_advisory_lock(hashtextextended('job worker ' || $1, 0))`, [worker]);
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  function drop(): void {
    sign?.release(true);
    sign = null;
  }

  void sweep();
  const timer = setInterval(() => void (isStopped || sweep()), ROUND_MS);
  timer.unref();
  return () => {
    isStopped = true;
    clearInterval(timer);
    drop();
  };
}

/**
 * The pause is for a worker that has just begun: it may take its first job a moment before its lock. Our own lock would not stop
 * us, since a session may take it twice.
 */
const FREE_JOBS_OF_THE_DEAD = `
  with holders as materialized (
    select locked_by from graphile_worker._private_jobs where locked_at < now() - interval '5 seconds' and locked_by <> $1
    union select locked_by from graphile_worker._private_job_queues where locked_at < now() - interval '5 seconds' and locked_by <> $1),
  dead as materialized (
    select locked_by from holders where pg_try_advisory_xact_lock(hashtextextended('job worker ' || locked_by, 0)))
  select graphile_worker.force_unlock_workers(array_agg(locked_by)) from dead having count(*) > 0`;
