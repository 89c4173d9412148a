/** SQL of how far the jobs of recommendations are. */
import { changed, row, type Queryable, type Transaction } from '../platform/database.ts';

export async function readProgress<State>(db: Queryable, job: string): Promise<State | null> {
  const found = await row<{ state: State }>(
    db,
    'select state from commerce.recommendation_progress where job = ?',
    [job],
  );
  return found?.state ?? null;
}

/** The same, kept from others until the transaction ends. */
export async function lockProgress<State>(trx: Transaction, job: string): Promise<State | null> {
  const found = await row<{ state: State }>(
    trx,
    'select state from commerce.recommendation_progress where job = ? for update',
    [job],
  );
  return found?.state ?? null;
}

export async function writeProgress(db: Queryable, job: string, state: object): Promise<void> {
  await changed(
    db,
    `insert into commerce.recommendation_progress (job, state) values (?, ?::jsonb)
     on conflict (job) do update set state = excluded.state, updated_at = now()`,
    [job, JSON.stringify(state)],
  );
}

export async function forgetProgress(db: Queryable, job: string): Promise<void> {
  await changed(db, 'delete from commerce.recommendation_progress where job = ?', [job]);
}
