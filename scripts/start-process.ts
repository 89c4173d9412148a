import { existsSync, readFileSync } from 'node:fs';

/**
 * Whether a process that wrote down its number is still an `npm start`. Numbers are given out again, after a restart of the
 * machine or the container above all: what another program has by now says nothing.
 */
export function isStartProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const words = `/proc/${pid}/cmdline`;
  return !existsSync(words) || readFileSync(words, 'utf8').includes('start-shop.ts');
}
