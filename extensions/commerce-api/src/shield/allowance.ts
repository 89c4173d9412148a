/** What a limit comes to for this shop: points that requests use up, of which one that fails uses more. */
import { RATE_CLASSES, RATE_LIMITS, type RateClass, type RateLimit } from './rate-classes.ts';

export interface Allowance {
  points: number;
  seconds: number;
  /** What a request uses when it fails; it is taken beforehand, so that many at once fail no more often than one after the other. */
  cost: number;
  /** Statuses of failure; after any other, all but one point is given back. */
  failing: readonly number[];
}

/**
 * The allowances after `RATE_LIMIT_SCALE`: a factor for all, and `class=factor` for single classes, separated by commas. However
 * small, one request is left.
 * @throws Error that says which part names no class
 */
export function allowances(scale: string): Record<RateClass, Allowance> {
  const factors = new Map<string, number>();
  for (const part of scale.split(',').map((each) => each.trim())) {
    const [name = '', factor] = part.includes('=') ? part.split('=') : ['', part];
    if (name !== '' && !Object.hasOwn(RATE_LIMITS, name)) {
      throw new Error(`RATE_LIMIT_SCALE: ${name} is none of ${RATE_CLASSES.join(', ')}.`);
    }
    factors.set(name, Number(factor));
  }
  const entries = RATE_CLASSES.map((name) => {
    const factor = factors.get(name) ?? factors.get('') ?? 1;
    return [name, allowanceOf(RATE_LIMITS[name], factor)];
  });
  return Object.fromEntries(entries) as Record<RateClass, Allowance>;
}

function allowanceOf({ requests, seconds, failures }: RateLimit, factor: number): Allowance {
  const cost = failures ? Math.ceil(requests / failures.most) : 1;
  const points = Math.max(Math.round(requests * factor), cost);
  return { points, seconds, cost, failing: failures?.statuses ?? [] };
}
