import { prepared, rows, type Queryable } from '../platform/database.ts';

export interface ShownText {
  product: string;
  /** The language of the name, empty for the original. */
  code: string;
  name: string;
  description: string | null;
}

const SHOWN = prepared(`
  select p.id as product, coalesce(t.language, '') as code, coalesce(t.name, p.name) as name,
    coalesce(t.description, p.description) as description
  from products p
  left join lateral (
    select x.language, x.name, x.description from products_translations x
    where x.product = p.id and x.language = any(?::text[]) order by array_position(?::text[], x.language::text) limit 1) t on true
  where p.id = any(?::uuid[])`);

/** Names and descriptions in the first of the wanted languages that there is. */
export function shownTexts(
  db: Queryable,
  products: readonly string[],
  locales: readonly string[],
): Promise<ShownText[]> {
  return rows<ShownText>(db, SHOWN, [locales, locales, products]);
}
