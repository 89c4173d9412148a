import { expect, test } from 'vitest';
import { BoundedLimiter, MOST_KEYS } from './bounded-limiter.ts';

const limiterOf = (most: number) => new BoundedLimiter({ keyPrefix: 'test', points: 2, duration: 60 }, most);

test('no more keys are remembered than may be, however many come', async () => {
  const limiter = new BoundedLimiter({ keyPrefix: 'test', points: 2, duration: 60 });
  for (let each = 0; each < 2 * MOST_KEYS; each++) await limiter.consume(`key ${each}`);
  expect(limiter.size).toBe(MOST_KEYS);
  const { storage } = limiter.dump();
  expect(storage).toHaveLength(MOST_KEYS);
});

test('whoever asks now and then is not forgotten for those who came once', async () => {
  const limiter = limiterOf(3);
  await limiter.consume('a');
  for (const stranger of ['b', 'c']) await limiter.consume(stranger);
  await limiter.consume('a');
  for (const stranger of ['d', 'e']) await limiter.consume(stranger);
  await expect(limiter.consume('a')).rejects.toMatchObject({ consumedPoints: 3 });
});

test('a key that was forgotten begins anew, and is given nothing back', async () => {
  const limiter = limiterOf(1);
  await limiter.consume('a', 2);
  await limiter.consume('b');
  await limiter.reward('a', 1);
  expect(limiter.dump().storage).toHaveLength(1);
  await expect(limiter.consume('a', 2)).resolves.toMatchObject({ remainingPoints: 0 });
});
