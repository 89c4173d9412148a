/**
 * Runs the emulator as a process of its own:
 * `node scripts/emulators/stripe/main.ts --port 4242 --webhook-url http://… --webhook-secret whsec_… --state-file f.json`
 * It ends on SIGINT, on SIGTERM, and with the process that forked it.
 */
import { parseArgs } from 'node:util';
import { startStripeEmulator } from './server.ts';

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string' },
    'state-file': { type: 'string' },
  },
});

const port = Number(flags.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  fail(`--port takes a number up to 65535, not ${flags.port}`);

try {
  const emulator = await startStripeEmulator({
    port,
    webhook_url: flags['webhook-url'],
    webhook_secret: flags['webhook-secret'],
    state_file: flags['state-file'],
  });
  const stop = () => void emulator.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  console.log(emulator.url);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
