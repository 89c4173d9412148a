/** Keeps an emulator's memory in a file, so that it survives a restart. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type StateFile<State> = {
  /** Writes soon; many calls in a row make one write. */
  save(): void;
  /** Writes now, if anything is waiting to be written. */
  flush(): void;
  /** What was last written, or undefined on a first start. @throws when the file is damaged. */
  load(): State | undefined;
};

const SHORTEST_PAUSE_MS = 50;
/** Large books take long to write: at most a fifth of the time goes into it. */
const PAUSES_PER_WRITE = 4;

/**
 * `snapshot` is called when a write is due. A write goes to a file beside it and is then renamed over it, so a killed
 * process leaves the old state or the new one, a moment behind.
 */
export function openStateFile<State>(path: string, snapshot: () => State): StateFile<State> {
  let timer: NodeJS.Timeout | undefined;
  let last_write_ms = 0;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const started_ms = performance.now();
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}.draft`;
    writeFileSync(draft, JSON.stringify(snapshot()), { mode: 0o600 });
    renameSync(draft, path);
    last_write_ms = performance.now() - started_ms;
  }

  return {
    save() {
      timer ??= setTimeout(write, Math.max(SHORTEST_PAUSE_MS, last_write_ms * PAUSES_PER_WRITE));
    },
    flush() {
      if (timer !== undefined) write();
    },
    load() {
      if (!existsSync(path)) return undefined;
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as State;
      } catch (cause) {
        throw new Error(`The state file ${path} is damaged. Delete it to start with empty books.`, { cause });
      }
    },
  };
}
