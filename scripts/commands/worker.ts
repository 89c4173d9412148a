import { buildExtensions } from '../build.ts';
import { startWorkerProcess } from '../directus.ts';
import { requireSetUp } from '../setup.ts';
import { inForeground } from './in-foreground.ts';
import { withShop } from './open-shop.ts';

/** `kontor worker`: until SIGTERM or Ctrl-C. Servers beside it run with JOBS=off, or take jobs as well. */
export async function run(): Promise<number> {
  const log = (line: string) => console.log(line);
  return withShop(async ({ env }) => {
    await requireSetUp(env);
    await buildExtensions({ log });
    const child = await startWorkerProcess(env, (chunk) => process.stdout.write(chunk));
    log('Taking jobs. Ctrl-C stops.');
    return await inForeground(child, 'Stopping: jobs in progress are being finished …');
  });
}
