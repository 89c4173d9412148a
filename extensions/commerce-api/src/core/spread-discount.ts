import { shareByLargestRemainder, sumMinor } from './money.ts';

/**
 * Spreads a discount over some of the goods in proportion to their weights, by largest remainder, the earlier of `lines` first
 * in a tie. Takes at most the sum of the weights, and so no more from a line than it weighs.
 * @param weights by line, like the answer
 * @throws RangeError when the amount is negative
 */
export function spreadDiscount(
  amount_minor: number,
  lines: readonly number[],
  weights: readonly number[],
): number[] {
  const chosen = lines.map((line) => weights[line]!);
  const shares = shareByLargestRemainder(Math.min(amount_minor, sumMinor(chosen)), chosen);
  const byLine = weights.map(() => 0);
  for (const [index, line] of lines.entries()) byLine[line] = shares[index]!;
  return byLine;
}
