/** What is left to sell over all places, from the stock levels a variant came with; null when it came without. */
export function available(levels: unknown): number | null {
  if (!Array.isArray(levels) || levels.length === 0) return null;
  let sum = 0;
  for (const level of levels as unknown[]) {
    if (level === null || typeof level !== 'object') return null;
    const { on_hand, reserved } = level as { on_hand?: unknown; reserved?: unknown };
    if (!Number.isSafeInteger(on_hand) || !Number.isSafeInteger(reserved)) return null;
    sum += Number(on_hand) - Number(reserved);
  }
  return sum;
}
