/** Builds the extension bundles with Directus' own builder, and only those whose sources changed since the last time. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fail, ROOT, SetupProblem } from './prepare.mjs';
import { hashOf } from './setup.ts';

const SDK = 'node_modules/@directus/extensions-sdk';
/** A bundle is made of these, as far as it has them. The admin bundle imports the server's money arithmetic. */
const INPUTS = ['src', 'templates', 'package.json', 'extension.config.js'];
const SHARED_INPUTS = ['extensions/commerce-api/src/core', `${SDK}/package.json`];

export interface BuildOptions {
  log: (line: string) => void;
  /** Builds even what did not change. */
  force?: boolean;
}

/**
 * Brings every bundle under `extensions/` up to date. A build that was interrupted is done again.
 * @returns the names of the bundles that were built
 * @throws SetupProblem with the builder's words
 */
export async function buildExtensions(options: BuildOptions): Promise<string[]> {
  const built: string[] = [];
  for (const name of readdirSync(join(ROOT, 'extensions')).sort()) {
    if (!existsSync(join(ROOT, 'extensions', name, 'package.json'))) continue;
    if (await buildExtension(name, options)) built.push(name);
  }
  return built;
}

/** One bundle, by its folder. @returns whether it had to be built */
async function buildExtension(name: string, { log, force = false }: BuildOptions): Promise<boolean> {
  const folder = join('extensions', name);
  const dist = join(ROOT, folder, 'dist');
  const stamp = join(dist, '.build-hash');
  const own = INPUTS.map((input) => join(folder, input)).filter((input) => existsSync(join(ROOT, input)));
  const hash = hashOf([...own, ...SHARED_INPUTS]);
  const isBuilt = existsSync(join(dist, 'api.js')) && existsSync(join(dist, 'app.js'));
  if (!force && isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;

  const began = Date.now();
  rmSync(stamp, { force: true });
  await runBuilder(name, join(ROOT, folder));
  writeFileSync(stamp, hash);
  log(`Built ${name} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return true;
}

/** Unminified and with source maps: stack traces and coverage of a running server should name our files and lines. */
async function runBuilder(name: string, cwd: string): Promise<void> {
  const args = [join(ROOT, SDK, 'cli.js'), 'build', '--sourcemap', '--no-minify'];
  try {
    await promisify(execFile)(process.execPath, args, { cwd });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new SetupProblem(`${name} could not be built:\n${(stdout + stderr).trim()}`);
  }
}

if (import.meta.main) {
  const log = (line: string) => console.log(line);
  buildExtensions({ log, force: process.argv.includes('--force') }).then((built) => {
    if (built.length === 0) log('Extensions are up to date.');
  }, fail);
}
