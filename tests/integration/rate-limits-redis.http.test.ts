/** Two processes that share a Redis count together, and each by itself while it is away. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type DirectusServer } from '../../scripts/directus.ts';
import { freePort } from '../../scripts/postgres.ts';
import { anAddress, askFrom } from '../support/limited.ts';
import { missingRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe.skipIf(missingRedis !== null)('with Redis', () => {
  let redis: TestRedis;
  let server: TestServer;
  let other: DirectusServer;

  beforeAll(async () => {
    redis = await startRedis();
    server = await startServer({
      env: {
        RATE_LIMITS: 'on',
        RATE_LIMIT_SCALE: '0.1,search=0.01',
        IP_TRUST_PROXY: '1',
        REDIS: redis.url,
        REDIS_ENABLED: 'true',
        CACHE_STORE: 'redis',
        RATE_LIMITER_STORE: 'redis',
        SYNCHRONIZATION_STORE: 'redis',
      },
    });
    other = await startDirectus({ ...server.env, JOBS: 'off', PORT: String(await freePort()) });
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
    await redis.kill();
  });

  const signIn = (url: string, from: string) =>
    askFrom(url, 'POST', '/store/auth/login', {
      from,
      body: { email: `${randomUUID()}@example.com`, password: 'x' },
    });
  /** Answered without anything that Directus itself keeps in Redis. */
  const search = (url: string, from: string) =>
    askFrom(url, 'GET', `/store/products?q=${randomUUID()}`, { from });

  test('what one process has counted counts for the other', async () => {
    const from = anAddress();
    const answers = [];
    for (const url of [server.url, other.url, server.url, other.url, server.url]) {
      answers.push((await signIn(url, from)).status);
    }
    expect(answers).toEqual([401, 401, 401, 429, 429]);
    expect((await signIn(other.url, anAddress())).status).toBe(401);
  });

  test('limits hold while it is away, the log says so once, and they are shared again when it is back', async () => {
    const says = (text: string) => server.directus.words().split(text).length - 1;
    await redis.kill();
    await until('the loss is noticed', () => says('counts rate limits by itself') > 0);
    const from = anAddress();
    for (const url of [server.url, other.url]) {
      const answers = [];
      for (let count = 0; count < 4; count++) answers.push((await search(url, from)).status);
      expect(answers).toEqual([200, 200, 200, 429]);
    }
    await redis.start();
    await until('it is used again', () => says('Redis answers again') > 0);
    await until('the other process uses it as well', () => other.words().includes('Redis answers again'));
    expect(says('counts rate limits by itself')).toBe(1);
    const later = anAddress();
    for (const url of [server.url, other.url, server.url])
      expect((await search(url, later)).status).toBe(200);
    expect((await search(other.url, later)).status).toBe(429);
  });
});
