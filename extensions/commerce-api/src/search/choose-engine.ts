/**
 * Meilisearch where the shop has one and it is well, PostgreSQL for everything else. What is known of its health lives in this process and
 * is shared with no other.
 */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleType } from 'cockatiel';
import type { Log, Shop } from '../platform/shop.ts';
import { SearchEngineError, type Meilisearch } from '../providers/search-meilisearch.ts';
import type { SearchEngine } from '../providers/search.ts';
import { meilisearchEngine } from './meilisearch-engine.ts';
import { postgresEngine } from './postgres-engine.ts';
import { exposeSearchMetrics } from './search-metrics.ts';

export interface EngineHealth {
  is_well: boolean;
  /** Answers since the process began. */
  answered: number;
  /** What PostgreSQL answered in its place. */
  fallen_back: number;
  failures: number;
}

export interface EngineOptions {
  /** How long nobody asks an engine that failed several times in a row. */
  pause_ms?: number;
  /** Milliseconds of a clock that is never set back. */
  now?: () => number;
}

const FAILURES_IN_A_ROW = 3;
const PAUSE_MS = 5_000;

export interface ChosenEngine {
  /** Runs a question with one engine, and with the other when the first fails. */
  ask: <Answer>(first: () => Promise<Answer>, second: () => Promise<Answer>) => Promise<Answer>;
  health: () => EngineHealth;
}

/**
 * A question goes to Meilisearch, and to PostgreSQL when that fails or takes too long; its caller does not notice. After some failures in
 * a row nobody asks for a while; then one question tries whether it is well again, while others are still answered by PostgreSQL.
 * Each change is logged once. Our own mistakes, and PostgreSQL's, are thrown.
 */
export function guardEngine(
  log: Log,
  { pause_ms = PAUSE_MS, now = () => performance.now() }: EngineOptions = {},
): ChosenEngine {
  const health: EngineHealth = { is_well: true, answered: 0, fallen_back: 0, failures: 0 };
  let open_until = 0;
  const breaker = circuitBreaker(handleType(SearchEngineError), {
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    // The pause is kept here: cockatiel's goes by the wall clock, which may be set back.
    halfOpenAfter: Number.NEGATIVE_INFINITY,
  });
  breaker.onBreak(() => (open_until = now() + pause_ms));

  /** Cockatiel would let others wait for the one question that tries. */
  const isAsked = () =>
    breaker.state === CircuitState.Closed || (breaker.state === CircuitState.Open && now() >= open_until);

  return {
    async ask(first, second) {
      if (isAsked()) {
        try {
          const answer = await breaker.execute(() => first());
          health.answered += 1;
          if (!health.is_well) log.info({ engine: 'meilisearch' }, 'Meilisearch answers searches again');
          health.is_well = true;
          return answer;
        } catch (error) {
          if (!(error instanceof SearchEngineError)) throw error;
          health.failures += 1;
          if (health.is_well) report(log, error);
          health.is_well = false;
        }
      }
      health.fallen_back += 1;
      return second();
    },
    health: () => ({ ...health }),
  };
}

function report(log: Log, error: SearchEngineError): void {
  const { code, cause } = error;
  const fields = { engine: 'meilisearch', code, ...(cause !== undefined && { cause }) };
  if (error.fault === 'missing')
    log.warn(
      fields,
      'Meilisearch has no index of this version, so PostgreSQL searches. Build it: npm run kontor -- reindex',
    );
  else log.warn(fields, `${error.message}, so PostgreSQL searches`);
}

const guards = new WeakMap<Meilisearch, ChosenEngine>();

/** The engine shoppers are answered by. */
export function searchEngine(shop: Shop): SearchEngine {
  const postgres = postgresEngine(shop);
  const engine = shop.providers.search;
  if (!engine) return postgres;
  let guard = guards.get(engine);
  if (!guard) {
    guard = guardEngine(shop.log);
    guards.set(engine, guard);
    exposeSearchMetrics(guard.health);
  }
  return chooseEngine(guard, meilisearchEngine(shop, engine, postgres), postgres);
}

export function chooseEngine(guard: ChosenEngine, first: SearchEngine, second: SearchEngine): SearchEngine {
  return {
    name: first.name,
    search: (wanted) =>
      guard.ask(
        () => first.search(wanted),
        () => second.search(wanted),
      ),
    suggest: (wanted) =>
      guard.ask(
        () => first.suggest(wanted),
        () => second.suggest(wanted),
      ),
  };
}
