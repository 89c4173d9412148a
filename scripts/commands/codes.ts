/** `npm run kontor -- codes PROMOTION --count 10000 --out codes.csv`: many codes for one promotion. */
import { csvLine } from '../../extensions/commerce-api/src/core/csv-line.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { CodeRequest, makeCodes } from '../../extensions/commerce-api/src/promotions/make-codes.ts';
import { SetupProblem } from '../prepare.mjs';
import { parseArguments } from './arguments.ts';
import { closeCsv, openCsv } from './csv-file.ts';
import { withShop } from './open-shop.ts';
import { progressBar } from './progress-bar.ts';

const USAGE = `npm run kontor -- codes PROMOTION --count NUMBER --out FILE [options]

Makes codes for the promotion with that id (its address in the admin app ends in it) and writes them to FILE, one a line.

  --count NUMBER     how many, at most 100000
  --out FILE         where they are written (CSV: code)
  --prefix TEXT      in front of each, e.g. SPRING-
  --length NUMBER    random letters behind the prefix (default: 10)
  --usage-limit N    how often each may be used (default: 1; 0 for as often as one likes)`;

/** `kontor codes`: exit code 0 when all of them were made; otherwise none was. */
export async function run(args: string[]): Promise<number> {
  readArguments(args);
  return withShop(async ({ shop }) => {
    await codesCommand(args, { shop, log: (line) => console.log(line) });
    return 0;
  });
}

/**
 * Makes the codes, with a progress bar where there is a terminal. The file is opened first: codes nobody can read are no use.
 * @returns the codes
 * @throws SetupProblem with what to do when the arguments, the file or the promotion are not usable
 */
export async function codesCommand(
  args: string[],
  { shop, log }: { shop: Shop; log: (line: string) => void },
): Promise<string[]> {
  const { promotion, out, request } = readArguments(args);
  const file = await openCsv(out, ['code'], 'The file');
  const bar = progressBar('{bar} {percentage}% | {value} of {total} codes');
  const began = Date.now();
  try {
    bar.start(request.count, 0);
    const codes = await makeCodes(shop, promotion, request, (made) => bar.update(made));
    bar.stop();
    for (const code of codes) file.write(csvLine([code]));
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    log(`Made ${codes.length} codes in ${seconds} s. They are in ${out}.`);
    return codes;
  } catch (error) {
    bar.stop();
    if (isKontorError(error, 'NOT_FOUND')) throw new SetupProblem(`There is no promotion ${promotion}.`);
    throw isKontorError(error) ? new SetupProblem(error.message) : error;
  } finally {
    await closeCsv(file);
  }
}

interface Arguments {
  promotion: string;
  out: string;
  request: CodeRequest;
}

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArguments(
    {
      args,
      allowPositionals: true,
      options: {
        count: { type: 'string' },
        out: { type: 'string' },
        prefix: { type: 'string' },
        length: { type: 'string' },
        'usage-limit': { type: 'string' },
      },
    },
    USAGE,
  );
  const [promotion, ...more] = positionals;
  if (promotion === undefined || more.length > 0 || !UUID.test(promotion))
    throw new SetupProblem(`Name one promotion by its id.\n\n${USAGE}`);
  if (values.out === undefined) throw new SetupProblem(`Say with --out where to write them.\n\n${USAGE}`);
  const limit = values['usage-limit'];
  const request = CodeRequest.safeParse({
    count: Number(values.count),
    prefix: values.prefix,
    length: values.length === undefined ? undefined : Number(values.length),
    usage_limit: limit === undefined ? undefined : limit === '0' ? null : Number(limit),
  });
  if (!request.success) {
    const problems = request.error.issues.map((issue) => `--${issue.path.join('')} ${issue.message}`);
    throw new SetupProblem(`${problems.join('; ').replaceAll('usage_limit', 'usage-limit')}\n\n${USAGE}`);
  }
  return { promotion, out: values.out, request: request.data };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
