import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { SNAPSHOT_FILE, TYPES_FILE } from '../generate-types.ts';
import { lineDiff } from '../line-diff.ts';
import { ROOT } from '../prepare.mjs';
import { dumpSchema } from '../schema.ts';
import { withShop } from './open-shop.ts';
import { writeTypes } from './types.ts';

/** `kontor snapshot`: after changing the data model in the admin app, keeps it in git. */
export async function run(): Promise<number> {
  return withShop(async ({ env }) => {
    const after = await dumpSchema(env);
    const before = existsSync(SNAPSHOT_FILE) ? readFileSync(SNAPSHOT_FILE, 'utf8') : '';
    if (before !== after) writeFileSync(SNAPSHOT_FILE, after);
    for (const line of lineDiff(before, after)) console.log(line);
    console.log(`${relative(ROOT, SNAPSHOT_FILE)}: ${before === after ? 'unchanged' : 'written'}`);
    console.log(`${relative(ROOT, TYPES_FILE)}: ${(await writeTypes()) ? 'written' : 'unchanged'}`);
    if (before !== after)
      console.log('\nNext: look at git diff, npm run kontor -- drift, and commit both files.');
    return 0;
  });
}
