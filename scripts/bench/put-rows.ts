/** Rows in bulk where triggers are to see them: as JSON, a few thousand a statement. */
import type pg from 'pg';

const AT_ONCE = 2_000;

/** All rows have the columns of the first. */
export async function putRows(db: pg.Client, table: string, rows: readonly object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
    .map((name) => `"${name}"`)
    .join(', ');
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    await db.query(
      `insert into "${table}" (${columns}) select ${columns} from json_populate_recordset(null::"${table}", $1)`,
      [JSON.stringify(rows.slice(start, start + AT_ONCE))],
    );
  }
}
