/** What a query may ask of Directus, looked at before Directus parses it. */
import type { NextFunction, Request, Response } from 'express';
import { isPrototypeKey } from './prototype-guard.ts';
import { refuse } from './refuse.ts';

const MAX_NESTING = 6;

export function limitQueryString(req: Request, res: Response, next: NextFunction): void {
  refuseDeepGarbage(req.query, res, next);
}

/** SEARCH asks in its body. */
export function limitQueryInBody({ method, body }: Request, res: Response, next: NextFunction): void {
  const query = method === 'SEARCH' ? (body as { query?: unknown } | undefined)?.query : undefined;
  refuseDeepGarbage(query, res, next);
}

/**
 * `deep` reaches far into Directus: keys that name prototypes, sub-queries that are no JSON, and nesting beyond any use are
 * refused before it parses them.
 */
function refuseDeepGarbage(query: unknown, res: Response, next: NextFunction): void {
  const { deep, fields } = (query ?? {}) as { deep?: unknown; fields?: unknown };
  const problem = (deep !== undefined && deepProblem(deep, 0)) || fieldsProblem(fields);
  if (problem) refuse(res, 400, 'INVALID_QUERY', problem);
  else next();
}

function deepProblem(value: unknown, depth: number): string | null {
  const level = depth === 0 && typeof value === 'string' ? parseJson(value) : value;
  if (level === null || typeof level !== 'object' || Array.isArray(level)) return 'deep: is not an object';
  if (depth > MAX_NESTING) return `deep: is nested more than ${MAX_NESTING} levels`;
  for (const [key, inner] of Object.entries(level)) {
    if (isPrototypeKey(key)) return 'deep: names something that is not a field';
    const problem = key.startsWith('_') ? subQueryProblem(key, inner) : deepProblem(inner, depth + 1);
    if (problem) return problem;
  }
  return null;
}

function subQueryProblem(key: string, value: unknown): string | null {
  if (key === '_filter') {
    const filter = typeof value === 'string' ? parseJson(value) : value;
    return filter !== null && typeof filter === 'object' ? null : 'deep: a _filter is not JSON';
  }
  if (key === '_fields' || key === '_sort') {
    const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return typeof value === 'string' || isList ? null : `deep: ${key} is not a list`;
  }
  return null;
}

function fieldsProblem(fields: unknown): string | null {
  const names = Array.isArray(fields)
    ? fields.map(String)
    : typeof fields === 'string'
      ? fields.split(',')
      : [];
  const isTooDeep = names.some((name) => name.split('.').length > MAX_NESTING);
  return isTooDeep ? `fields: is nested more than ${MAX_NESTING} levels` : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
