/** What everybody may read through Directus, as far as the cache has to know: which tables an answer hangs on, and which clocks. */
import { isWatched } from './notices.ts';
import type { ClockColumn, PublicRule } from './queries.ts';

/** The parts of Directus' schema that say where a field leads. */
export interface Schema {
  collections: Record<string, { fields: Record<string, { type: string } | undefined> } | undefined>;
  relations: {
    collection: string;
    field: string;
    related_collection: string | null;
    meta: { one_field: string | null } | null;
  }[];
}

/** A query as Directus has parsed it. */
export interface ItemsQuery {
  fields?: unknown;
  sort?: unknown;
  filter?: unknown;
  aggregate?: unknown;
  group?: unknown;
  alias?: unknown;
  deep?: unknown;
}

export interface Reach {
  collections: ReadonlySet<string>;
  /** Columns a rule compares with the current moment. */
  clocks: readonly ClockColumn[];
}

type Aliases = ReadonlyMap<string, string>;

const NO_ALIASES: Aliases = new Map();
const LISTS = new Set(['_and', '_or']);
const QUANTIFIERS = new Set(['_some', '_none']);
const NAME = /^[a-z_][a-z0-9_]*$/i;

/** Something an answer hangs on that is not watched, or a query that is beyond what is followed here. */
class CannotFollow extends Error {}

/**
 * What an answer to this query of this collection was made of, the permission rules on the way included. Null when it cannot be
 * followed: then it must not be kept.
 */
export function reachOf(
  schema: Schema,
  rules: readonly PublicRule[],
  collection: string,
  query: ItemsQuery,
): Reach | null {
  try {
    return follow(schema, rules, collection, query);
  } catch (error) {
    if (error instanceof CannotFollow) return null;
    throw error;
  }
}

function follow(
  schema: Schema,
  rules: readonly PublicRule[],
  asked_collection: string,
  asked: ItemsQuery,
): Reach {
  const collections = new Set<string>();
  const clocks = new Map<string, ClockColumn>();

  /** A collection is read, and with it what its rules look at. */
  function enter(collection: string): void {
    if (collections.has(collection)) return;
    if (!isWatched(collection) || !schema.collections[collection]) throw new CannotFollow();
    collections.add(collection);
    for (const rule of rules) if (rule.collection === collection) filter(collection, rule.filter, NO_ALIASES);
  }

  /** `brand.name`, `*`, `variants.*`, `count(reviews)`. */
  function path(collection: string, [first = '', ...rest]: string[], aliases: Aliases): void {
    if (first === '*') {
      for (const name of readableFields(collection)) path(collection, [name, ...rest], NO_ALIASES);
      return;
    }
    const target = targetOf(collection, nameOf(first, aliases));
    if (target === null) return;
    // The key of another row is a column of this one; a list of keys is a look at the others.
    if (target.many || rest.length > 0) enter(target.collection);
    if (rest.length > 0) path(target.collection, rest, NO_ALIASES);
  }

  function paths(collection: string, names: readonly string[], aliases: Aliases): void {
    for (const name of names) path(collection, name.replace(/^-/, '').split('.'), aliases);
  }

  function readableFields(collection: string): string[] {
    const known = Object.keys(schema.collections[collection]?.fields ?? {});
    const allowed = rules
      .filter((rule) => rule.collection === collection)
      .flatMap(({ fields }) => texts(fields));
    return allowed.includes('*') ? known : known.filter((name) => allowed.includes(name));
  }

  function filter(collection: string, rule: unknown, aliases: Aliases): void {
    for (const [key, value] of Object.entries(objectOf(rule))) {
      if (LISTS.has(key)) {
        for (const each of Object.values(objectOf(value))) filter(collection, each, aliases);
      } else if (QUANTIFIERS.has(key)) filter(collection, value, aliases);
      else if (!key.startsWith('_')) condition(collection, nameOf(key, aliases), value);
    }
  }

  function condition(collection: string, field: string, value: unknown): void {
    const target = targetOf(collection, field);
    const keys = Object.keys(objectOf(value));
    const is_value = keys.every((key) => key.startsWith('_') && !QUANTIFIERS.has(key) && !LISTS.has(key));
    if (is_value) watchClock(collection, field, value);
    if (target === null || (is_value && !target.many)) return;
    enter(target.collection);
    filter(target.collection, value, NO_ALIASES);
  }

  /** A rule says `$NOW` itself; what a caller compared with has become a moment by now. */
  function watchClock(collection: string, field: string, value: unknown): void {
    const text = JSON.stringify(value) ?? '';
    if (!text.includes('$NOW')) return;
    const is_moment = schema.collections[collection]?.fields[field]?.type === 'timestamp';
    if (text.includes('$NOW(') || !is_moment) throw new CannotFollow();
    clocks.set(`${collection}.${field}`, { table: collection, column: field });
  }

  /** `{ variants: { _filter, prices: { _limit } } }`. */
  function deep(collection: string, level: unknown, aliases: Aliases): void {
    for (const [key, value] of Object.entries(objectOf(level))) {
      if (key === '_filter') filter(collection, value, NO_ALIASES);
      else if (key === '_sort' || key === '_fields' || key === '_group')
        paths(collection, texts(value), NO_ALIASES);
      else if (key === '_alias' || key === '_aggregate') throw new CannotFollow();
      else if (!key.startsWith('_')) {
        const target = targetOf(collection, nameOf(key, aliases));
        if (target === null) throw new CannotFollow();
        enter(target.collection);
        deep(target.collection, value, NO_ALIASES);
      }
    }
  }

  /** Where a field leads; null when it holds a value of its own, or does not exist. */
  function targetOf(collection: string, field: string): { collection: string; many: boolean } | null {
    for (const relation of schema.relations) {
      if (relation.collection === collection && relation.field === field) {
        // A field that leads to rows of any collection names none.
        if (relation.related_collection === null) throw new CannotFollow();
        return { collection: relation.related_collection, many: false };
      }
      if (relation.related_collection === collection && relation.meta?.one_field === field) {
        return { collection: relation.collection, many: true };
      }
    }
    return null;
  }

  const aliases: Aliases = new Map(
    Object.entries(objectOf(asked.alias)).map(([name, field]) => [name, String(field)]),
  );
  enter(asked_collection);
  paths(asked_collection, asked.fields === undefined ? ['*'] : texts(asked.fields), aliases);
  paths(asked_collection, texts(asked.sort), aliases);
  paths(asked_collection, texts(asked.group), aliases);
  for (const names of Object.values(objectOf(asked.aggregate)))
    paths(asked_collection, texts(names), aliases);
  filter(asked_collection, asked.filter, aliases);
  deep(asked_collection, asked.deep, aliases);
  return { collections, clocks: [...clocks.values()] };
}

/** The field behind `year(published_at)` and behind an alias. */
function nameOf(written: string, aliases: Aliases): string {
  const inside = /^\w+\(([^()]*)\)$/.exec(written)?.[1] ?? written;
  const name = aliases.get(inside) ?? inside;
  if (!NAME.test(name)) throw new CannotFollow();
  return name;
}

function objectOf(value: unknown): object {
  const object = typeof value === 'string' ? parsed(value) : value;
  return object !== null && typeof object === 'object' ? object : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A list as Directus takes one: an array, or names with commas between. */
function texts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((each) => (typeof each === 'string' ? each.split(',') : [])).map((each) => each.trim());
}
