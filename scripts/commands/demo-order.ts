/** `npm run kontor -- demo-order`: buys something in a running shop, step by step. */
import { parseArgs } from 'node:util';
import {
  StepFailed,
  WALKED_PROVIDERS,
  walkThroughOrder,
  type Walk,
  type WalkedProvider,
} from '../demo-walk.ts';
import { SetupProblem } from '../prepare.mjs';
import { runningShop, type RunningShop } from './running-shop.ts';

const USAGE = `npm run kontor -- demo-order [options]

Walks through the main job of the shop that npm start runs: register, browse, cart, checkout, pay, stock, mail.

  --provider NAME    how to pay: stripe (default), paypal or flutterwave
  --product SLUG     what to buy (default: the first product that is in stock)
  --url URL          another shop; say with --emulator where the emulator of its provider is,
                     and with --inbox where its mail can be read`;

const EMULATORS = {
  stripe: 'emulator_url',
  paypal: 'paypal_emulator_url',
  flutterwave: 'flutterwave_emulator_url',
} as const satisfies Record<WalkedProvider, keyof RunningShop>;

/** `kontor demo-order`: exit code 0 when every step saw what it should, 1 with the reason at the first that did not. */
export async function run(args: string[]): Promise<number> {
  const where = placesOf(args);
  console.log(`Buying in ${where.url}, paying with ${where.provider}\n`);
  return await printWalk({ ...where, log: (line) => console.log(line) });
}

/** Walks and prints each step. @returns the exit code */
export async function printWalk({
  log,
  ...walk
}: Omit<Walk, 'onStep'> & { log: (line: string) => void }): Promise<number> {
  try {
    const order = await walkThroughOrder({
      ...walk,
      onStep: (step, seen) => log(`  ✓ ${step.padEnd(24)} ${seen}`),
    });
    log(
      `\n${order.number} is paid. See it in the admin app: ${walk.url}/admin/content/orders/${order.order}`,
    );
    if (walk.inbox_url) log(`Its mails: ${walk.inbox_url}`);
    const [other, another] = WALKED_PROVIDERS.filter((name) => name !== walk.provider);
    log(`Pay another way: npm run kontor -- demo-order --provider ${other} (or ${another})`);
    return 0;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    log(`  ✗ ${error.step.padEnd(24)} ${error.message}`);
    return 1;
  }
}

/** @throws SetupProblem with what to do when there is no shop to walk through */
function placesOf(args: string[]): Omit<Walk, 'onStep'> {
  const { provider, product, url, emulator, inbox } = readArguments(args);
  const running = url === undefined ? runningShop() : null;
  if (url === undefined && !running)
    throw new SetupProblem('No shop is running. Start one with npm start, or name one with --url.');
  const emulator_url = emulator ?? running?.[EMULATORS[provider]];
  if (!emulator_url) {
    throw new SetupProblem(
      'The walk pays on the page of a payment emulator. This shop has none: say where it is with --emulator, or start the shop without keys of payment providers.',
    );
  }
  return {
    url: trimmed(url ?? running?.public_url ?? ''),
    provider,
    emulator_url: trimmed(emulator_url),
    inbox_url: inbox ?? running?.inbox_url ?? null,
    product: product ?? null,
  };
}

function readArguments(args: string[]) {
  try {
    const { values } = parseArgs({
      // As people write it who put a second `--` before the options.
      args: args[0] === '--' ? args.slice(1) : args,
      options: {
        provider: { type: 'string', default: 'stripe' },
        product: { type: 'string' },
        url: { type: 'string' },
        emulator: { type: 'string' },
        inbox: { type: 'string' },
      },
    });
    for (const address of [values.url, values.emulator, values.inbox]) {
      if (address !== undefined && !URL.canParse(address))
        throw new Error(`"${address}" is not a URL such as http://127.0.0.1:8055.`);
    }
    const provider = WALKED_PROVIDERS.find((name) => name === values.provider);
    if (!provider) throw new Error(`"${values.provider}" is none of ${WALKED_PROVIDERS.join(', ')}.`);
    return { ...values, provider };
  } catch (error) {
    throw new SetupProblem(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
