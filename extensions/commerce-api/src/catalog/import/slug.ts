/**
 * The part of an address that stands for a name: lower case, accents dropped, letters and digits of any script kept,
 * everything else a hyphen. Empty when nothing is left.
 */
export function slugify(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}
