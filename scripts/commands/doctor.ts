import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { openShop } from './open-shop.ts';

/** `kontor doctor`: exit code 0 when every invariant holds, 1 when one is broken. Reads only. */
export async function run(): Promise<number> {
  const { shop, close } = await openShop();
  try {
    const findings = await examine(shop);
    const width = Math.max(...findings.map((finding) => finding.name.length));
    for (const { name, checked, broken } of findings) {
      console.log(`${broken.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${checked} checked`);
      for (const each of broken.slice(0, 20)) console.log(`        ${each}`);
      if (broken.length > 20) console.log(`        … and ${broken.length - 20} more`);
    }
    const isSound = findings.every((finding) => finding.broken.length === 0);
    console.log(
      isSound ? '\nThe books add up.' : '\nThe books do not add up; each line above names the rows.',
    );
    return isSound ? 0 : 1;
  } finally {
    await close();
  }
}
