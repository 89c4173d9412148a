import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import { applyAccess } from '../../seeds/access/apply-access.ts';
import type { Settings } from '../environment.ts';
import { SetupProblem } from '../prepare.mjs';
import { planSchema } from '../schema.ts';
import type { SchemaPlan } from '../schema-plan.ts';
import { openDatabase, pendingSteps, setUpDatabase, sqlFiles } from '../setup.ts';
import { withShop } from './open-shop.ts';

/** `kontor upgrade [--dry-run | --yes]`: exit code 1 when something is to be done and was not. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', short: 'y', default: false },
    },
  });
  return withShop(async ({ env }) => {
    const plan = await planUpgrade(env);
    for (const line of describePlan(plan)) console.log(line);
    if (plan.steps.length === 0 || values['dry-run']) return 0;
    if (!values.yes && !(await confirmed())) {
      console.log('Nothing was changed. Run it again with --yes to do this.');
      return 1;
    }
    await setUpDatabase({ env, demo: false, progress: (line) => console.log(line) });
    console.log(
      '\nDone. Next: restart every server and worker, which keep the data model they started with;',
    );
    console.log('then npm run kontor -- doctor');
    return 0;
  });
}

export interface UpgradePlan {
  /** The steps of the set-up that are due. */
  steps: string[];
  /** Null when it is not due, or cannot be told before Directus' own migrations ran. */
  schema: SchemaPlan | null;
  /** Whether roles, policies, list presets or settings differ from what is declared. */
  access_changes: boolean;
}

/** What `setUpDatabase` would do to a database in use. Changes nothing. @throws SetupProblem when it was never set up */
export async function planUpgrade(env: Settings): Promise<UpgradePlan> {
  const steps = await pendingSteps(env);
  const db = openDatabase(env);
  try {
    if (!(await db.schema.hasTable('directus_collections'))) {
      throw new SetupProblem('There is no shop in this database yet. Use npm run kontor -- setup.');
    }
    const canCompare = !steps.includes('Directus');
    return {
      steps,
      schema: canCompare && steps.includes('schema') ? await planSchema(env) : null,
      access_changes: canCompare && steps.includes('access rules') && (await accessDiffers(db)),
    };
  } finally {
    await db.destroy();
  }
}

/** Applies the access rules in a transaction that is taken back. */
async function accessDiffers(db: Knex): Promise<boolean> {
  const trx = await db.transaction();
  try {
    return (await applyAccess(trx)).changed;
  } finally {
    await trx.rollback();
  }
}

/** The plan for people. */
export function describePlan({ steps, schema, access_changes }: UpgradePlan): string[] {
  if (steps.length === 0) return ['Nothing to do: the database is as it should be.'];
  const lines = [`Due: ${steps.join(', ')}.`];
  if (steps.includes('Directus'))
    lines.push('Directus: its own migrations. What else changes can be told after them.');
  if (schema) {
    const { adds, changes, keeps } = schema;
    lines.push(...section('Schema, to add:', '+', adds), ...section('Schema, to change:', '~', changes));
    lines.push(...section('Not ours, to be left alone:', '=', keeps));
    if (adds.length + changes.length === 0) lines.push('Schema: already as it should be.');
  }
  if (steps.includes('SQL objects'))
    lines.push(...section('SQL files to run, each safe to repeat:', '·', sqlFiles()));
  if (steps.includes('access rules') && !steps.includes('Directus')) {
    lines.push(
      `Access rules: ${access_changes ? 'roles, permissions or presets of Kontor will be corrected' : 'already as they should be'}.`,
    );
  }
  lines.push('Nothing is dropped that Kontor does not know. Take a backup first all the same.');
  return lines;
}

function section(title: string, mark: string, entries: string[]): string[] {
  return entries.length === 0 ? [] : [title, ...entries.map((entry) => `  ${mark} ${entry}`)];
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Do this now? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
