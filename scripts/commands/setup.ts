import { parseArgs } from 'node:util';
import { setUpDatabase } from '../setup.ts';
import { withShop } from './open-shop.ts';

/** `kontor setup [--demo]`: idempotent; for deployments before the first process starts. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { demo: { type: 'boolean', default: false } } });
  return withShop(async ({ env }) => {
    const steps = await setUpDatabase({ env, demo: values.demo, progress: (line) => console.log(line) });
    console.log(
      steps.length > 0 ? `Done: ${steps.join(', ')}.` : 'Nothing to do: the database is as it should be.',
    );
    console.log('Next: npm start, or npm run kontor -- doctor');
    return 0;
  });
}
