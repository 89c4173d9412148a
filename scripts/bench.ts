/** npm run bench -- SUBJECT: how fast and how good the shop is, as ratios to what the same machine does in the same run. */
import { writeFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { fail, SetupProblem } from './prepare.mjs';

const HELP = `npm run bench -- SUBJECT [OPTION …]

  storefront         starts a shop of its own on a made-up catalogue and measures lists, details, filters and search,
                     out of the cache and past it
    --products N     how many products (default 10000; a million take a while to seed)
    --only A,B       only these scenarios; --only help lists them
    --grow           instead: how much slower it is with N products (default 1000000) than with 10000
    --keep           leaves the seeded database, and takes one that is there and still fits
    --cpu-prof DIR   writes CPU profiles of the servers there
  selling            starts a shop of its own and measures pricing, carts, checkout and a rush; needs nothing else
  overload           a shop at five times what it can: what is refused, whether what was promised is there, and how soon it is itself
                     again; --seconds N is how long (600 for the long form)
    --times N        how many times what it can (default 5)
  peers [SYSTEM …]   runs ../shared/peers-bench with Kontor beside other systems (default: limit, vendure if set up, kontor);
                     its README says how they are set up
    --work W1,W2     which work (default W1,W2,W3,W4,W5,W6,SQL)
  recommendations    how often what is recommended was bought next, on a real shop's history in ../shared/data
    --split DAY      learn from before, measure from then on (default 2011-09-01); --until DAY ends it
  relevance          how good the search is, by queries people judged in ../shared/data: nDCG@10 and recall, half of them held out

  --json FILE        also writes what was measured to a file
  --seconds N        length of each measured run (default 10)
  --repeats N        how many of them; the median counts (default 3)
  --no-thresholds    what is too slow is said, but no failure; what is wrong still is`;

type OwnOptions = NonNullable<ParseArgsConfig['options']>;

export interface BenchOptions {
  seconds: number;
  repeats: number;
  /** The options a subject has of its own. */
  own: Record<string, string | boolean | undefined>;
}

/** What was measured, and what of it was wrong: a shop that is fast and wrong has failed. */
export interface Measured {
  results: Record<string, unknown>;
  wrong: string[];
  /** What was right, but slower or larger than it may be. */
  missed?: string[];
}

interface Subject {
  OPTIONS?: OwnOptions;
  measure: (args: string[], options: BenchOptions) => Promise<Measured>;
}

const SUBJECTS: Record<string, () => Promise<Subject>> = {
  storefront: () => import('./bench/storefront.ts'),
  overload: () => import('./bench/overload.ts'),
  selling: () => import('./bench/selling.ts'),
  peers: () => import('./bench/peers.ts'),
  recommendations: () => import('./bench/recommendations.ts'),
  relevance: () => import('./bench/relevance.ts'),
};

const COMMON = {
  json: { type: 'string' },
  seconds: { type: 'string', default: '10' },
  repeats: { type: 'string', default: '3' },
  'no-thresholds': { type: 'boolean', default: false },
} as const satisfies OwnOptions;

async function main([name, ...rest]: string[]): Promise<number> {
  const load = name !== undefined && Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined;
  if (!load) {
    console.log(HELP);
    return name === '--help' ? 0 : 2;
  }
  const subject = await load();
  const options: OwnOptions = { ...subject.OPTIONS, ...COMMON };
  const { values, positionals } = parseArgs({ args: rest, allowPositionals: true, options });
  const { json, seconds, repeats, 'no-thresholds': isLenient, ...own } = values;
  const {
    results,
    wrong,
    missed = [],
  } = await subject.measure(positionals, {
    seconds: positive('seconds', seconds),
    repeats: positive('repeats', repeats),
    own: own as BenchOptions['own'],
  });
  if (typeof json === 'string')
    writeFileSync(json, `${JSON.stringify({ results, wrong, missed }, null, 2)}\n`);
  for (const each of wrong) console.error(`WRONG: ${each}`);
  for (const each of missed) console.error(`MISSED: ${each}`);
  return wrong.length === 0 && (isLenient === true || missed.length === 0) ? 0 : 1;
}

/** @throws SetupProblem naming the option when it is no number above zero */
export function positive(name: string, value: unknown): number {
  const number = Number(value);
  if (!(number > 0)) throw new SetupProblem(`--${name} ${String(value)} is no number above zero.`);
  return number;
}

if (import.meta.main) main(process.argv.slice(2)).then((code) => process.exit(code), fail);
