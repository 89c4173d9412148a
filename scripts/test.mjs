// npm test: prepares the machine like npm start, then runs the suites. Arguments go to vitest.
import { fail, prepare, ROOT, runNode } from './prepare.mjs';
import { join } from 'node:path';

try {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  process.exit(await runNode(prepare(), [vitest, 'run', ...process.argv.slice(2)], { ...process.env, NODE_ENV: 'test' }));
} catch (error) {
  fail(error);
}
