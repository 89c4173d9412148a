/** How many requests were refused, by class, in Directus' registry, as its `/metrics` tells it. */
import { Counter, register } from 'prom-client';
import { RATE_CLASSES, type RateClass } from './rate-classes.ts';

const NAME = 'kontor_rate_limited_total';

/** @returns what counts one */
export function exposeRateMetrics(): (of: RateClass) => void {
  // In place of one an earlier load of the bundle left there.
  register.removeSingleMetric(NAME);
  const metric = new Counter({
    name: NAME,
    help: 'Requests refused because there were too many of their class from their address',
    labelNames: ['class'],
    registers: [register],
  });
  for (const name of RATE_CLASSES) metric.inc({ class: name }, 0);
  return (name) => metric.inc({ class: name });
}
