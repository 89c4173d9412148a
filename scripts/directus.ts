/** Directus as child processes: its CLI for set-up, its server for serving. Neither outlives us. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, SetupProblem } from './prepare.mjs';
import type { Settings } from './environment.ts';

const CLI = join(ROOT, 'node_modules', '@directus', 'api', 'dist', 'cli', 'run.js');
const WORKER = join(ROOT, 'scripts', 'worker.ts');

/**
 * Megabytes for what is young. In the usual 16 what twenty searches at once hold is taken for old before they are answered, and old garbage
 * is let lie: under such a load a server took 570 MB, and takes 340 so.
 */
export const YOUNG_SPACE = '--max-semi-space-size=32';

const PRELOADED = ['exit-with-parent.mjs', 'quick-packages.mjs'].flatMap((file) => [
  '--import',
  join(ROOT, 'scripts', file),
]);
const LAST_WORDS = 8000;

/**
 * Runs a script or a Directus CLI command to its end.
 * @throws SetupProblem with its last words when it fails
 */
export function runDirectus(args: string[], env: Settings, script = CLI): Promise<string> {
  const child = startChild(script, args, env);
  const words = listen(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(words());
      else reject(new SetupProblem(`directus ${args.join(' ')} failed:\n${words()}`));
    });
  });
}

export interface DirectusServer {
  process: ChildProcess;
  url: string;
  /** What it wrote last, for a failing test or start. */
  words: () => string;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/**
 * Starts the server and waits until it listens.
 * @throws SetupProblem with its last words when it ends before that
 */
export async function startDirectus(
  env: Settings,
  output?: (chunk: string) => void,
): Promise<DirectusServer> {
  const { child, words } = await startUntilReady(CLI, ['start'], env, output);
  const host = env['HOST'] && env['HOST'] !== '0.0.0.0' ? env['HOST'] : '127.0.0.1';
  return {
    process: child,
    url: `http://${host}:${env['PORT']}`,
    words,
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
}

/**
 * Starts a process that takes jobs and serves nothing, and waits until it does. Told SIGTERM it ends once its jobs are done.
 * @throws SetupProblem with its last words when it ends before that
 */
export async function startWorkerProcess(
  env: Settings,
  output: (chunk: string) => void,
): Promise<ChildProcess> {
  const { child } = await startUntilReady(WORKER, [], { ...env, JOBS: 'only', SERVE_APP: 'false' }, output);
  return child;
}

function startUntilReady(
  script: string,
  args: string[],
  env: Settings,
  output?: (chunk: string) => void,
): Promise<{ child: ChildProcess; words: () => string }> {
  const child = startChild(script, args, env);
  const words = listen(child, output);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (message) => {
      if (message === 'ready') resolve({ child, words });
    });
    child.on('exit', (code) =>
      reject(new SetupProblem(`Directus ended with ${code} before it was ready:\n${words()}`)),
    );
  });
}

/**
 * A script of ours as a child that ends when we do. Detached: Ctrl-C in the terminal reaches us first, and we say who ends when.
 * Without `env` it gets ours.
 */
export function startChild(script: string, args: string[], env?: Settings): ChildProcess {
  const execArgv = ['--disable-warning=ExperimentalWarning', YOUNG_SPACE, ...PRELOADED];
  return fork(script, args, { cwd: ROOT, env, silent: true, execArgv, detached: true });
}

/** Longer than a server takes for what is in progress: SHUTDOWN_DELAY_MS and SERVER_SHUTDOWN_TIMEOUT. */
const LAST_MOMENTS_MS = 30_000;

/** Ends a child process and waits for it; kills it when that takes too long. */
export function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), LAST_MOMENTS_MS);
    child.on('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    child.kill(signal);
  });
}

function listen(child: ChildProcess, output?: (chunk: string) => void): () => string {
  let words = '';
  const keep = (chunk: Buffer) => {
    const text = chunk.toString();
    words = (words + text).slice(-LAST_WORDS);
    output?.(text);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => words;
}
