/** What keeps the server itself in order, one of each in a process: whoever asks first makes it. */
import type { Shop } from '../platform/shop.ts';
import { poolBeside, type Database } from '../platform/database.ts';
import { readSetUp } from './health-queries.ts';
import { watchHealth, type Health } from './health.ts';
import { exposeLoadMetrics } from './load-metrics.ts';
import { watchLoop } from './loop-delay.ts';
import { openGate, overloadGate, type Gate } from './overload-gate.ts';
import { slowClients, type SlowClients } from './slow-clients.ts';

export interface ServerGuard {
  gate: Gate;
  health: Health;
  slow_clients: SlowClients;
}

/** A database that takes longer to say that it is there is not. */
const PROBE_MS = 2_000;
/** Of a pool, so many times its size may wait for a connection. */
const WAITING_PER_CONNECTION = 15;

const guards = new WeakMap<Database, ServerGuard>();

/** @param required_versions Directus' migrations, as the installed release has them */
export function serverGuard(shop: Shop, required_versions: () => readonly string[]): ServerGuard {
  let guard = guards.get(shop.db);
  if (!guard) guards.set(shop.db, (guard = makeGuard(shop, required_versions())));
  return guard;
}

function makeGuard({ db, env, log }: Shop, required_versions: readonly string[]): ServerGuard {
  const loop = watchLoop();
  const { pool } = db.client as { pool: { max: number; numPendingAcquires: () => number } };
  const waiting = () => pool.numPendingAcquires();
  const gate =
    env.OVERLOAD === 'off'
      ? openGate()
      : overloadGate(
          {
            in_flight: env.OVERLOAD_IN_FLIGHT,
            loop_delay_ms: env.OVERLOAD_DELAY_MS,
            waiting: WAITING_PER_CONNECTION * pool.max,
          },
          { loop_delay_ms: loop.delay_ms, waiting },
        );
  const slow_clients = slowClients({ body_ms: env.SLOW_BODY_MS, unread_ms: env.UNREAD_ANSWER_MS });
  exposeLoadMetrics({
    gate,
    loop_delay_ms: loop.delay_ms,
    loop_utilization: loop.utilization,
    waiting,
    cut: slow_clients.cut,
  });
  let probe: ReturnType<typeof poolBeside> | null = null;
  const health = watchHealth({
    log,
    required_versions,
    readSetUp() {
      probe ??= poolBeside(
        db,
        {
          max: 1,
          connectionTimeoutMillis: PROBE_MS,
          query_timeout: PROBE_MS,
          application_name: 'kontor health',
        },
        () => undefined,
      );
      return readSetUp(probe);
    },
  });
  return { gate, health, slow_clients };
}
