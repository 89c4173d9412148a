/** A component as Vue nests them; its own type would drag the whole of Vue into the tests. */
export interface Nested {
  props: Record<string, unknown>;
  parent: Nested | null;
}

/**
 * The row a display is drawn for. Directus tells a display its value but not its row; the table row and the template around
 * it have the row as their `item`. It counts only when it carries this value in this field, so that a display inside a
 * related item never takes the outer row for its own. A template draws a display for each value of a list.
 */
export function rowAround(instance: unknown, field: string, value: unknown): Record<string, unknown> | null {
  for (let around = instance as Nested | null; around; around = around.parent) {
    const item = around.props['item'];
    if (item === null || typeof item !== 'object' || !(field in item)) continue;
    const row = item as Record<string, unknown>;
    const own = row[field];
    if (own === value || (Array.isArray(own) && own.includes(value))) return row;
  }
  return null;
}
