/** Reading through relations: whatever hangs on a row shows the rows and fields its own collection would, and no others. */
import { told, type Cell } from './cells.ts';
import { collections, rightsOf, rowsIn, type Matrix } from './matrix.ts';
import { fieldsOf, keyOf, pathOf } from './model.ts';
import { fieldsIn, type Role } from './read-table.ts';

/** What hangs on the rows of a collection, two levels deep, as wide as the role may ask. */
export function nestedReads(matrix: Matrix, collection: string, role: Role): Cell[] {
  const readable = fieldsIn(rightsOf(collection, role).reads);
  const relations = fieldsOf(collection).filter(({ name, to }) => to !== null && readable.has(name));
  if (relations.length === 0) return [];
  return [
    {
      name: `${role} on ${collection}: what hangs on it`,
      size: relations.length,
      async check() {
        const answer = await matrix.ask(role, 'GET', `${pathOf(collection)}?limit=3&fields=*,*.*`);
        if (answer.status !== 200) return [told(answer)];
        const rows = [answer.json.data as unknown].flat();
        return [...new Set(rows.flatMap((row) => strayIn(matrix, collection, role, row)))];
      },
    },
  ];
}

/** Fields and rows in an answer that the role may not read where they come from. */
function strayIn(matrix: Matrix, collection: string, role: Role, value: unknown): string[] {
  // What Directus says of its collections and fields is no row of anybody's.
  if (value === null || typeof value !== 'object' || !collections.includes(collection)) return [];
  const row = value as Record<string, unknown>;
  const { reads } = rightsOf(collection, role);
  const readable = fieldsIn(reads);
  const stray = Object.keys(row)
    .filter((name) => !readable.has(name))
    .map((name) => `shows ${collection}.${name}`);
  const key = row[keyOf(collection)];
  const isRow = typeof key === 'string' || typeof key === 'number';
  if (isRow && !rowsIn(matrix, collection, role, reads).has(String(key)))
    stray.push(`shows ${collection} ${key}`);
  const within = fieldsOf(collection).flatMap(({ name, to }) =>
    to === null ? [] : [row[name]].flat().flatMap((inner) => strayIn(matrix, to, role, inner)),
  );
  return [...stray, ...within];
}
