import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import pg from 'pg';
import type { Settings } from '../environment.ts';
import { generateTypes, SNAPSHOT_FILE, TYPES_FILE } from '../generate-types.ts';
import { lineDiff } from '../line-diff.ts';
import { ROOT, SetupProblem } from '../prepare.mjs';
import { dumpSchema } from '../schema.ts';
import { applySql, connectionOf, openDatabase, setUpDatabase, type Progress } from '../setup.ts';
import { withShop } from './open-shop.ts';

/** `kontor drift`: exit code 1 when the data model in git is not what an empty database becomes. Touches no shop's data. */
export async function run(): Promise<number> {
  return withShop(async ({ env }) => {
    const findings = await findDrift(env, (line) => console.log(line));
    for (const { name, difference } of findings) console.error(`\n${name}\n${difference.join('\n')}`);
    if (findings.length === 0)
      console.log('No drift: applied, dumped and generated, the data model is the one in git.');
    else console.error('\nMend the data model, or write it to git with: npm run kontor -- snapshot');
    return findings.length === 0 ? 0 : 1;
  });
}

export interface Drift {
  name: string;
  /** Lines to read: `-` is in git, `+` is what was made. */
  difference: string[];
}

/**
 * Sets up an empty database on the server of `env`, runs the SQL files a second time, and compares what comes out with git.
 * The database is dropped again.
 * @returns one entry per file that differs
 */
export async function findDrift(env: Settings, progress: Progress): Promise<Drift[]> {
  const name = `drift_${randomBytes(6).toString('hex')}`;
  await onServer(env, `create database "${name}"`);
  const throwaway = { ...env, DB_DATABASE: name };
  try {
    await setUpDatabase({ env: throwaway, demo: false, progress });
    progress('SQL objects once more …');
    await applySqlAgain(throwaway);
    progress('Dump and types …');
    return [
      compare(SNAPSHOT_FILE, await dumpSchema(throwaway)),
      compare(TYPES_FILE, await generateTypes()),
    ].filter(({ difference }) => difference.length > 0);
  } finally {
    await onServer(env, `drop database if exists "${name}" with (force)`);
  }
}

function compare(file: string, made: string): Drift {
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return { name: relative(ROOT, file), difference: lineDiff(kept, made) };
}

async function applySqlAgain(env: Settings): Promise<void> {
  const db = openDatabase(env);
  try {
    await applySql(db);
  } finally {
    await db.destroy();
  }
}

async function onServer(env: Settings, sql: string): Promise<void> {
  const client = new pg.Client(connectionOf(env));
  await client.connect();
  try {
    await client.query(sql);
  } catch (error) {
    const forbidden = (error as { code?: string }).code === '42501';
    if (!forbidden) throw error;
    throw new SetupProblem(
      `The database user ${env['DB_USER']} may not create databases. Let it, or unset DATABASE_URL to use the embedded one.`,
    );
  } finally {
    await client.end();
  }
}
