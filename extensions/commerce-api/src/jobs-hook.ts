/** Background work: the worker in this process, and the clock that enqueues what is due. */
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { jobHandlers } from './job-handlers.ts';
import { keepRefreshing } from './listings/keep-refreshing.ts';
import { poolBeside } from './platform/database.ts';
import { enqueue, startWorker, type JobName } from './platform/jobs.ts';
import { listen } from './platform/listen.ts';

interface HookRegister {
  init: (event: string, handler: () => Promise<void>) => void;
  filter: (event: string, handler: () => Promise<void>) => void;
  schedule: (cron: string, handler: () => Promise<void>) => void;
}

/** Every minute, every ten, every hour, and once a day at an hour when few shop. */
const CLOCK: {
  cron: string;
  job:
    | 'expire-unpaid-orders'
    | 'refresh-listings'
    | 'sync-unsettled-payments'
    | 'compare-with-providers'
    | 'watch-authorisations'
    | 'send-stock-notices'
    | 'find-abandoned-carts'
    | 'refresh-popularity'
    | 'refresh-similar'
    | 'compute-affinities'
    | 'sync-search-words'
    | 'clean-up';
}[] = [
  { cron: '* * * * *', job: 'expire-unpaid-orders' },
  { cron: '* * * * *', job: 'refresh-listings' },
  { cron: '*/10 * * * *', job: 'sync-unsettled-payments' },
  { cron: '25 * * * *', job: 'compare-with-providers' },
  { cron: '50 * * * *', job: 'watch-authorisations' },
  { cron: '5-55/10 * * * *', job: 'send-stock-notices' },
  { cron: '3-53/10 * * * *', job: 'find-abandoned-carts' },
  { cron: '12 * * * *', job: 'refresh-popularity' },
  { cron: '2-57/5 * * * *', job: 'refresh-similar' },
  { cron: '* * * * *', job: 'sync-search-words' },
  { cron: '40 3 * * *', job: 'clean-up' },
  { cron: '10 4 * * *', job: 'compute-affinities' },
];

export default ({ init, filter, schedule }: HookRegister, context: DirectusContext): void => {
  const shop = directusShop(context);

  // Emitted by the server and by the worker process, but not by Directus' CLI, which loads extensions too.
  init('app.after', async () => {
    if (shop.env.JOBS === 'off') return;
    // One connection listens, one shows that we live, the others fetch jobs: use cases take theirs from Directus' pool.
    const pool = poolBeside(context.database, { max: shop.env.JOBS_CONCURRENCY + 3 }, (error) =>
      shop.log.warn({ err: error }, 'A connection of the job worker was lost'),
    );
    const refresh = keepRefreshing(shop);
    const stopListening = listen({
      db: context.database,
      name: 'kontor listings',
      channels: ['kontor_catalog'],
      log: shop.log,
      onNotice: refresh,
      // What was said while nobody heard went unheard.
      onUp: refresh,
    });
    try {
      const runner = await startWorker(shop, pool, jobHandlers);
      for (const signal of ['SIGTERM', 'SIGINT'] as const)
        process.once(signal, () => {
          stopListening();
          void runner.stop().catch(() => undefined);
        });
      // Awaited by Directus (patched) before it takes the database away.
      filter('server.closed', () =>
        runner.stop().then(
          () => ended,
          () => ended,
        ),
      );
      const ended = runner.promise.catch((error: unknown) => {
        shop.log.error({ err: error }, 'The job worker ended');
        process.exitCode = 1;
      });
      // A process that does nothing else has nothing left to do; one that serves is ended by its server.
      if (shop.env.JOBS === 'only')
        void ended.then(() => context.database.destroy()).finally(() => process.exit());
    } catch (error) {
      shop.log.error({ err: error }, 'The job worker could not start');
      process.exit(1);
    }
  });

  for (const { cron, job } of CLOCK) {
    if (job === 'sync-search-words' && !shop.providers.search) continue;
    schedule(cron, async () => {
      if (shop.env.JOBS !== 'off') await tick(job);
    });
  }

  /** Several instances tick at once: the key makes theirs one job. */
  async function tick(job: JobName & (typeof CLOCK)[number]['job']): Promise<void> {
    const minute = Math.floor(Date.now() / 60_000);
    await enqueue(shop.db, job, {}, { job_key: `${job}:${minute}`, max_attempts: 3 });
  }
};
