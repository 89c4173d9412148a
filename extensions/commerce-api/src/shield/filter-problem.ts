/** Filters: how deep, how many comparisons, how long their lists. */
import type { QueryLimits } from './limits.ts';
import { isObject, parsedJson, problem, type Problem } from './problem.ts';
import { isPrototypeKey } from './prototype-guard.ts';

const LOGIC = new Set(['_and', '_or', '_some', '_none']);
const LISTS = new Set(['_in', '_nin', '_between', '_nbetween']);
/** Shapes, whose coordinates nobody counts: their text may be as long as a value. */
const SHAPES = /^_n?intersects/;

export function filterProblem(value: unknown, limits: QueryLimits, path: string): Problem | null {
  const filter = typeof value === 'string' ? parsedJson(value) : value;
  if (filter === null || typeof filter !== 'object') return problem(path, 'is not JSON');
  const count = { conditions: 0 };
  return level(filter, { limits, path, names: 0, logic: 0, count });
}

interface Place {
  limits: QueryLimits;
  path: string;
  /** Relations and fields on the way here. */
  names: number;
  logic: number;
  count: { conditions: number };
}

function level(value: unknown, place: Place): Problem | null {
  const { limits, path } = place;
  if (place.names > limits.depth) return problem(path, `is nested more than ${limits.depth} levels`);
  if (place.logic > limits.logic) return problem(path, `has more than ${limits.logic} groups in each other`);
  if (Array.isArray(value)) return elements(value, place);
  if (!isObject(value)) return condition(value, place);
  for (const [key, inner] of Object.entries(value)) {
    const found = member(key, inner, place);
    if (found) return found;
  }
  return null;
}

function elements(values: readonly unknown[], place: Place): Problem | null {
  for (const each of values) {
    const found = level(each, place);
    if (found) return found;
  }
  return null;
}

function member(key: string, inner: unknown, place: Place): Problem | null {
  if (isPrototypeKey(key)) return problem(place.path, 'names something that is not a field');
  if (LOGIC.has(key)) return level(inner, { ...place, logic: place.logic + 1 });
  if (LISTS.has(key)) return list(inner, place);
  if (SHAPES.test(key)) return text(typeof inner === 'string' ? inner : JSON.stringify(inner ?? null), place);
  if (key.startsWith('_') || /^\d+$/.test(key)) return level(inner, place);
  return level(inner, { ...place, names: place.names + 1 });
}

function list(value: unknown, place: Place): Problem | null {
  const values =
    typeof value === 'string' ? value.split(',') : isObject(value) ? Object.values(value) : value;
  const { list: most } = place.limits;
  if (Array.isArray(values) && values.length > most)
    return problem(place.path, `lists more than ${most} values`);
  return condition(value, place);
}

function condition(value: unknown, place: Place): Problem | null {
  place.count.conditions += 1;
  const { conditions } = place.limits;
  if (place.count.conditions > conditions)
    return problem(place.path, `has more than ${conditions} conditions`);
  return typeof value === 'string' && !value.includes(',') ? text(value, place) : null;
}

function text(value: string, { limits, path }: Place): Problem | null {
  return value.length > limits.text
    ? problem(path, `compares with more than ${limits.text} characters`)
    : null;
}
