/** A Redis for tests: the machine's own program, with nothing kept. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { freePort } from '../../scripts/postgres.ts';
import { until } from './until.ts';

/** Why nothing can be tested with Redis here; null when it can. */
export const missingRedis =
  spawnSync('redis-server', ['--version']).status === 0
    ? null
    : 'Skipped: there is no redis-server on this machine. Install it (Debian: apt-get install redis-server).';
if (missingRedis) console.log(missingRedis);

export interface TestRedis {
  url: string;
  /** Ends it at once, as a crash would. */
  kill: () => Promise<void>;
  /** On the same port, empty. */
  start: () => Promise<void>;
}

export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}/0`,
    async start() {
      const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      child = spawn('redis-server', [...settings, '--dir', tmpdir()], { stdio: 'ignore' });
      await until('Redis listens', () => isListening(port));
    },
    async kill() {
      const running = child;
      child = null;
      if (running === null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
    },
  };
  await redis.start();
  return redis;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  }).then((is_up) => is_up as boolean);
}
