/** How what guards the shop is put in front of Directus. */
import type { Express } from 'express';
import type { Log } from '../platform/shop.ts';

export interface HookRegister {
  init: (event: string, handler: (meta: { app: Express }) => void) => void;
}

export type Mount = (event: string, put: (app: Express) => void) => void;

/**
 * Directus only warns when an init hook fails; a process without its guards does not serve, so a failure ends it.
 * @param what is mounted, for the log
 */
export function mounting({ init }: HookRegister, log: Log, what: string): Mount {
  return (event, put) => {
    init(event, ({ app }) => {
      try {
        put(app);
      } catch (error) {
        log.error({ err: error }, `${what} could not be mounted`);
        process.exit(1);
      }
    });
  };
}

/** What nobody awaited must not end the process for everybody. */
export function surviveRejections(log: Log): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason }, 'A promise was rejected and nobody listened');
  });
}
