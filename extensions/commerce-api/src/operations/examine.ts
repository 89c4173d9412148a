/** The invariants of the books, asked of a live database. */
import type { Shop } from '../platform/shop.ts';
import { countChecked, findBroken, INVARIANTS } from './invariant-queries.ts';

export interface Finding {
  name: string;
  /** How many rows were looked at. */
  checked: number;
  /** One sentence per broken row. */
  broken: string[];
}

/** Asks every invariant. Reads only; each statement sees one moment. */
export async function examine({ db }: Shop): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const each of INVARIANTS) {
    findings.push({
      name: each.name,
      checked: await countChecked(db, each),
      broken: await findBroken(db, each),
    });
  }
  return findings;
}
