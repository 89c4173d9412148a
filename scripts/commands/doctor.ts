import { parseArgs } from 'node:util';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { compareBooks } from '../../extensions/commerce-api/src/payments/compare-with-providers.ts';
import { examineIndexes } from '../../extensions/commerce-api/src/search/reindex.ts';
import { SetupProblem } from '../prepare.mjs';
import { withShop } from './open-shop.ts';
import { progressBar } from './progress-bar.ts';

interface Finding {
  name: string;
  checked: number;
  broken: string[];
}

const DEFAULT_DAYS = 30;

/**
 * `kontor doctor`: exit code 0 when every invariant holds, 1 when one is broken. Reads only. With `--provider` the payment providers are
 * asked, too, whether their books are the same.
 */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      provider: { type: 'boolean', default: false },
      days: { type: 'string', default: String(DEFAULT_DAYS) },
    },
  });
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 1)
    throw new SetupProblem(`--days ${values.days} is no number of days.`);
  return withShop(async ({ shop }) => {
    const findings: Finding[] = await examine(shop);
    if (shop.providers.search)
      findings.push({
        name: 'Meilisearch holds what is listed',
        ...(await examineIndexes(shop, shop.providers.search)),
      });
    if (values.provider) {
      const since = new Date(Date.now() - days * 86_400_000);
      const bar = progressBar('{bar} {percentage}% | {value} of {total} payments compared');
      bar.start(0, 0);
      const compared = await compareBooks(shop, {
        since,
        onProgress: (done, of) => {
          bar.setTotal(of);
          bar.update(done);
        },
      }).finally(() => bar.stop());
      findings.push(
        ...compared.map(({ provider, ...rest }) => ({
          name: `${provider} holds what the books say (${days} days)`,
          ...rest,
        })),
      );
    }
    return report(findings);
  });
}

function report(findings: readonly Finding[]): number {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  for (const { name, checked, broken } of findings) {
    console.log(`${broken.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${checked} checked`);
    for (const each of broken.slice(0, 20)) console.log(`        ${each}`);
    if (broken.length > 20) console.log(`        … and ${broken.length - 20} more`);
  }
  const isSound = findings.every((finding) => finding.broken.length === 0);
  console.log(isSound ? '\nThe books add up.' : '\nThe books do not add up; each line above names the rows.');
  return isSound ? 0 : 1;
}
