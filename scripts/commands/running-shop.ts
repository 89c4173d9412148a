import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE, type Settings } from '../environment.ts';

export interface RunningShop {
  public_url: string;
  port: string;
  emulator_url: string | null;
  inbox_url: string | null;
  /** What its stand-ins add to the environment. */
  env: Settings;
}

/** What `npm start` of this clone has started, while it runs. */
export function runningShop(): RunningShop | null {
  const file = join(STATE, 'running.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunningShop) : null;
}
