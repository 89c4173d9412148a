/** The words the policies are written in: one line per collection and action. */

/** A Directus filter rule, as in `?filter=`. */
export interface Filter {
  [key: string]: unknown;
}

export type Action = 'create' | 'read' | 'update' | 'delete';

export interface Permission {
  collection: string;
  action: Action;
  /** Null where fields mean nothing (delete). */
  fields: readonly string[] | null;
  /** Which rows. Directus checks an update against the row as it was before. */
  permissions: Filter;
  /** What the written values must satisfy. Sees the payload only: it cannot follow a relation. */
  validation: Filter | null;
  presets: Record<string, unknown> | null;
}

export interface Policy {
  id: string;
  name: string;
  icon: string;
  description: string;
  app_access: boolean;
  permissions: readonly Permission[];
}

export interface Role {
  id: string;
  name: string;
  icon: string;
  description: string;
}

/** A policy given to a role; a null role is everybody who is not signed in. */
export interface Access {
  id: string;
  role: string | null;
  policy: string;
  sort: number;
}

/** All fields, those a merchant adds later included. Only for staff, and never on a table that holds a secret. */
export const ALL = '*';
const EVERY_ROW: Filter = {};

/** `fields` are separated by white space. */
export function read(collection: string, fields: string, where: Filter = EVERY_ROW): Permission {
  return {
    collection,
    action: 'read',
    fields: words(fields),
    permissions: where,
    validation: null,
    presets: null,
  };
}

export function create(collection: string, fields: string): Permission {
  return {
    collection,
    action: 'create',
    fields: words(fields),
    permissions: EVERY_ROW,
    validation: null,
    presets: null,
  };
}

export function update(collection: string, fields: string, where: Filter = EVERY_ROW): Permission {
  return {
    collection,
    action: 'update',
    fields: words(fields),
    permissions: where,
    validation: null,
    presets: null,
  };
}

export function remove(collection: string, where: Filter = EVERY_ROW): Permission {
  return { collection, action: 'delete', fields: null, permissions: where, validation: null, presets: null };
}

/** Everything on every row. */
export function manage(collection: string): Permission[] {
  return [create(collection, ALL), read(collection, ALL), update(collection, ALL), remove(collection)];
}

export function both(...filters: Filter[]): Filter {
  return { _and: filters };
}

export function either(...filters: Filter[]): Filter {
  return { _or: filters };
}

/**
 * The same filter, seen from the other side of a relation: `through('order', mine)` for rows that point at my orders.
 * The relation goes inside `_and` and `_or`, the only places where the permission editor of the app shows those.
 */
export function through(relation: string, filter: Filter): Filter {
  const parts = Object.entries(filter).map(([key, value]): [string, unknown] =>
    key === '_and' || key === '_or'
      ? [key, (value as Filter[]).map((part) => through(relation, part))]
      : [relation, { [key]: value }],
  );
  return Object.fromEntries(parts);
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
