/** Counting in the memory of this process, which a million addresses must not fill. */
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes, type IRateLimiterOptions } from 'rate-limiter-flexible';

/** Keys that are remembered, of each class: some ten megabytes when all are. */
export const MOST_KEYS = 20_000;

/**
 * The library's limiter, which forgets whoever was seen longest ago once there are more than `most_keys`. Whoever has that many
 * addresses to make it forget has as many to ask from.
 */
export class BoundedLimiter extends RateLimiterMemory {
  readonly #seen: LRUCache<string, true>;

  constructor(options: IRateLimiterOptions, most_keys = MOST_KEYS) {
    super(options);
    this.#seen = new LRUCache({ max: most_keys, dispose: (_value, key) => void this.delete(key) });
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#seen.size;
  }

  override consume(key: string, points?: number): Promise<RateLimiterRes> {
    this.#seen.set(key, true);
    return super.consume(key, points);
  }

  /** Gives nothing back to a key that was forgotten: it has begun anew. */
  override async reward(key: string, points?: number): Promise<RateLimiterRes> {
    return this.#seen.has(key) ? super.reward(key, points) : new RateLimiterRes();
  }
}
