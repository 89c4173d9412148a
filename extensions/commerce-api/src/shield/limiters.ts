/** Where requests are counted: in Redis where there is one, so that processes count together; by each itself while it is away. */
import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { allowances, type Allowance } from './allowance.ts';
import { BoundedLimiter } from './bounded-limiter.ts';
import { RATE_CLASSES, type RateClass } from './rate-classes.ts';

export interface Limit {
  allowance: Allowance;
  limiter: BoundedLimiter | RateLimiterRedis;
}

/** @throws Error when `scale` names what is no class */
export function limitersOf(scale: string, redis: Redis | null): Record<RateClass, Limit> {
  const scaled = allowances(scale);
  const entries = RATE_CLASSES.map((name): [RateClass, Limit] => {
    const allowance = scaled[name];
    const { points, seconds: duration } = allowance;
    const options = { keyPrefix: `kontor:limit:${name}`, points, duration };
    const own = new BoundedLimiter(options);
    const limiter = redis
      ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: own })
      : own;
    return [name, { allowance, limiter }];
  });
  return Object.fromEntries(entries) as Record<RateClass, Limit>;
}
