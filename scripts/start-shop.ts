/**
 * npm start: everything a shop needs, in this terminal, until Ctrl-C. What it starts are children that end with it, however it
 * ends. Setting up is a list of steps that are skipped once done, so an interrupted first run goes on where it stopped.
 */
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtensions } from './build.ts';
import { end, startChild, startDirectus } from './directus.ts';
import {
  directusEnvironment,
  givenDatabase,
  loadSettings,
  newSecret,
  STATE,
  type Settings,
} from './environment.ts';
import { dropPostgres, freePort, startPostgres } from './postgres.ts';
import { fail, requireSpace, ROOT, SetupProblem } from './prepare.mjs';
import { productionProblems } from './production-checks.ts';
import { setUpDatabase } from './setup.ts';
import { isStartProcess } from './start-process.ts';

const HELP = `npm start [-- OPTIONS]      sets up and runs a shop

  --port N        where to serve (default 8055, or PORT)
  --fresh         throw the embedded database and uploads away first
  --no-demo       without the demo shop
  --production    refuse to start with settings that are unfit for production
  --help          this text`;

/** A database, pictures, bundles: with less than this PostgreSQL would stop in the middle of something. */
const RUNNING_BYTES = 500_000_000;

type Stop = () => Promise<void>;

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      port: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      demo: { type: 'boolean', default: true },
      production: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (options.help) {
    console.log(HELP);
    return;
  }
  const began = Date.now();
  const progress = (line: string) => console.log(`  ${line}`);
  const stops: Stop[] = [];
  const stopAll = onceOnly(async () => {
    for (const stop of stops.reverse()) await stop().catch((error: unknown) => console.error(error));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      console.log('\nStopping …');
      void stopAll().then(() => process.exit(0));
    });
  }
  try {
    const url = await startEverything(options, progress, stops);
    console.log(
      `\nReady after ${((Date.now() - began) / 1000).toFixed(1)} s. Ctrl-C stops everything.\n\n${url}`,
    );
  } catch (error) {
    await stopAll();
    throw error;
  }
}

interface Options {
  port?: string | undefined;
  fresh: boolean;
  demo: boolean;
  production: boolean;
}

/** @returns what to print once the shop answers */
async function startEverything(
  options: Options,
  progress: (line: string) => void,
  stops: Stop[],
): Promise<string> {
  checkWritable();
  requireSpace(STATE, RUNNING_BYTES);
  const settings = loadSettings({ create: true });
  if (options.port !== undefined) settings['PORT'] = options.port;
  settings['PORT'] = String(await requireFreePort(settings));
  stops.push(takeLock(settings['PORT']));
  if (options.production) requireProduction(settings);

  const given = givenDatabase(settings);
  if (options.fresh) startAfresh(given, settings);
  console.log('Kontor');
  const database = given ?? (await embeddedDatabase(progress, stops));
  const publicUrl = settings['PUBLIC_URL'] ?? `http://127.0.0.1:${settings['PORT']}`;
  const env = directusEnvironment(settings, database, { PUBLIC_URL: publicUrl });
  await setUpDatabase({ env, demo: options.demo && !options.production, progress });
  await buildExtensions({ log: progress });

  const about = { publicUrl, isProduction: options.production };
  const standIns = await startStandIns(settings, about, progress, stops);
  const server = await startDirectus({ ...env, ...standIns.env }, showLog);
  stops.push(() => {
    server.process.off('exit', onServerExit);
    return server.stop();
  });
  server.process.on('exit', onServerExit);
  return summary(publicUrl, settings, standIns);
}

function onServerExit(code: number | null): void {
  console.error(`\nDirectus ended (${code}); stopping the rest. Its last words are above.`);
  process.kill(process.pid, 'SIGTERM');
}

function checkWritable(): void {
  try {
    mkdirSync(STATE, { recursive: true });
    accessSync(STATE, constants.W_OK);
  } catch {
    throw new SetupProblem(
      `This user may not write to ${STATE}. If Kontor was started as root before, hand the folder over (chown -R) or start it as root again.`,
    );
  }
}

/** @throws SetupProblem when something else listens there */
function requireFreePort(settings: Settings): Promise<number> {
  const port = Number(settings['PORT'] ?? 8055);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new SetupProblem(`"${settings['PORT']}" is not a port. Try --port 8056.`);
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => {
      const running = readLock();
      if (error.code === 'EACCES')
        reject(new SetupProblem(`This user may not listen on port ${port}. Try --port 8056.`));
      else if (running?.port === String(port))
        reject(
          new SetupProblem(
            `This shop is already running at http://127.0.0.1:${port} (process ${running.pid}).`,
          ),
        );
      else
        reject(
          new SetupProblem(`Port ${port} is taken by another program. Try: npm start -- --port ${port + 1}`),
        );
    });
    probe.listen(port, settings['HOST'] ?? '0.0.0.0', () => probe.close(() => resolve(port)));
  });
}

const LOCK = join(STATE, 'start.lock');

function readLock(): { pid: number; port: string } | null {
  if (!existsSync(LOCK)) return null;
  try {
    const lock = JSON.parse(readFileSync(LOCK, 'utf8')) as { pid: number; port: string };
    return isStartProcess(lock.pid) ? lock : null;
  } catch {
    // Written half by a start that was killed meanwhile.
    return null;
  }
}

/** One start at a time per clone: two would share one database folder and one set of bundles. A crash leaves a stale lock, which is taken over. */
function takeLock(port: string): Stop {
  const running = readLock();
  if (running) {
    throw new SetupProblem(
      `This clone is already being run by process ${running.pid} on port ${running.port}. Stop that one first.`,
    );
  }
  writeFileSync(LOCK, JSON.stringify({ pid: process.pid, port }));
  return () => {
    rmSync(LOCK, { force: true });
    return Promise.resolve();
  };
}

function requireProduction(settings: Settings): void {
  const problems = productionProblems(settings);
  if (problems.length === 0) return;
  throw new SetupProblem(
    `These settings are not fit for production:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );
}

function startAfresh(given: Settings | null, settings: Settings): void {
  if (given)
    throw new SetupProblem(
      '--fresh only empties the embedded database. Yours is named by DATABASE_URL or DB_HOST: empty it yourself.',
    );
  dropPostgres();
  const emulators = EMULATED.map((name) => `${name}-emulator.json`);
  for (const name of ['uploads', ...emulators, 'inbox.json', 'temp'])
    rmSync(join(STATE, name), { recursive: true, force: true });
  if (settings['STORAGE_LOCAL_ROOT'])
    console.log(`  ${settings['STORAGE_LOCAL_ROOT']} is yours and was left alone.`);
}

async function embeddedDatabase(progress: (line: string) => void, stops: Stop[]): Promise<Settings> {
  progress('PostgreSQL …');
  const postgres = await startPostgres();
  stops.push(postgres.stop);
  return postgres.connection;
}

const EMULATED = ['stripe', 'paypal', 'flutterwave'] as const;

interface StandIns {
  env: Settings;
  /** Of Stripe. */
  emulator_url: string | null;
  paypal_emulator_url: string | null;
  flutterwave_emulator_url: string | null;
  inbox_url: string | null;
}

/**
 * Emulators of the payment providers, where the settings have a key of none of them and it is not production; and a mail inbox, where
 * they name no mail server.
 */
async function startStandIns(
  settings: Settings,
  { publicUrl, isProduction }: { publicUrl: string; isProduction: boolean },
  progress: (line: string) => void,
  stops: Stop[],
): Promise<StandIns> {
  const standIns: StandIns = {
    env: {},
    emulator_url: null,
    paypal_emulator_url: null,
    flutterwave_emulator_url: null,
    inbox_url: null,
  };
  const key =
    settings['STRIPE_SECRET_KEY'] || settings['PAYPAL_CLIENT_ID'] || settings['FLUTTERWAVE_SECRET_KEY'];
  await Promise.all([
    !isProduction && !key && startEmulators(settings, standIns, progress, stops),
    !settings['EMAIL_SMTP_HOST'] && startInbox(standIns, progress, stops),
  ]);
  writeFileSync(
    join(STATE, 'running.json'),
    JSON.stringify({ ...standIns, public_url: publicUrl, pid: process.pid }, null, 2),
    {
      mode: 0o600,
    },
  );
  stops.push(() => {
    rmSync(join(STATE, 'running.json'), { force: true });
    return Promise.resolve();
  });
  return standIns;
}

/** One process for all of them. What signs their events is made anew each time; what waits to be sent is signed when it is. */
async function startEmulators(
  settings: Settings,
  standIns: StandIns,
  progress: (line: string) => void,
  stops: Stop[],
): Promise<void> {
  progress('Emulators of Stripe, PayPal and Flutterwave …');
  const stripeSecret = `whsec_${newSecret()}`;
  const paypalId = `WH-${newSecret()}`;
  const flutterwaveHash = newSecret();
  const { child, line } = await startStandIn('scripts/emulators/payments/main.ts', [
    `--webhooks=http://127.0.0.1:${settings['PORT']}/webhooks`,
    `--stripe-secret=${stripeSecret}`,
    `--paypal-id=${paypalId}`,
    `--flutterwave-hash=${flutterwaveHash}`,
    `--state-folder=${STATE}`,
  ]);
  stops.push(() => end(child));
  const urls = JSON.parse(line) as Record<(typeof EMULATED)[number], string>;
  standIns.emulator_url = urls.stripe;
  standIns.paypal_emulator_url = urls.paypal;
  standIns.flutterwave_emulator_url = urls.flutterwave;
  Object.assign(standIns.env, {
    STRIPE_SECRET_KEY: 'sk_test_emulator',
    STRIPE_WEBHOOK_SECRET: stripeSecret,
    STRIPE_API_URL: urls.stripe,
    PAYPAL_CLIENT_ID: 'emulator',
    PAYPAL_CLIENT_SECRET: newSecret(),
    PAYPAL_WEBHOOK_ID: paypalId,
    PAYPAL_API_URL: urls.paypal,
    FLUTTERWAVE_SECRET_KEY: 'FLWSECK_TEST-emulator',
    FLUTTERWAVE_SECRET_HASH: flutterwaveHash,
    FLUTTERWAVE_API_URL: urls.flutterwave,
  });
}

async function startInbox(
  standIns: StandIns,
  progress: (line: string) => void,
  stops: Stop[],
): Promise<void> {
  progress('Mail inbox …');
  const [smtp, http] = [await freePort(), await freePort()];
  const { child } = await startStandIn('scripts/emulators/inbox/main.ts', [
    `--smtp-port=${smtp}`,
    `--http-port=${http}`,
    `--state-file=${join(STATE, 'inbox.json')}`,
  ]);
  stops.push(() => end(child));
  standIns.inbox_url = `http://127.0.0.1:${http}`;
  standIns.env['EMAIL_SMTP_HOST'] = '127.0.0.1';
  standIns.env['EMAIL_SMTP_PORT'] = String(smtp);
}

/** Directus' log, without its remark on a geometry extension no shop needs. */
function showLog(chunk: string): void {
  if (!chunk.includes('PostGIS')) process.stdout.write(chunk);
}

/** A child that has printed its first line is up. */
function startStandIn(script: string, args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = startChild(join(ROOT, script), args);
  return new Promise((resolve, reject) => {
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
    child.stdout?.once('data', (chunk: Buffer) => resolve({ child, line: chunk.toString() }));
    child.on('exit', (code) => reject(new SetupProblem(`${script} ended with ${code}:\n${words}`)));
  });
}

function summary(url: string, settings: Settings, standIns: StandIns): string {
  const { emulator_url, paypal_emulator_url, flutterwave_emulator_url, inbox_url } = standIns;
  const emulators = `Stripe ${emulator_url}, PayPal ${paypal_emulator_url}, Flutterwave ${flutterwave_emulator_url}`;
  const rows: [string, string][] = [
    ['Admin app', `${url}/admin`],
    ['  e-mail', settings['ADMIN_EMAIL'] ?? '(as set on the first start)'],
    [
      '  password',
      process.stdout.isTTY || !process.env['CI']
        ? (settings['ADMIN_PASSWORD'] ?? '(as set on the first start)')
        : '(in .env)',
    ],
    ['Store API', `${url}/store/products`],
    ['API docs', `${url}/docs`],
    ...(inbox_url ? [['Mail inbox', inbox_url] as [string, string]] : []),
    ...(emulator_url ? [['Emulators', emulators] as [string, string]] : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
  const walk = emulator_url
    ? 'Then: npm run kontor -- demo-order   (or with --provider paypal, --provider flutterwave)\n'
    : '';
  return `${table}\n\nTry:  curl '${url}/store/products?limit=3'\n${walk}`;
}

function onceOnly(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= work());
}

main().catch(fail);
