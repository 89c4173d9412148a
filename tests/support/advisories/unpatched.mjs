// Loaded into a plain Directus: what Kontor's patches changed in its files is as Directus ships it again.
import { registerHooks } from 'node:module';

const SHIPPED = [
  ['/utils/sanitize-query.js', 'await parse(value, [...path, key]);', 'parse(value, [...path, key]);'],
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const found = SHIPPED.find(([file]) => url.includes('/@directus/api/') && url.endsWith(file));
    if (!found) return loaded;
    const [, patched, shipped] = found;
    const source = String(loaded.source);
    if (!source.includes(patched)) throw new Error(`The patch of ${url} is not there to be taken back.`);
    return { ...loaded, source: source.replace(patched, shipped) };
  },
});
