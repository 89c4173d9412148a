// Runs one of our scripts with Node 22 whatever Node npm was started with: node scripts/run.mjs SCRIPT [ARGUMENT …]
import { fail, prepare, runNode } from './prepare.mjs';

try {
  process.exit(await runNode(prepare(), process.argv.slice(2)));
} catch (error) {
  fail(error);
}
