// npm test: prepares the machine like npm start, then runs the suites. Arguments go to vitest; with --coverage the servers that
// tests start are measured too.
import { fail, prepare, ROOT, runNode } from './prepare.mjs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

try {
  const args = process.argv.slice(2);
  const node = prepare();
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const isMeasured = args.includes('--coverage');
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    // What V8 made of the sources is kept for the processes to come. Code from a cache is measured less exactly, hence not with it.
    ...(!isMeasured && { NODE_COMPILE_CACHE: join(ROOT, '.kontor', 'compile-cache') }),
  };
  if (isMeasured) {
    rmSync(join(ROOT, 'coverage'), { recursive: true, force: true });
    env.SERVER_COVERAGE = join(ROOT, 'coverage', 'servers');
  }
  const tests = await runNode(node, [vitest, 'run', ...args], env);
  const coverage = isMeasured ? await runNode(node, [join(ROOT, 'scripts', 'coverage.ts')]) : 0;
  process.exit(tests || coverage);
} catch (error) {
  fail(error);
}
