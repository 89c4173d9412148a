/** npm run bench -- selling | peers [SYSTEM …]: how fast the shop sells, as ratios to what the same machine does in the same run. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fail } from './prepare.mjs';

const HELP = `npm run bench -- SUBJECT [--json FILE]

  selling            starts a shop of its own and measures pricing, carts, checkout and a rush; needs nothing else
  peers [SYSTEM …]   runs ../shared/peers-bench with Kontor beside other systems (default: limit vendure kontor);
                     its README says how they are set up

  --json FILE        also writes what was measured to a file
  --seconds N        length of each measured run (default 10)
  --repeats N        how many of them; the median counts (default 3)`;

export interface BenchOptions {
  seconds: number;
  repeats: number;
}

/** What was measured, and what of it was wrong: a shop that is fast and wrong has failed. */
export interface Measured {
  results: Record<string, unknown>;
  wrong: string[];
}

interface Subject {
  measure: (args: string[], options: BenchOptions) => Promise<Measured>;
}

const SUBJECTS: Record<string, () => Promise<Subject>> = {
  selling: () => import('./bench/selling.ts'),
  peers: () => import('./bench/peers.ts'),
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      seconds: { type: 'string', default: '10' },
      repeats: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  const [name, ...args] = positionals;
  const load = name !== undefined && Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined;
  if (!load || values.help) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const options = { seconds: Number(values.seconds), repeats: Number(values.repeats) };
  const { results, wrong } = await (await load()).measure(args, options);
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ results, wrong }, null, 2)}\n`);
  for (const each of wrong) console.error(`WRONG: ${each}`);
  return wrong.length === 0 ? 0 : 1;
}

main().then((code) => process.exit(code), fail);
