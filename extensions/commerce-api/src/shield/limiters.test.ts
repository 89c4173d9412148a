import { createServer, type AddressInfo } from 'node:net';
import type { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { redisOf } from '../platform/redis.ts';
import { limitersOf } from './limiters.ts';

let redis: Redis | null = null;
afterEach(() => redis?.disconnect());

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('while Redis does not answer, limits hold in memory, and the log says so once', async () => {
  const said: string[] = [];
  let heard = () => {};
  const first = new Promise<void>((resolve) => (heard = resolve));
  const warn = (_fields: object, message: string) => {
    said.push(message);
    heard();
  };
  const log = { info: () => {}, warn, error: () => {} };
  redis = redisOf({ REDIS: `redis://127.0.0.1:${await deadPort()}` }, log);
  const { limiter } = limitersOf('0.05', redis).checkout;
  const client = redis;
  let refusals = 0;
  const refusedAgain = new Promise<void>((resolve) =>
    client?.on('error', () => {
      refusals += 1;
      if (refusals === 3) resolve();
    }),
  );

  for (const left of [2, 1, 0]) {
    expect(await limiter.consume('somebody')).toMatchObject({ remainingPoints: left });
  }
  await expect(limiter.consume('somebody')).rejects.toMatchObject({ consumedPoints: 4 });
  expect(await limiter.consume('somebody else')).toMatchObject({ remainingPoints: 2 });

  await first;
  await refusedAgain;
  expect(said).toEqual([expect.stringContaining('Redis does not answer')]);
});

test.each([{}, { REDIS: '' }, { REDIS: 'redis://127.0.0.1:1', REDIS_ENABLED: false }])(
  'the settings %j name no Redis',
  (env) => {
    expect(redisOf(env, { info: () => {}, warn: () => {}, error: () => {} })).toBeNull();
  },
);
