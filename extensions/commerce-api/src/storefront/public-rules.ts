/**
 * What Directus lets everybody read, kept in step with the database. Processes share no news of it: whoever hears that it changed
 * makes Directus forget what it remembers of permissions and of its schema, in this process.
 */
import type { Log } from '../platform/shop.ts';
import type { Database } from '../platform/database.ts';
import type { Change } from './notices.ts';
import { reachOf, type ItemsQuery, type Reach, type Schema } from './public-reading.ts';
import { publicRules as readPublicRules, type PublicRule } from './queries.ts';

/** What of Directus itself is needed here. */
export interface DirectusSide {
  /** Forgets the remembered permissions and the remembered schema. */
  clearCaches: () => Promise<void>;
  /** Whether hooks or flows of a merchant's have a say in any of these events. */
  hasFilters: (events: string[]) => boolean;
  /** Whether Directus keeps answers itself, which it does not drop when we would. */
  keeps_answers: boolean;
}

export interface PublicRules {
  /** Whether an answer of Directus may be kept now. */
  mayKeep: () => boolean;
  reach: (schema: Schema, collection: string, query: ItemsQuery) => Reach | null;
  notice: (change: Change) => void;
}

const RULE_TABLES = new Set([
  'directus_permissions',
  'directus_policies',
  'directus_access',
  'directus_roles',
  'directus_collections',
  'directus_fields',
  'directus_relations',
]);

/** A request that was under way may put back what it had read before the change: it is forgotten once more. */
const ONCE_MORE_MS = 1_000;
const RETRY_MS = 500;

export function publicRules(
  db: Database,
  log: Log,
  directus: DirectusSide,
  onRefreshed: () => void,
): PublicRules {
  let rules: PublicRule[] | null = null;
  let wanted = 0;
  let is_running = false;
  let again: NodeJS.Timeout | undefined;

  function schedule(ms: number): void {
    clearTimeout(again);
    again = setTimeout(refresh, ms);
    again.unref();
  }

  function refresh(): void {
    rules = null;
    wanted += 1;
    if (!is_running) void run();
  }

  async function run(): Promise<void> {
    is_running = true;
    try {
      for (let done = 0; done !== wanted; ) {
        done = wanted;
        await directus.clearCaches();
        const found = await readPublicRules(db);
        if (done !== wanted) continue;
        rules = found.ask_for_address ? null : found.rules;
        onRefreshed();
      }
    } catch (error) {
      log.warn({ err: error }, 'What everybody may read could not be found out; trying again');
      schedule(RETRY_MS);
    } finally {
      is_running = false;
    }
  }

  return {
    mayKeep: () => rules !== null && !directus.keeps_answers,
    reach(schema, collection, query) {
      const reach = rules && reachOf(schema, rules, collection, query);
      if (!reach) return null;
      const events = ['items.query', 'items.read'];
      const hooked = [...reach.collections].flatMap((name) => events.map((event) => `${name}.${event}`));
      return directus.hasFilters(['authenticate', ...events, ...hooked]) ? null : reach;
    },
    notice(change) {
      if (change.of !== 'everything' && !(change.of === 'settings' && RULE_TABLES.has(change.table))) return;
      refresh();
      schedule(ONCE_MORE_MS);
    },
  };
}
