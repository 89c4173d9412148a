import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { generateTypes, TYPES_FILE } from '../generate-types.ts';
import { ROOT } from '../prepare.mjs';

/** `kontor types`: needs no database. */
export async function run(): Promise<number> {
  const name = relative(ROOT, TYPES_FILE);
  console.log((await writeTypes()) ? `Wrote ${name}.` : `${name} is as it should be.`);
  return 0;
}

/** Generates the types of `snapshots/schema.yaml`. @returns whether the file changed */
export async function writeTypes(): Promise<boolean> {
  const types = await generateTypes();
  if (existsSync(TYPES_FILE) && readFileSync(TYPES_FILE, 'utf8') === types) return false;
  writeFileSync(TYPES_FILE, types);
  return true;
}
