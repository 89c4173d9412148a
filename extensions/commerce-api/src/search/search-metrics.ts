/** Who answered searches, in Directus' registry, as its `/metrics` tells it. Only where there is an engine beside PostgreSQL. */
import { Counter, register } from 'prom-client';
import type { EngineHealth } from './choose-engine.ts';

export function exposeSearchMetrics(health: () => EngineHealth): void {
  const metric = new Counter({
    name: 'kontor_search_questions_total',
    help: 'Searches answered by Meilisearch, answered by PostgreSQL in its place, and failures of Meilisearch',
    labelNames: ['outcome'],
    registers: [],
    collect() {
      this.reset();
      const { answered, fallen_back, failures } = health();
      this.inc({ outcome: 'answered' }, answered);
      this.inc({ outcome: 'fallen_back' }, fallen_back);
      this.inc({ outcome: 'failed' }, failures);
    },
  });
  // In place of one an earlier load of the bundle left there.
  register.removeSingleMetric('kontor_search_questions_total');
  register.registerMetric(metric);
}
