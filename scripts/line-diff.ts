/** What differs between two long texts that are mostly the same, for people to read. */

export interface DiffOptions {
  /** Unchanged lines shown around a difference. */
  context?: number;
  /** Lines shown at most; the rest is counted. */
  limit?: number;
}

/** How far behind a difference the texts may go on alike, and how many lines must agree to count as going on. */
const WINDOW = 400;
const AGREEING = 3;

interface Hunk {
  before_at: number;
  removed: string[];
  added: string[];
}

/**
 * Lines to print, `-` for what only `before` has and `+` for what only `after` has; empty when the texts are equal byte by byte.
 * Greedy rather than minimal: cost grows with the differences, not with the texts.
 */
export function lineDiff(
  before: string,
  after: string,
  { context = 3, limit = 80 }: DiffOptions = {},
): string[] {
  if (before === after) return [];
  const lines = before.split('\n');
  const shown: string[] = [];
  for (const { before_at, removed, added } of hunksOf(lines, after.split('\n'))) {
    shown.push(`@@ line ${before_at + 1}`);
    shown.push(...lines.slice(Math.max(0, before_at - context), before_at).map((line) => `  ${line}`));
    shown.push(...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`));
    const end = before_at + removed.length;
    shown.push(...lines.slice(end, end + context).map((line) => `  ${line}`));
  }
  return shown.length > limit
    ? [...shown.slice(0, limit), `… and ${shown.length - limit} more lines`]
    : shown;
}

function hunksOf(before: string[], after: string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let [b, a] = [0, 0];
  while (b < before.length || a < after.length) {
    if (before[b] === after[a]) {
      b += 1;
      a += 1;
      continue;
    }
    const skip = resume(before, after, b, a) ?? { before: before.length - b, after: after.length - a };
    hunks.push({
      before_at: b,
      removed: before.slice(b, b + skip.before),
      added: after.slice(a, a + skip.after),
    });
    b += skip.before;
    a += skip.after;
  }
  return hunks;
}

/** The fewest lines to leave out on both sides until they agree again. */
function resume(
  before: string[],
  after: string[],
  b: number,
  a: number,
): { before: number; after: number } | null {
  for (let skipped = 1; skipped <= WINDOW; skipped += 1) {
    for (let fromBefore = 0; fromBefore <= skipped; fromBefore += 1) {
      const fromAfter = skipped - fromBefore;
      if (agree(before, after, b + fromBefore, a + fromAfter))
        return { before: fromBefore, after: fromAfter };
    }
  }
  return null;
}

/** Past both ends counts as agreeing, past one end does not. */
function agree(before: string[], after: string[], b: number, a: number): boolean {
  if (b > before.length || a > after.length) return false;
  for (let step = 0; step < AGREEING; step += 1) if (before[b + step] !== after[a + step]) return false;
  return true;
}
