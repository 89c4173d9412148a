/** What bringing a database to the snapshot would do, from the differences Directus finds. */

interface Change {
  /** deep-diff's: new, deleted, edited, an element of an array. */
  kind: 'N' | 'D' | 'E' | 'A';
  path?: (string | number)[];
  lhs?: unknown;
  rhs?: unknown;
}

export interface Entry {
  collection: string;
  field?: string;
  diff: Change[];
}

const PARTS = ['collections', 'fields', 'systemFields', 'relations'] as const;
export type SnapshotDiff = Record<(typeof PARTS)[number], Entry[]>;

export interface SchemaPlan {
  adds: string[];
  changes: string[];
  /** What the database has and the snapshot does not: stays. */
  keeps: string[];
}

interface Named {
  collection: string;
  field: string;
}

/**
 * The differences without everything that would remove something: merchants and developers add collections, fields and indexes
 * of their own in the admin app.
 */
export function additive(
  full: SnapshotDiff,
  wanted: { fields: Named[]; systemFields?: Named[] },
): SnapshotDiff {
  const names = (list: Named[], entry: Entry) =>
    list.some((each) => each.collection === entry.collection && each.field === entry.field);
  // A column in the place of an alias is told as a removal and an addition; an alias holds nothing.
  const isReplacedAlias = (entry: Entry) =>
    (entry.diff[0]?.lhs as { type?: string } | undefined)?.type === 'alias' && names(wanted.fields, entry);
  return {
    collections: full.collections.filter((entry) => !removes(entry)),
    fields: full.fields.filter((entry) => !removes(entry) || isReplacedAlias(entry)),
    systemFields: full.systemFields.filter((entry) => names(wanted.systemFields ?? [], entry)),
    relations: full.relations.filter((entry) => !removes(entry)),
  };
}

/** @param full what Directus found  @param applied what of it is going to be done */
export function planOf(full: SnapshotDiff, applied: SnapshotDiff): SchemaPlan {
  const entries = PARTS.flatMap((part) => applied[part].map((entry) => ({ part, entry })));
  const kept = PARTS.flatMap((part) =>
    full[part].filter((entry) => !applied[part].includes(entry)).map((entry) => nameOf(part, entry)),
  );
  return {
    adds: entries.filter(({ entry }) => adds(entry)).map(({ part, entry }) => nameOf(part, entry)),
    changes: entries
      .filter(({ entry }) => !adds(entry))
      .map(({ part, entry }) => `${nameOf(part, entry)}: ${entry.diff.map(described).join(', ')}`),
    keeps: kept,
  };
}

function removes({ diff }: Entry): boolean {
  return diff[0]?.kind === 'D' && isWhole(diff[0]);
}

function adds({ diff }: Entry): boolean {
  return diff[0]?.kind === 'N' && isWhole(diff[0]);
}

function isWhole({ path = [] }: Change): boolean {
  return path.length === 0;
}

function nameOf(part: (typeof PARTS)[number], { collection, field }: Entry): string {
  if (part === 'collections') return `collection ${collection}`;
  return `${part === 'relations' ? 'relation' : 'field'} ${collection}.${field}`;
}

function described({ kind, path = [], lhs, rhs }: Change): string {
  const place = path.join('.');
  if (kind === 'A') return `${place} (list)`;
  return `${place} ${short(lhs)} → ${short(rhs)}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
