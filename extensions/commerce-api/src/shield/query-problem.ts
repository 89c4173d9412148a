/** What a query may ask of Directus: looked at before Directus parses it, whose parser believes what it is given. */
import { deepProblem } from './deep-problem.ts';
import { filterProblem } from './filter-problem.ts';
import type { QueryLimits } from './limits.ts';
import { firstProblem, isObject, parsedJson, problem, textList, type Problem } from './problem.ts';
import { isPrototypeKey } from './prototype-guard.ts';

/**
 * The first thing in a query that is malformed or beyond the limits; null when Directus may have it.
 * Unknown parameters are not looked at: Directus does not read them.
 */
export function queryProblem(query: unknown, limits: QueryLimits): Problem | null {
  if (!isObject(query)) return null;
  return (
    plainProblem(query, limits, '') ??
    (isGiven(query['deep'])
      ? deepProblem(query['deep'], limits, (part, path) => plainProblem(part, limits, path))
      : null)
  );
}

function plainProblem(query: Record<string, unknown>, limits: QueryLimits, at: string): Problem | null {
  const checks: [string, (value: unknown, path: string) => Problem | null][] = [
    ['fields', (value, path) => fieldsProblem(value, limits, path)],
    ['filter', (value, path) => filterProblem(value, limits, path)],
    ['sort', (value, path) => namesProblem(value, limits.sort, limits.depth, path)],
    ['groupBy', (value, path) => groupsProblem(value, limits, path)],
    ['group', (value, path) => groupsProblem(value, limits, path)],
    ['aggregate', (value, path) => aggregateProblem(value, limits, path)],
    ['alias', (value, path) => aliasProblem(value, limits, path)],
    ['search', (value, path) => searchProblem(value, limits.search, path)],
    ['limit', (value, path) => numberProblem(value, -1, limits.limit, path)],
    ['offset', (value, path) => numberProblem(value, 0, limits.offset, path)],
    ['page', (value, path) => pageProblem(value, query['limit'], limits, path)],
    ['meta', (value, path) => (textList(value) ? null : problem(path, 'is not a list of names'))],
    ['export', (value, path) => textProblem(value, path)],
    ['version', (value, path) => textProblem(value, path)],
  ];
  return firstProblem(
    checks
      .filter(([name]) => isGiven(query[name]))
      .map(
        ([name, check]) =>
          () =>
            check(query[name], `${at}${at ? '_' : ''}${name}`),
      ),
  );
}

/** Directus takes what is empty for absent. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Whether a part of a path is what every object has. */
function namesPrototype(path: string): boolean {
  return path.split('.').some((part) => part !== '' && isPrototypeKey(part));
}

function namesProblem(value: unknown, most: number, depth: number, path: string): Problem | null {
  const names = textList(value);
  if (names === null) return problem(path, 'is not a list of names');
  if (names.length > most) return problem(path, `names more than ${most}`);
  if (names.some(namesPrototype)) return problem(path, 'names something that is not a field');
  return names.some((name) => name.split('.').length > depth)
    ? problem(path, `is nested more than ${depth} levels`)
    : null;
}

/** Directus writes `group by` as soon as there is a list. */
function groupsProblem(value: unknown, limits: QueryLimits, path: string): Problem | null {
  return textList(value)?.length === 0
    ? problem(path, 'names nothing')
    : namesProblem(value, limits.groups, limits.depth, path);
}

function fieldsProblem(value: unknown, limits: QueryLimits, path: string): Problem | null {
  const found = namesProblem(value, limits.fields, limits.depth, path);
  if (found) return found;
  const stars = (textList(value) ?? []).map(
    (name) => name.split('.').filter((part) => part.trim() === '*').length,
  );
  if (stars.some((count) => count > limits.wildcards)) {
    return problem(path, `has more than ${limits.wildcards} wildcards in one name`);
  }
  return stars.filter((count) => count > 1).length > limits.wide_fields
    ? problem(path, `has more than ${limits.wide_fields} names with several wildcards`)
    : null;
}

function aggregateProblem(value: unknown, limits: QueryLimits, path: string): Problem | null {
  const aggregate = typeof value === 'string' ? parsedJson(value) : value;
  if (!isObject(aggregate)) return problem(path, 'is not an object');
  const entries = Object.entries(aggregate);
  if (
    entries.some(([key, fields]) => isPrototypeKey(key) || (textList(fields)?.some(namesPrototype) ?? true))
  )
    return problem(path, 'is not functions with lists of fields');
  const count = entries.reduce((sum, [, fields]) => sum + (textList(fields)?.length ?? 0), 0);
  return count > limits.aggregates ? problem(path, `works out more than ${limits.aggregates} values`) : null;
}

/** An alias called `*` is found again among the fields that `*` stands for, without end: the process ran out of memory. */
function aliasProblem(value: unknown, limits: QueryLimits, path: string): Problem | null {
  const alias = typeof value === 'string' ? parsedJson(value) : value;
  if (!isObject(alias)) return problem(path, 'is not an object');
  const entries = Object.entries(alias);
  if (entries.length > limits.aliases) return problem(path, `names more than ${limits.aliases}`);
  const isName = (name: unknown) =>
    typeof name === 'string' && name !== '' && !name.includes('*') && !namesPrototype(name);
  return entries.every(([key, field]) => isName(key) && isName(field))
    ? null
    : problem(path, 'is not names of fields');
}

function searchProblem(value: unknown, most: number, path: string): Problem | null {
  if (typeof value !== 'string') return problem(path, 'is not text');
  return value.length > most ? problem(path, `has more than ${most} characters`) : null;
}

function textProblem(value: unknown, path: string): Problem | null {
  return typeof value === 'string' ? null : problem(path, 'is not text');
}

function numberProblem(value: unknown, least: number, most: number, path: string): Problem | null {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isInteger(number) && number >= least && number <= most
    ? null
    : problem(path, `is not a whole number from ${least} to ${most}`);
}

/** Directus skips `limit` rows for each page before this one. */
function pageProblem(value: unknown, limit: unknown, limits: QueryLimits, path: string): Problem | null {
  const rows = Number(limit) > 0 ? Number(limit) : 1;
  return numberProblem(value, 0, Math.floor(limits.offset / rows), path);
}
