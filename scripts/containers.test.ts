import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { ROOT } from './prepare.mjs';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  volumes?: string[];
}

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const dockerfile = text('Dockerfile').replaceAll('\\\n', ' ').split('\n');
const instructions = dockerfile
  .map((line) => line.split(/\s+/))
  .filter(([word]) => /^[A-Z]+$/.test(word ?? ''));
const documented = [...text('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);

/** Whether `node FILE` or `node scripts/kontor.ts COMMAND` is something we have. */
function isOurs([script = '', command]: string[]): boolean {
  if (!existsSync(join(ROOT, script))) return false;
  return script !== 'scripts/kontor.ts' || existsSync(join(ROOT, 'scripts', 'commands', `${command}.ts`));
}

function commandsIn(line: string): string[][] {
  return [...line.matchAll(/\bnode ([\w./-]+\.(?:ts|js|mjs))(?: (\w[\w-]*))?/g)].map(
    ([, script = '', command]) => (command === undefined ? [script] : [script, command]),
  );
}

describe('docker-compose.yml', () => {
  const { services, volumes } = load(text('docker-compose.yml')) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const all = Object.entries(services);
  const ours = all.filter(([, { image }]) => image === 'kontor');

  test('has the app and a worker of the image that is built here', () => {
    expect(ours.map(([name]) => name)).toEqual(['app', 'worker']);
    expect(services['app']?.build).toBe('.');
  });

  test('sets no variable that .env.example does not explain', () => {
    const set = ours.flatMap(([, { environment }]) => Object.keys(environment ?? {}));
    const asked = [...text('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect([...set, ...asked].filter((name) => name !== undefined && !documented.includes(name))).toEqual([]);
  });

  test('gives the app and the worker the same environment but for JOBS', () => {
    const { JOBS, ...rest } = services['app']?.environment ?? {};
    expect(JOBS).toBe('off');
    expect(services['worker']?.environment).toEqual(rest);
  });

  test('runs commands that exist', () => {
    const commands = ours.flatMap(([, { command }]) => (command ? commandsIn(command.join(' ')) : []));
    expect(commands).toEqual([['scripts/kontor.ts', 'worker']]);
    expect(commands.every(isOurs)).toBe(true);
  });

  test('waits only for services that say when they are ready', () => {
    const isChecked = (name: string) =>
      Boolean(services[name]?.healthcheck?.test) ||
      (name === 'app' && dockerfile.join().includes('HEALTHCHECK'));
    for (const [name, { depends_on = {} }] of all) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(services), name).toContain(other);
        expect(condition === 'service_started' || isChecked(other), `${name} waits for ${other}`).toBe(true);
      }
    }
  });

  test('reaches its own services by their names', () => {
    const { DATABASE_URL = '', REDIS = '', EMAIL_SMTP_HOST = '' } = services['app']?.environment ?? {};
    const hosts = [
      /@(\w+):5432/.exec(DATABASE_URL)?.[1],
      /\/\/(\w+):6379/.exec(REDIS)?.[1],
      /:-(\w+)\}/.exec(EMAIL_SMTP_HOST)?.[1],
    ];
    expect(hosts).toEqual(['postgres', 'redis', 'mailpit']);
  });

  test('declares the volumes it mounts', () => {
    const mounted = all.flatMap(([, { volumes: mounts = [] }]) => mounts.map((mount) => mount.split(':')[0]));
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(volumes).sort());
  });

  test('pins the version of every image it does not build', () => {
    for (const [name, { image, build }] of all)
      if (!build && image !== 'kontor') expect(image, name).toMatch(/:.*\d/);
  });
});

describe('Dockerfile', () => {
  const copies = instructions.filter(([word]) => word === 'COPY').map(([, ...args]) => args);

  test('copies files that exist and are sent to it', () => {
    const ignored = text('.dockerignore').split('\n').filter(Boolean);
    const sources = copies
      .filter(([first]) => !first?.startsWith('--from'))
      .flatMap((args) => args.slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(ignored, source).not.toContain(source);
    }
  });

  test('brings everything a set-up and a server read', () => {
    const sources = copies.flat();
    expect(sources).toEqual(
      expect.arrayContaining(['extensions', 'patches', 'scripts', 'seeds', 'snapshots', 'package.json']),
    );
  });

  test('runs commands that exist', () => {
    const lines = dockerfile.filter((line) => /^(RUN|CMD)/.test(line)).flatMap(commandsIn);
    const installed = lines.filter(([script]) => script?.startsWith('node_modules/'));
    expect(installed.every(([script]) => existsSync(join(ROOT, script ?? '')))).toBe(true);
    const own = lines.filter((each) => !installed.includes(each));
    expect(own).toEqual([
      ['scripts/build.ts'],
      ['scripts/kontor.ts', 'setup'],
      ['scripts/kontor.ts', 'serve'],
    ]);
    expect(own.every(isOurs)).toBe(true);
  });

  test('does not serve as root, and says when it serves', () => {
    const words = instructions.map(([word]) => word);
    expect(instructions.findLast(([word]) => word === 'USER')?.[1]).toBe('node');
    expect(words.lastIndexOf('USER')).toBeLessThan(words.lastIndexOf('CMD'));
    expect(dockerfile.find((line) => line.startsWith('HEALTHCHECK'))).toContain('/server/ping');
  });

  test('has the Node that package.json asks for', () => {
    const { engines } = JSON.parse(text('package.json')) as { engines: { node: string } };
    const images = instructions.filter(([word]) => word === 'FROM').map(([, image]) => image);
    expect(engines.node).toContain('>=22');
    expect(new Set(images)).toEqual(new Set(['node:22-bookworm-slim']));
  });
});

test('the workflow runs scripts and commands that exist', () => {
  const workflow = load(text('.github/workflows/ci.yml')) as {
    jobs: Record<string, { steps: { run?: string }[] }>;
  };
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
  const lines = Object.values(workflow.jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => run?.trim().split('\n') ?? []),
  );
  const npm = lines
    .map((each) => /^npm (?:run )?([\w-]+)(?: -- ([\w-]+))?/.exec(each))
    .filter((match) => match !== null);
  expect(npm.length).toBeGreaterThan(2);
  for (const [, script = '', command] of npm) {
    expect(Object.keys(scripts)).toContain(script);
    if (script === 'kontor') expect(isOurs(['scripts/kontor.ts', command ?? ''])).toBe(true);
  }
});
