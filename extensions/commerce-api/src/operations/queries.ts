/** SQL on what runs in the background. */
import { changed, row, rows, type Queryable } from '../platform/database.ts';

export interface FailedJob {
  id: string;
  name: string;
  attempts: number;
  last_error: string | null;
  created_at: Date;
  failed_at: Date;
}

/** Jobs that have used up their attempts, newest first. Their payloads stay inside: a mail's may hold a token. */
export function failedJobs(db: Queryable, limit: number): Promise<FailedJob[]> {
  return rows<FailedJob>(
    db,
    `select j.id::text as id, t.identifier as name, j.attempts, j.last_error, j.created_at, j.updated_at as failed_at
     from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where j.attempts >= j.max_attempts and j.locked_at is null
     order by j.updated_at desc limit ?`,
    [limit],
  );
}

/** Gives a failed job its attempts back and makes it due now. @returns whether there was one */
export async function retryJob(db: Queryable, id: string): Promise<boolean> {
  const given = await row(
    db,
    `select id from graphile_worker.reschedule_jobs(array[?]::bigint[], run_at := now(), attempts := 0)`,
    [id],
  );
  return given !== undefined;
}

/** Puts a stored webhook event back to `received`. @returns whether there was one */
export async function reopenWebhookEvent(db: Queryable, id: string): Promise<boolean> {
  return (
    (await changed(db, `update webhook_events set status = 'received', error = null where id = ?`, [id])) > 0
  );
}
