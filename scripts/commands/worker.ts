import { buildExtensions } from '../build.ts';
import { startWorkerProcess } from '../directus.ts';
import { pendingSteps } from '../setup.ts';
import { SetupProblem } from '../prepare.mjs';
import { openShop } from './open-shop.ts';

/** `kontor worker`: until SIGTERM or Ctrl-C. Servers beside it run with JOBS=off, or take jobs as well. */
export async function run(): Promise<number> {
  const log = (line: string) => console.log(line);
  const { env, close } = await openShop();
  try {
    const pending = await pendingSteps(env);
    if (pending.length > 0) {
      throw new SetupProblem(`The database is not what the sources say (${pending.join(', ')}). Run npm run kontor -- setup first.`);
    }
    await buildExtensions({ log });
    const child = await startWorkerProcess(env, (chunk) => process.stdout.write(chunk));
    const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
    let isStopping = false;
    const stop = () => {
      // A terminal and npm may both tell us; a second SIGTERM would cut the jobs short.
      if (isStopping) return;
      isStopping = true;
      log('Stopping: jobs in progress are being finished …');
      child.kill('SIGTERM');
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
    log('Taking jobs. Ctrl-C stops.');
    return await ended;
  } finally {
    await close();
  }
}
