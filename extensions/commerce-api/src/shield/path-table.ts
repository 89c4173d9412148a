/** Reads the table of paths: who may ask what. */
import { groupBy } from '../core/group-by.ts';
import { AUDIENCES, type Audience, type PathRow } from './paths.ts';

interface Rule {
  audience: Audience;
  methods: ReadonlySet<string>;
  segments: readonly string[];
}

/** `unknown`: no row has the path at all. */
export type Decision = Audience | 'unknown';
export type Decide = (method: string, path: string) => Decision;

/** @returns who may ask a path by a method; a path that is known by other methods only is for nobody */
export function pathTable(rows: readonly PathRow[]): Decide {
  const rules = rows.flatMap(([audience, methods, ...paths]) =>
    paths.map((path): Rule => ({ audience, methods: methodsOf(methods), segments: segmentsOf(path) })),
  );
  const rulesByStart = groupBy(rules, ({ segments: [first = ''] }) => first);
  return (method, path) => {
    const segments = segmentsOf(path);
    const candidates = rulesByStart.get(segments[0] ?? '') ?? [];
    const known = candidates.filter((rule) => fits(rule.segments, segments));
    if (method === 'OPTIONS' && known.length > 0) return loosest(known);
    const found = known.find(({ methods }) => methods.has(method));
    return found?.audience ?? (known.length > 0 ? 'nobody' : 'unknown');
  };
}

/**
 * Doors of other extensions, as PUBLIC_PATHS names them: `/contact`, `/contact/*`, `POST /items/inquiries`. Without a method, any.
 * @throws Error for one that is no path, or begins with a part that could be anything
 */
export function publicRows(entries: readonly string[]): PathRow[] {
  return entries.map((entry) => {
    const [, methods, path] = /^(?:(GET|POST|PATCH|PUT|DELETE) +)?(\/[^\s?#]*)$/.exec(entry) ?? [];
    if (!path || /^\/(:|\*)/.test(path))
      throw new Error(`PUBLIC_PATHS: "${entry}" is not a path, or a method and a path.`);
    return ['anyone', methods ?? 'GET POST PATCH PUT DELETE', path];
  });
}

/** Whether who may do as much as `is` may pass a door for `audience`. */
export function isAllowed(is: Audience, audience: Decision): boolean {
  if (audience === 'nobody' || audience === 'unknown') return false;
  return AUDIENCES.indexOf(is) >= AUDIENCES.indexOf(audience);
}

function methodsOf(text: string): Set<string> {
  const methods = new Set(text.split(' '));
  if (methods.has('GET')) methods.add('HEAD');
  return methods;
}

function segmentsOf(path: string): string[] {
  return path.toLowerCase().split('/').filter(Boolean);
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '*';
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, at) => part === '*' || part.startsWith(':') || part === segments[at]);
}

function loosest(rules: readonly Rule[]): Audience {
  return AUDIENCES.find((audience) => rules.some((rule) => rule.audience === audience)) ?? 'nobody';
}
