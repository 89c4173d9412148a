// Loaded into child processes: spares a start of Directus most of a second. Node reads the whole "exports" of a package again for
// each of its modules; date-fns lists thousands, and Directus loads three hundred of them. Their imports of one another are plain
// paths, and all are ES modules: nothing of a package.json is needed to tell what they mean.
import { registerHooks } from 'node:module';

const HOME = '/node_modules/date-fns/';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isWithin =
      specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.includes(HOME);
    if (!isWithin) return nextResolve(specifier, context);
    return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
  },
});
