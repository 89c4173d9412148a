/** Reads the tables of collections.ts and system-collections.ts. */
export type Role = 'anonymous' | 'customer' | 'vendor' | 'catalogue_staff' | 'order_staff' | 'administrator';
export const ROLES: readonly Role[] = [
  'anonymous',
  'customer',
  'vendor',
  'catalogue_staff',
  'order_staff',
  'administrator',
];

export interface Grant {
  /** `every`, `own`, or names rows are planted under. */
  rows: readonly string[];
  fields: ReadonlySet<string>;
}

/** What one role may do with one collection. An empty list is: nothing. */
export interface Rights {
  reads: Grant[];
  creates: Grant[];
  updates: Grant[];
  deletes: Grant[];
}

export type Table = Map<string, Map<Role, Rights>>;

/** @param fieldsOf all fields of a collection @throws Error for a line that does not say what it means */
export function readTable(text: string, fieldsOf: (collection: string) => readonly string[]): Table {
  const table: Table = new Map();
  let collection = '';
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    if (!line.startsWith(' ')) {
      collection = line.trim();
      if (table.has(collection)) throw new Error(`${collection} stands twice in the table`);
      table.set(collection, new Map());
      continue;
    }
    const all = fieldsOf(collection);
    const { roles, clauses } = splitLine(collection, line);
    for (const role of roles) {
      const rights = clauses === 'manages' ? everything(all) : readClauses(collection, clauses, all);
      table.get(collection)!.set(role, rights);
    }
  }
  return table;
}

export function nothing(): Rights {
  return { reads: [], creates: [], updates: [], deletes: [] };
}

export function everything(fields: readonly string[]): Rights {
  const grant = { rows: ['every'], fields: new Set(fields) };
  return { reads: [grant], creates: [grant], updates: [grant], deletes: [grant] };
}

export function fieldsIn(grants: readonly Grant[]): Set<string> {
  return new Set(grants.flatMap(({ fields }) => [...fields]));
}

function splitLine(collection: string, line: string): { roles: Role[]; clauses: string } {
  const words = line.trim().split(/\s+/);
  const roles: Role[] = [];
  while (ROLES.includes(words[0] as Role)) roles.push(words.shift() as Role);
  if (roles.length === 0) throw new Error(`${collection}: ${line.trim()} names no role`);
  return { roles, clauses: words.join(' ') };
}

function readClauses(collection: string, clauses: string, all: readonly string[]): Rights {
  const rights = nothing();
  for (const clause of clauses.split(';')) {
    const match = /^(reads|creates|updates|deletes)( [a-z+]+)?(?:: (.+))?$/.exec(clause.trim());
    const verb = match?.[1] as keyof Rights | undefined;
    if (!verb) throw new Error(`${collection}: ${clause} is no clause of the table`);
    const rows = (match?.[2] ?? ' every').trim().split('+');
    rights[verb].push({ rows, fields: readFields(collection, match?.[3] ?? '', all) });
  }
  return rights;
}

function readFields(collection: string, text: string, all: readonly string[]): Set<string> {
  const words = text.split(' ').filter(Boolean);
  const fields = new Set(words[0] === '*' ? all : []);
  for (const word of words.filter((each) => each !== '*')) {
    const field = word.replace(/^-/, '');
    if (!all.includes(field)) throw new Error(`${collection} has no field ${field}`);
    if (word.startsWith('-')) fields.delete(field);
    else fields.add(field);
  }
  return fields;
}
