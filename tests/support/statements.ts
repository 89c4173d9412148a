import type { Knex } from 'knex';

/** The statements a piece of work sends, each one round trip; `BEGIN` and `COMMIT` are statements too. */
export async function countStatements<Result>(
  db: Knex,
  work: () => Promise<Result>,
): Promise<{ statements: string[]; result: Result }> {
  const statements: string[] = [];
  const note = ({ sql }: { sql: string }) => void statements.push(sql);
  db.on('query', note);
  try {
    return { result: await work(), statements };
  } finally {
    db.removeListener('query', note);
  }
}
