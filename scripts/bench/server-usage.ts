/** What processes take, as Linux counts it; zero elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Ticks a second in which /proc counts. */
const TICKS = 100;

/** A process and all it started. */
function treeOf(root: number): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function statOf(pid: number): { parent: number; cpu_ms: number; ended_ms: number } | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ms = (at: number) => (((fields[at] ?? 0) + (fields[at + 1] ?? 0)) / TICKS) * 1000;
  return { parent: fields[1] ?? 0, cpu_ms: ms(11), ended_ms: ms(13) };
}

/** Milliseconds of processor time, of children that have ended too. */
export function cpuOf(root: number): number {
  return treeOf(root).reduce((sum, pid) => {
    const stat = statOf(pid);
    return sum + (stat ? stat.cpu_ms + (pid === root ? stat.ended_ms : 0) : 0);
  }, 0);
}

/** Megabytes in memory. */
export function residentOf(root: number): number {
  const kilobytes = treeOf(root).reduce(
    (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0),
    0,
  );
  return Math.round(kilobytes / 1024);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended since it was listed.
    return null;
  }
}
