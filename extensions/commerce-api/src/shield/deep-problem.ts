/**
 * `deep` reaches far into Directus: keys that name prototypes pollute what every object inherits (GHSA-gwvv-rr68-cmv6), and
 * sub-queries that cannot be read once ended the process.
 */
import type { QueryLimits } from './limits.ts';
import { isObject, parsedJson, problem, type Problem } from './problem.ts';
import { isPrototypeKey } from './prototype-guard.ts';

/** A part of a query, without the underscore `deep` writes it with. */
export type SubQueryCheck = (query: Record<string, unknown>, path: string) => Problem | null;

export function deepProblem(value: unknown, limits: QueryLimits, checkQuery: SubQueryCheck): Problem | null {
  const count = { relations: 0 };

  function level(here: unknown, depth: number): Problem | null {
    if (!isObject(here)) return problem('deep', 'is not an object');
    if (depth > limits.depth) return problem('deep', `is nested more than ${limits.depth} levels`);
    const query: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(here)) {
      if (isPrototypeKey(key)) return problem('deep', 'names something that is not a field');
      if (key.startsWith('_')) query[key.slice(1)] = inner;
      else {
        count.relations += 1;
        if (count.relations > limits.deep)
          return problem('deep', `narrows more than ${limits.deep} relations`);
        const found = level(inner, depth + 1);
        if (found) return found;
      }
    }
    if ('deep' in query) return problem('deep', 'holds another deep');
    return checkQuery(query, 'deep.');
  }

  return level(typeof value === 'string' ? parsedJson(value) : value, 0);
}
