/** `npm run kontor -- rotate-secret`: carries over what depends on the SECRET before the present one. */
import { rotateSecret, type Rotated } from '../../extensions/commerce-api/src/operations/rotate-secret.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { SetupProblem } from '../prepare.mjs';
import { parseArguments } from './arguments.ts';
import { withShop } from './open-shop.ts';

const USAGE = `npm run kontor -- rotate-secret

To replace SECRET without signing anybody out or voiding a gift card:

  1. Set SECRET_PREVIOUS to the present SECRET and SECRET to a new one, for every process, and start them again.
  2. Run this with the same settings. It may run again, and while the shop serves.
  3. Remove SECRET_PREVIOUS after seven days, when the last invitation that was mailed has expired, and start the processes again.`;

const NAMES: Record<keyof Rotated, string> = {
  gift_cards: 'codes of gift cards',
  order_tokens: 'tokens of guests’ orders',
  encrypted_fields: 'encrypted values',
};

/** `kontor rotate-secret`: exit code 0 when everything is carried over, 1 when something was under a secret that is neither. */
export async function run(args: string[]): Promise<number> {
  parseArguments({ args, options: {} }, USAGE);
  return withShop(({ shop }) => rotateSecretCommand(shop, (line) => console.log(line)));
}

/** @throws SetupProblem with what to do when there is no secret to come from */
export async function rotateSecretCommand(shop: Shop, log: (line: string) => void): Promise<number> {
  if (shop.env.SECRET_PREVIOUS === '')
    throw new SetupProblem(`SECRET_PREVIOUS is not set: there is nothing to carry over.\n\n${USAGE}`);
  const rotated = await rotateSecret(shop);
  let lost = 0;
  for (const [key, name] of Object.entries(NAMES) as [keyof Rotated, string][]) {
    log(`${name}: ${rotated[key].changed} carried over`);
    if (rotated[key].lost > 0) log(`  ${rotated[key].lost} are under neither secret and stay as they are`);
    lost += rotated[key].lost;
  }
  return lost > 0 ? 1 : 0;
}
