/** A moment as JSON carries it (ISO 8601 with its offset) or as the database driver does. */
export type Moment = string | Date;

export interface Period {
  starts_at: Moment | null;
  ends_at: Moment | null;
}

/**
 * Where `now` lies. The start belongs to the period, the end does not, so that one that ends when the next starts neither
 * overlaps nor leaves a gap; null means open. Milliseconds count.
 * @throws RangeError when a moment cannot be read.
 */
export function periodState(
  { starts_at, ends_at }: Period,
  now: Moment,
): 'not_started' | 'running' | 'ended' {
  const at = millisecondsOf(now);
  if (starts_at !== null && at < millisecondsOf(starts_at)) return 'not_started';
  if (ends_at !== null && at >= millisecondsOf(ends_at)) return 'ended';
  return 'running';
}

function millisecondsOf(moment: Moment): number {
  const milliseconds = new Date(moment).getTime();
  if (Number.isNaN(milliseconds)) throw new RangeError(`${String(moment)} is not a moment`);
  return milliseconds;
}
