import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE, type Settings } from '../environment.ts';
import { isStartProcess } from '../start-process.ts';

export interface RunningShop {
  public_url: string;
  pid: number;
  /** Of Stripe; null like the others where the settings name a real provider. */
  emulator_url: string | null;
  paypal_emulator_url: string | null;
  flutterwave_emulator_url: string | null;
  inbox_url: string | null;
  /** What its stand-ins add to the environment. */
  env: Settings;
}

/** What `npm start` of this clone has started, while it runs. A crash leaves the file behind, but not the process. */
export function runningShop(): RunningShop | null {
  const file = join(STATE, 'running.json');
  if (!existsSync(file)) return null;
  const shop = JSON.parse(readFileSync(file, 'utf8')) as RunningShop;
  return isStartProcess(shop.pid) ? shop : null;
}
