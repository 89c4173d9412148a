/** How busy the process is and whom it refused, in Directus' registry, as its `/metrics` tells it. */
import { Counter, Gauge, register, type Metric } from 'prom-client';
import type { Gate } from './overload-gate.ts';
import { WORK_CLASSES } from './work-classes.ts';

export interface LoadFigures {
  gate: Gate;
  loop_delay_ms: () => number;
  loop_utilization: () => number;
  waiting: () => number;
  cut: Readonly<Record<string, number>>;
}

export function exposeLoadMetrics(figures: LoadFigures): void {
  const { gate, cut } = figures;
  const refused = new Counter({
    name: 'kontor_overload_refused_total',
    help: 'Requests refused because the process was busy, by how much they are worth',
    labelNames: ['work'],
    registers: [],
    collect() {
      this.reset();
      for (const work of WORK_CLASSES) this.inc({ work }, gate.refused[work]);
    },
  });
  const cuts = new Counter({
    name: 'kontor_slow_clients_cut_total',
    help: 'Connections ended because a body did not arrive, or an answer was not read',
    labelNames: ['reason'],
    registers: [],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(cut)) this.inc({ reason }, count);
    },
  });
  const gauges = {
    requests_in_flight: ['Requests past the cache that are being answered', gate.in_flight],
    overload_pressure: [
      'Largest share used of any limit: lists are refused from 0.5 on, checkouts from 1',
      gate.pressure,
    ],
    event_loop_delay_milliseconds: ['How late the event loop is', figures.loop_delay_ms],
    event_loop_busy_ratio: ['Part of the time that the event loop is busy', figures.loop_utilization],
    database_waiting: ['Statements and transactions that wait for a connection', figures.waiting],
  } as const;
  const metrics: Metric[] = [
    refused,
    cuts,
    ...Object.entries(gauges).map(
      ([name, [help, value]]) =>
        new Gauge({
          name: `kontor_${name}`,
          help,
          registers: [],
          collect() {
            this.set(value());
          },
        }),
    ),
  ];
  for (const metric of metrics) addMetric(metric);
}

/** In place of one an earlier load of the bundle left there. */
function addMetric(metric: Metric): void {
  const { name } = metric as unknown as { name: string };
  register.removeSingleMetric(name);
  register.registerMetric(metric);
}
