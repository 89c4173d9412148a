/** The plain BM25 that the README of the data measured, measured again: SQLite's FTS5 over the same fields with the same weights. */
import { DatabaseSync } from 'node:sqlite';
import type { JudgedShop } from './relevance-data.ts';

/** @returns what finds the keys of products, best first */
export function baselineOf({ baseline }: JudgedShop): (query: string) => string[] {
  const { fields, weights } = baseline;
  const db = new DatabaseSync(':memory:');
  const columns = fields[0]?.texts.map((_, index) => `f${index}`).join(', ');
  db.exec(`create virtual table products using fts5(key unindexed, ${columns}, tokenize = 'porter')`);
  const insert = db.prepare(`insert into products values (?, ${weights.map(() => '?').join(', ')})`);
  db.exec('begin');
  for (const { key, texts } of fields) insert.run(key, ...texts);
  db.exec('commit');
  const select = db.prepare(
    `select key from products where products match ? order by bm25(products, 0, ${weights.join(', ')}) limit 50`,
  );
  return (query) => {
    const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const found = select.all(words.map((word) => `"${word}"`).join(' OR '));
    return found.map((each) => String(each['key']));
  };
}
