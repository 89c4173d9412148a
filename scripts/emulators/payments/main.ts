/**
 * Runs the emulators of all payment providers in one process, each on a port of its own, and prints their addresses as JSON:
 * `node scripts/emulators/payments/main.ts --webhooks http://…/webhooks --stripe-secret whsec_… --paypal-id … --flutterwave-hash …
 * --state-folder FOLDER`
 * It ends on SIGINT, on SIGTERM, and with the process that forked it.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startFlutterwaveEmulator } from '../flutterwave/server.ts';
import { startPayPalEmulator } from '../paypal/server.ts';
import { startStripeEmulator } from '../stripe/server.ts';

const { values: flags } = parseArgs({
  options: {
    /** Where the shop takes events, without the provider's name. Left out: events are only listed. */
    webhooks: { type: 'string' },
    'stripe-secret': { type: 'string' },
    'paypal-id': { type: 'string' },
    'flutterwave-hash': { type: 'string' },
    /** Left out: everything is forgotten at the end. */
    'state-folder': { type: 'string' },
  },
});

const about = (provider: string) => ({
  port: 0,
  webhook_url: flags.webhooks && `${flags.webhooks}/${provider}`,
  state_file: flags['state-folder'] && join(flags['state-folder'], `${provider}-emulator.json`),
});

try {
  const emulators = await Promise.all([
    startStripeEmulator({ ...about('stripe'), webhook_secret: flags['stripe-secret'] }),
    startPayPalEmulator({ ...about('paypal'), webhook_id: flags['paypal-id'] }),
    startFlutterwaveEmulator({ ...about('flutterwave'), secret_hash: flags['flutterwave-hash'] }),
  ]);
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    void Promise.all(emulators.map((emulator) => emulator.close())).then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, stop);
  const [stripe, paypal, flutterwave] = emulators.map(({ url }) => url);
  console.log(JSON.stringify({ stripe, paypal, flutterwave }));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
