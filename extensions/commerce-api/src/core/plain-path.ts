/** A path as Express matches it: whatever the case, with or without a slash at the end, and a router at `/` takes `//` for `/`. */
export function plainPath(path: string): string {
  return path
    .toLowerCase()
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
}
