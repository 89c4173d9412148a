/** What is wrong with a query: where, and why. */
export interface Problem {
  path: string;
  reason: string;
}

export function problem(path: string, reason: string): Problem {
  return { path, reason };
}

/** The first problem there is. Each check is made only when those before it found nothing. */
export function firstProblem(checks: Iterable<() => Problem | null>): Problem | null {
  for (const check of checks) {
    const found = check();
    if (found) return found;
  }
  return null;
}

export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Given, and no text. */
export function isNoText(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'string';
}

/** A list as Directus takes it: repeated, or between commas. Null for anything else. */
export function textList(value: unknown): string[] | null {
  if (typeof value === 'string') return value.split(',');
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isList ? value.flatMap((each) => each.split(',')) : null;
}
