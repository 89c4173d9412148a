/** The first of moments that come at all; null when none does. */
export function earliest(moments: readonly (Date | null)[]): Date | null {
  const coming = moments.flatMap((moment) => (moment ? [moment.getTime()] : []));
  return coming.length === 0 ? null : new Date(Math.min(...coming));
}
