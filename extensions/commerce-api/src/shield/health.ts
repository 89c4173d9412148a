/**
 * Whether this process should be sent requests. Asked of the database at most once a second, however often somebody asks here, and
 * over a connection of its own: a pool that is busy is no reason to send everybody elsewhere.
 */
import type { Log } from '../platform/shop.ts';
import type { SetUp } from './health-queries.ts';

/** `warn`: it answers, but the storefront cache is not told of changes, so every list is made anew. */
export type HealthStatus = 'ok' | 'warn' | 'error';

export interface Health {
  read: () => Promise<HealthStatus>;
  /** Whether the storefront cache hears of changes; where nothing listens, nobody says so. */
  setListening: (is_listening: boolean) => void;
  /** The process ends: `error` from now on. */
  close: () => void;
}

export interface HealthParts {
  log: Log;
  /** Versions of Directus' migrations that must have run. */
  required_versions: readonly string[];
  /** @throws Error when the database does not answer */
  readSetUp: () => Promise<SetUp>;
  now?: () => number;
}

/** What `npm run kontor -- setup` does, by the names it keeps in its ledger. */
export const SETUP_STEPS = ['Directus', 'schema', 'SQL objects', 'jobs', 'access rules', 'reference data'];

const KEPT_MS = 1_000;

export function watchHealth({ log, required_versions, readSetUp, now = Date.now }: HealthParts): Health {
  let is_listening = true;
  let is_closed = false;
  let problem: string | null = null;
  let asked_at = -Infinity;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    const found = await readSetUp().then(missingOf, (error: unknown) => {
      if (problem === null) log.error({ err: error }, 'The database does not answer');
      return 'the database does not answer';
    });
    if (found !== problem) {
      if (found === null) log.info({}, 'The shop is ready');
      else log.error({}, `The shop is not ready: ${found}`);
    }
    problem = found;
    asked_at = now();
    asking = null;
  }

  function missingOf({ versions, steps }: SetUp): string | null {
    const version = required_versions.find((each) => !versions.includes(each));
    if (version !== undefined) return `the migration ${version} of Directus has not run`;
    const step = SETUP_STEPS.find((each) => !steps.includes(each));
    return step === undefined ? null : `the step “${step}” of the set-up has not run`;
  }

  return {
    async read() {
      if (is_closed) return 'error';
      if (now() - asked_at >= KEPT_MS) await (asking ??= ask());
      if (is_closed || problem !== null) return 'error';
      return is_listening ? 'ok' : 'warn';
    },
    setListening: (is_up) => (is_listening = is_up),
    close: () => (is_closed = true),
  };
}
