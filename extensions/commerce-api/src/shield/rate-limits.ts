/**
 * Limits how often one address may ask, before anything is worked for it: in front of Express' parsing of bodies, and in the
 * storefront in front of making an answer. What the storefront has kept is not counted: it costs less than counting would, and
 * an address behind which a thousand shoppers browse should not use itself up on it.
 */
import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { KontorError } from '../errors.ts';
import { clientAddress } from '../platform/client-address.ts';
import { redisOf } from '../platform/redis.ts';
import { keyFor } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import { furtherLimits, type FurtherLimit } from './account-limits.ts';
import type { Allowance } from './allowance.ts';
import { limitersOf } from './limiters.ts';
import type { Mount } from './mounting.ts';
import { networkOf } from './network-of.ts';
import type { PlainAnswers } from './plain-answers.ts';
import { classOf, type RateClass } from './rate-classes.ts';
import { leftOf, policyOf, secondsOf, type Used } from './rate-headers.ts';
import { exposeRateMetrics } from './rate-metrics.ts';

/** As Express hands it over once bodies are parsed. */
interface ParsedRequest extends IncomingMessage {
  path: string;
  body?: unknown;
}

/** Whether a request may go on; if not, it has been answered. */
export type Admit = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

interface RateLimits {
  admit: Admit;
  /** The same for what only the body says. */
  admitBody: (req: ParsedRequest, res: ServerResponse) => Promise<boolean>;
}

export interface RateLimitParts {
  shop: Shop;
  /** Directus' settings, as it has cast them. */
  env: Record<string, unknown>;
  answers: PlainAnswers;
}

let made: RateLimits | null | undefined;

/** The limits of this process, whoever asks first; null where RATE_LIMITS turns them off. */
export function rateLimits(parts: RateLimitParts): RateLimits | null {
  if (made === undefined) made = parts.shop.env.RATE_LIMITS === 'on' ? makeLimits(parts) : null;
  return made;
}

/** Puts the limits in front of Directus. A process that only runs jobs serves nothing, and limits nothing. */
export function mountRateLimits(mount: Mount, parts: RateLimitParts): void {
  const { shop } = parts;
  if (shop.env.JOBS === 'only') return;
  mount('middlewares.before', (app) => {
    const limits = rateLimits(parts);
    if (limits) app.use((req, res, next) => goOn(limits.admit(req, res), next));
    else
      shop.log.warn(
        {},
        'RATE_LIMITS=off: PASSWORDS AND CODES MAY BE GUESSED WITHOUT LIMIT. Only for benchmarks and tests.',
      );
  });
  mount('middlewares.after', (app) => {
    const limits = rateLimits(parts);
    if (limits) app.use((req, res, next) => goOn(limits.admitBody(req, res), next));
  });
}

function goOn(admitted: Promise<boolean>, next: (error?: unknown) => void): void {
  admitted.then((may_go_on) => (may_go_on ? next() : undefined), next);
}

function makeLimits({ shop, env, answers }: RateLimitParts): RateLimits {
  const limits = limitersOf(shop.env.RATE_LIMIT_SCALE, redisOf(env, shop.log));
  const count = exposeRateMetrics();
  const secret = keyFor(shop.env, 'rate-limits');

  /** Counted by a keyed hash: a Redis that is read by others tells of nobody. */
  function keyOf(req: IncomingMessage, account: string | null): string {
    const network = networkOf(clientAddress(req) ?? '');
    return createHmac('sha256', secret)
      .update(account === null ? network : `${network} ${account}`)
      .digest('base64url')
      .slice(0, 22);
  }

  async function take(
    { of, account, times, is_blind }: FurtherLimit,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<boolean> {
    const { allowance, limiter } = limits[of];
    const { cost, failing } = allowance;
    const key = keyOf(req, account);
    try {
      const used = await limiter.consume(key, cost * times);
      // Who asks for anything else need not pace themselves, and those answers are kept by others.
      if (of !== 'everything') tellLimit(res, of, allowance, used);
      if (cost > 1 && !is_blind) {
        res.once('finish', () => {
          if (!failing.includes(res.statusCode)) limiter.reward(key, cost * times - 1).catch(() => undefined);
        });
      }
      return true;
    } catch (used) {
      if (!(used instanceof RateLimiterRes)) throw used;
      count(of);
      refuse(req, res, of, used);
      return false;
    }
  }

  function refuse(req: IncomingMessage, res: ServerResponse, of: RateClass, used: RateLimiterRes): void {
    const retry_after_s = secondsOf(used.msBeforeNext);
    tellLimit(res, of, limits[of].allowance, { remainingPoints: 0, msBeforeNext: used.msBeforeNext });
    const error = new KontorError('RATE_LIMITED', { class: of, retry_after_s });
    answers.refuse(req, res, error, ['Retry-After', String(retry_after_s)]);
  }

  return {
    admit(req, res) {
      const { method = 'GET', url = '/' } = req;
      const of = classOf(method, url);
      return of === null ? Promise.resolve(true) : take({ of, account: null, times: 1 }, req, res);
    },
    async admitBody(req, res) {
      const { method = 'GET', path, body } = req;
      for (const further of furtherLimits({ method, path, body })) {
        if (!(await take(further, req, res))) return false;
      }
      return true;
    },
  };
}

/** Adds to what another limit of the same request has said. */
function tellLimit(res: ServerResponse, of: RateClass, allowance: Allowance, used: Used): void {
  res.appendHeader('RateLimit-Policy', policyOf(of, allowance));
  res.appendHeader('RateLimit', leftOf(of, allowance, used));
}
