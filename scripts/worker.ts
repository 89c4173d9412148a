/**
 * Runs inside Directus' environment as a child process: all of Directus but the listening, so that jobs find its services and
 * flows hear of what they did. With JOBS=only the bundle's hook starts the worker, and ends this process after its last job.
 */
import { createApp } from '@directus/api';

await createApp();
process.send?.('ready');
