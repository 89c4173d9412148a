/** The Redis that several processes share. */
import { getConfigFromEnv } from '@directus/api/utils/get-config-from-env';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from './shop.ts';

/** An answer that takes longer comes too late: a process does without then. */
const ANSWER_MS = 500;
const RETRY_MS = 1_000;

/** The Redis Directus is told of, or null where there is none. */
export function redisOf(env: Record<string, unknown>, log: Log): Redis | null {
  const url = env['REDIS'];
  const isNamed = typeof url === 'string' && url !== '';
  if (env['REDIS_ENABLED'] === false || (!isNamed && !env['REDIS_HOST'])) return null;
  return connect(isNamed ? url : getConfigFromEnv('REDIS_'), log);
}

/**
 * A connection that never makes a request wait for a Redis that is away: commands fail at once then. Says once that it goes, and
 * once that it is back.
 */
function connect(where: string | RedisOptions, log: Log): Redis {
  const options: RedisOptions = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    connectTimeout: 5_000,
    retryStrategy: (times) => Math.min(times * 200, RETRY_MS),
  };
  const redis = typeof where === 'string' ? new Redis(where, options) : new Redis({ ...where, ...options });
  let is_away = false;
  const away = (error?: unknown) => {
    if (is_away) return;
    is_away = true;
    log.warn(
      { err: error },
      'Redis does not answer: each process counts rate limits by itself until it does',
    );
  };
  redis.on('error', away);
  redis.on('close', () => away());
  redis.on('ready', () => {
    if (is_away) log.warn({}, 'Redis answers again: rate limits are counted together');
    is_away = false;
  });
  return redis;
}
