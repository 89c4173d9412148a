const LONGEST = 200;

/**
 * What names are sorted by: letters without their accents and their case, so that "Äpfel" stands beside "apfel". The same for every
 * language, because a list has one order in the index.
 */
export function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .slice(0, LONGEST)
    .replace(/[\uD800-\uDBFF]$/, '');
}
