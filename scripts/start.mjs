// npm start: from a fresh clone to a running shop. The work is in start-shop.ts, once Node 22 is there to run it.
import { fail, prepare, runNode } from './prepare.mjs';

try {
  process.exit(await runNode(prepare(), ['scripts/start-shop.ts', ...process.argv.slice(2)]));
} catch (error) {
  fail(error);
}
