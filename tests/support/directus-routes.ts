/** Run by itself with the environment of a server: writes every route Directus mounts into the file it is given, as `METHOD /path`. */
import { writeFileSync } from 'node:fs';
import { createApp } from '@directus/api';

interface Layer {
  regexp: RegExp;
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Express keeps of a mounted path only the expression it matches by: `/^\/files\/tus\/?(?=\/|$)/i`. */
function mountedAt({ source }: RegExp): string {
  if (source === '^\\/?(?=\\/|$)') return '';
  const [, path] = /^\^(.*?)\\\/\?\(\?=\\\/\|\$\)$/.exec(source) ?? [];
  return path?.replaceAll('\\/', '/').replaceAll('\\-', '-') ?? '';
}

function routesOf(layers: readonly Layer[], at: string): string[] {
  // A router of functions alone answers any method, as that of GraphQL does; elsewhere functions prepare for routes.
  const is_bare = !layers.some(({ route, handle }) => route || handle.stack);
  return layers.flatMap(({ regexp, route, handle }) => {
    const here = at + mountedAt(regexp);
    if (handle.stack) return routesOf(handle.stack, here);
    if (!route) return is_bare ? [`ANY ${here}`] : [];
    const methods = Object.keys(route.methods).map((method) => method.toUpperCase());
    return [route.path].flat().flatMap((path) => methods.map((method) => `${method} ${at}${path}`));
  });
}

const app = (await createApp()) as { _router: { stack: Layer[] } };
writeFileSync(process.argv[2] ?? '', [...new Set(routesOf(app._router.stack, ''))].join('\n'));
process.exit(0);
