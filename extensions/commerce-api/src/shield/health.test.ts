import { expect, test } from 'vitest';
import type { SetUp } from './health-queries.ts';
import { SETUP_STEPS, watchHealth } from './health.ts';

const WHOLE: SetUp = { versions: ['1', '2'], steps: [...SETUP_STEPS, 'demo shop'] };

/** A database that says what it is told to, and a clock that stands. */
function aShop(first: SetUp | Error = WHOLE) {
  const world = { says: first, asked: 0, time: 0, logged: [] as string[] };
  const keep = (_fields: object, message: string) => void world.logged.push(message);
  const health = watchHealth({
    log: { info: keep, warn: keep, error: keep },
    required_versions: ['1', '2'],
    async readSetUp() {
      world.asked += 1;
      if (world.says instanceof Error) throw world.says;
      return world.says;
    },
    now: () => world.time,
  });
  return { world, health };
}

test('a shop that is set up and hears of changes is ready', async () => {
  expect(await aShop().health.read()).toBe('ok');
});

test('a cache that hears of no changes only degrades it', async () => {
  const { health } = aShop();
  health.setListening(false);
  expect(await health.read()).toBe('warn');
  health.setListening(true);
  expect(await health.read()).toBe('ok');
});

test.each([
  ['whose database does not answer', new Error('gone')],
  ['without a migration', { ...WHOLE, versions: ['1'] }],
  ['without a step of the set-up', { ...WHOLE, steps: SETUP_STEPS.slice(1) }],
])('a shop %s is not ready, and says so once', async (_what, says) => {
  const { health, world } = aShop(says);
  expect(await health.read()).toBe('error');
  const said = world.logged.length;
  expect(said).toBeGreaterThan(0);
  world.time += 1_000;
  expect(await health.read()).toBe('error');
  expect(world.logged).toHaveLength(said);
  world.says = WHOLE;
  world.time += 1_000;
  expect(await health.read()).toBe('ok');
});

test('a flood of questions is one for the database, and the next second brings another', async () => {
  const { health, world } = aShop();
  await Promise.all(Array.from({ length: 100 }, () => health.read()));
  world.time += 999;
  await health.read();
  expect(world.asked).toBe(1);
  world.time += 1;
  await health.read();
  expect(world.asked).toBe(2);
});

test('a process that ends is not ready, and the database is not asked', async () => {
  const { health, world } = aShop();
  health.close();
  expect(await health.read()).toBe('error');
  expect(world.asked).toBe(0);
});
