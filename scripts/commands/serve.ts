import { buildExtensions } from '../build.ts';
import { startDirectus } from '../directus.ts';
import { directusEnvironment, givenDatabase, loadSettings } from '../environment.ts';
import { SetupProblem } from '../prepare.mjs';
import { productionProblems } from '../production-checks.ts';
import { requireSetUp } from '../setup.ts';
import { inForeground } from './in-foreground.ts';

/** `kontor serve`: until SIGTERM or Ctrl-C. For containers and process managers: no database, no stand-ins, no set-up. */
export async function run(): Promise<number> {
  const settings = loadSettings();
  const database = givenDatabase(settings);
  if (!database)
    throw new SetupProblem('Set DATABASE_URL. A shop with everything it needs is started by: npm start');
  const env = directusEnvironment(settings, database);
  await requireSetUp(env);
  for (const problem of productionProblems(settings)) console.warn(`Not fit for production: ${problem}`);
  await buildExtensions({ log: (line) => console.log(line) });
  const server = await startDirectus(env, (chunk) => process.stdout.write(chunk));
  console.log(`Serving at ${server.url}.`);
  return inForeground(server.process, 'Stopping: requests in progress are being answered …');
}
