/** Tiers as a form edits them: from so much on, so much. */

export interface TierRow {
  /** Minor units, units or grams, as the form says; null while nobody has typed it. */
  from: number | null;
  gives: 'percent' | 'amount';
  /** Parts per million or minor units; null while nobody has typed it. */
  value: number | null;
}

export type Tier = { from: number; value_ppm: number } | { from: number; amount_minor: number };

/** The tiers of a json column as rows to edit; what is no list of tiers has none. */
export function rowsOf(tiers: unknown): TierRow[] {
  if (!Array.isArray(tiers)) return [];
  return tiers
    .filter((tier): tier is Record<string, unknown> => tier !== null && typeof tier === 'object')
    .map(({ from, value_ppm, amount_minor }) => ({
      from: integerOf(from),
      gives: value_ppm === null || value_ppm === undefined ? 'amount' : 'percent',
      value: integerOf(value_ppm ?? amount_minor),
    }));
}

/** What is kept of the rows: those that are complete. Null when none is. */
export function tiersOf(rows: readonly TierRow[]): Tier[] | null {
  const tiers = rows.flatMap(({ from, gives, value }): Tier[] => {
    if (from === null || value === null) return [];
    return [gives === 'percent' ? { from, value_ppm: value } : { from, amount_minor: value }];
  });
  return tiers.length > 0 ? tiers : null;
}

/** Why some rows would be lost or mean nothing; null when all is well. */
export function problemOf(rows: readonly TierRow[]): string | null {
  if (rows.some(({ from, value }) => from === null || value === null))
    return 'A tier needs both values. Until then it is not saved.';
  if (new Set(rows.map(({ from }) => from)).size < rows.length) return 'Two tiers begin at the same value.';
  return null;
}

function integerOf(value: unknown): number | null {
  return value !== null && value !== undefined && Number.isSafeInteger(Number(value)) ? Number(value) : null;
}
