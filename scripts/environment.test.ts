import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ENV_NAMES, readEnv } from '../extensions/commerce-api/src/platform/env.ts';
import { DEFAULTS, directusEnvironment, FIXED, givenDatabase } from './environment.ts';
import { ROOT } from './prepare.mjs';

/** `# text` explains, `#NAME=value` is a variable with its default. */
const documented = new Map(
  [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);

const FOLDERS = ['extensions/commerce-api/src', 'extensions/commerce-admin/src', 'scripts', 'seeds', 'tests'];
/** Variables every machine has, or that Node and npm mean. */
const OF_THE_MACHINE = ['PATH', 'HOME', 'NODE_ENV', 'NODE_V8_COVERAGE'];
const READS =
  /\b(?:env|settings|base)\??(?:\['([A-Z][A-Z0-9_]+)'\]|\.([A-Z][A-Z0-9_]+)\b)|\$\{([A-Z][A-Z0-9_]+):[-?]/g;
const UNPACKS = /\{([^{}]*)\} = (?:loadSettings\(\)|process\.env)/g;

/** What the processes of a benchmark tell one another, and the provider of the README's example: nobody sets it. */
const NOBODY_SETS = /^scripts\/bench[/.]|^tests\/support\/acme-/;

/** Every variable that stands in the code as one that is read. */
function readInCode(): Set<string> {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ).filter((file) => /(?<!\.test)\.(ts|mjs|vue)$/.test(file) && !NOBODY_SETS.test(file));
  const names = new Set<string>();
  for (const file of [...files, 'docker-compose.yml']) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const [, ...found] of text.matchAll(READS)) for (const name of found) if (name) names.add(name);
    for (const [, found = ''] of text.matchAll(UNPACKS)) {
      for (const [name] of found.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)) names.add(name);
    }
  }
  return names;
}

test('every variable the code reads is documented', () => {
  const used = [...readInCode(), ...ENV_NAMES, ...Object.keys(DEFAULTS), ...Object.keys(FIXED)];
  const missing = used.filter((name) => !documented.has(name) && !OF_THE_MACHINE.includes(name));
  expect([...new Set(missing)]).toEqual([]);
});

test('every documented variable is one the code reads or sets', () => {
  const settings = Object.keys(
    directusEnvironment({ REDIS: 'redis://127.0.0.1', PUBLIC_URL: 'https://shop.example' }, {}),
  );
  const used = new Set([...readInCode(), ...ENV_NAMES, ...settings]);
  expect([...documented.keys()].filter((name) => !used.has(name))).toEqual([]);
});

test('documented defaults are the defaults', () => {
  const said = Object.entries({ ...DEFAULTS, ...FIXED }).filter(([name]) => name !== 'EXTENSIONS_PATH');
  expect(Object.fromEntries(said.map(([name]) => [name, documented.get(name)]))).toEqual(
    Object.fromEntries(said),
  );
});

test('nothing in the example is set by copying it', () => {
  expect(readFileSync(join(ROOT, '.env.example'), 'utf8')).not.toMatch(/^[^#\n]/m);
});

test('without Redis, nothing looks for one', () => {
  expect(environment({})).toMatchObject({ REDIS_ENABLED: 'false' });
});

test.each(['REDIS', 'REDIS_URL'])('with %s, caches, limits and clocks are shared', (name) => {
  expect(environment({ [name]: 'redis://cache:6379/1' })).toMatchObject({
    REDIS: 'redis://cache:6379/1',
    REDIS_ENABLED: 'true',
    CACHE_STORE: 'redis',
    RATE_LIMITER_STORE: 'redis',
    SYNCHRONIZATION_STORE: 'redis',
  });
});

test.each([
  ['https://shop.example', 'true'],
  ['http://127.0.0.1:8055', 'false'],
])('cookies of a shop at %s are for its scheme', (PUBLIC_URL, secure) => {
  const names = { SESSION_COOKIE_SECURE: secure, REFRESH_TOKEN_COOKIE_SECURE: secure };
  expect(environment({ PUBLIC_URL })).toMatchObject(names);
  expect(environment({ PUBLIC_URL, SESSION_COOKIE_SECURE: 'true' })['SESSION_COOKIE_SECURE']).toBe('true');
});

test('a password that looks like a number stays text', () => {
  const env = environment({ ADMIN_PASSWORD: '1234567890' });
  expect(env['ADMIN_PASSWORD']).toBe('string:1234567890');
});

test('a SECRET with a comma stays one text, and commands read the same one as the server', () => {
  const SECRET = 'k0123456789,abcdefghijklmnopqrstuvwxyz';
  const env = environment({ SECRET });
  expect(env['SECRET']).toBe(`string:${SECRET}`);
  expect(readEnv(env).SECRET).toBe(SECRET);
});

test.each([
  ['disable', undefined],
  ['require', 'false'],
  ['verify-ca', 'true'],
  ['verify-full', 'true'],
])('sslmode=%s checks the certificate as it says', (mode, checked) => {
  const database = givenDatabase({ DATABASE_URL: `postgres://me@db.example/shop?sslmode=${mode}` });
  expect(database?.['DB_SSL__REJECT_UNAUTHORIZED']).toBe(checked);
});

test('the parts of DATABASE_URL are decoded', () => {
  expect(
    givenDatabase({ DATABASE_URL: 'postgres://me:p%40ss@db.example/shop%20one?sslmode=require' }),
  ).toEqual({
    DB_HOST: 'db.example',
    DB_PORT: '5432',
    DB_DATABASE: 'shop one',
    DB_USER: 'me',
    DB_PASSWORD: 'p@ss',
    DB_SSL__REJECT_UNAUTHORIZED: 'false',
  });
});

test('a DATABASE_URL that is none is named', () => {
  expect(() => givenDatabase({ DATABASE_URL: 'localhost' })).toThrow('DATABASE_URL is not a URL');
});

test('without a database in the settings there is none', () => {
  expect(givenDatabase({ DB_USER: 'me' })).toBeNull();
});

test('every wrong variable is named at once', () => {
  const wrong = () => readEnv({ SECRET: 'short', JOBS: 'maybe' });
  expect(wrong).toThrow(/SECRET.*JOBS|JOBS.*SECRET/);
});

function environment(settings: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-environment-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return directusEnvironment({ STORAGE_LOCAL_ROOT: folder, ...settings }, {});
}
