import cliProgress, { type SingleBar } from 'cli-progress';

/** How far a command is, where there is a terminal; gone when it has stopped. */
export function progressBar(format: string): SingleBar {
  return new cliProgress.SingleBar({ format, hideCursor: true, clearOnComplete: true });
}
