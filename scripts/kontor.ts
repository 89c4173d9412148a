/** npm run kontor -- COMMAND: everything an operator or developer does from a terminal. */
import { fail } from './prepare.mjs';

interface Command {
  summary: string;
  load: () => Promise<{ run: (args: string[]) => Promise<number> }>;
}

/** `run` resolves with the exit code. */
const COMMANDS: Record<string, Command> = {
  setup: {
    summary: 'bring the database to what the sources say (--demo with the demo shop)',
    load: () => import('./commands/setup.ts'),
  },
  upgrade: {
    summary: 'the same for a database that holds data; says first what will change',
    load: () => import('./commands/upgrade.ts'),
  },
  snapshot: {
    summary: 'write the data model of the database to snapshots/schema.yaml',
    load: () => import('./commands/snapshot.ts'),
  },
  types: {
    summary: 'generate the TypeScript types of the data model',
    load: () => import('./commands/types.ts'),
  },
  drift: {
    summary: 'apply, dump and generate on an empty database; any difference is an error',
    load: () => import('./commands/drift.ts'),
  },
  import: {
    summary: 'import products from a Shopify CSV file (--dry-run first)',
    load: () => import('./commands/import.ts'),
  },
  'import-history': {
    summary: 'import order lines of a former shop from a CSV file (--dry-run first)',
    load: () => import('./commands/import-history.ts'),
  },
  codes: {
    summary: 'make many codes for one promotion and write them to a file',
    load: () => import('./commands/codes.ts'),
  },
  'demo-order': {
    summary: 'walk the main job against a running shop, from registering to the mail',
    load: () => import('./commands/demo-order.ts'),
  },
  reindex: {
    summary: 'work out anew what storefronts list and search, while they go on',
    load: () => import('./commands/reindex.ts'),
  },
  'rotate-secret': {
    summary: 'carry over what depends on the SECRET before, while it is replaced (--help says how)',
    load: () => import('./commands/rotate-secret.ts'),
  },
  doctor: { summary: 'prove that the books add up', load: () => import('./commands/doctor.ts') },
  serve: {
    summary: 'serve a shop that is set up, on the database of DATABASE_URL',
    load: () => import('./commands/serve.ts'),
  },
  worker: { summary: 'run jobs only, without serving', load: () => import('./commands/worker.ts') },
};

const [name, ...args] = process.argv.slice(2);
const command = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
if (!command) {
  const width = Math.max(...Object.keys(COMMANDS).map((each) => each.length));
  const list = Object.entries(COMMANDS).map(([each, { summary }]) => `  ${each.padEnd(width)}  ${summary}`);
  const isHelp = name === undefined || name === 'help' || name === '--help';
  console[isHelp ? 'log' : 'error'](
    `${isHelp ? '' : `There is no command "${name}".\n\n`}npm run kontor -- COMMAND [OPTION …]\n\n${list.join('\n')}`,
  );
  process.exit(isHelp ? 0 : 2);
}
try {
  const { run } = await command.load();
  process.exit(await run(args));
} catch (error) {
  fail(error);
}
