/** The two readers of the document: pages without inline scripts, and the few files they load, all from this server. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { escaped } from './escaped.ts';

const installed = createRequire(import.meta.url);

export interface PackagedFile {
  /** Folder of the file. */
  root: string;
  file: string;
  /** Text that is served in place of another. */
  replace?: readonly [before: string, after: string];
}

/** ReDoc shows the logo of its makers from their server, and has no option against it: a transparent pixel instead. */
const WITHOUT_LOGO = [
  'https://cdn.redoc.ly/redoc/logo-mini.svg',
  'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
] as const;

/** Found at run time in the installed packages, since a bundle cannot hold them. */
export function packagedFiles(): Record<string, PackagedFile> {
  const swagger = dirname(installed.resolve('swagger-ui-dist/package.json'));
  const redoc = dirname(installed.resolve('redoc/bundles/redoc.standalone.js'));
  return {
    'swagger-ui.css': { root: swagger, file: 'swagger-ui.css' },
    'swagger-ui-bundle.js': { root: swagger, file: 'swagger-ui-bundle.js' },
    'favicon.png': { root: swagger, file: 'favicon-32x32.png' },
    'redoc.standalone.js': { root: redoc, file: 'redoc.standalone.js', replace: WITHOUT_LOGO },
  };
}

export const SCRIPTS: Record<string, string> = {
  'swagger-start.js': `SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#document',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`,
  'redoc-start.js': `Redoc.init(
  new URL('openapi.json', document.baseURI).href,
  {
    hideDownloadButton: false,
    theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } },
  },
  document.getElementById('document'),
);
`,
};

/** Paths in the pages are relative to `base`, so that the shop may live below a path of its host. */
export function swaggerPage(base: string): string {
  return page(base, 'Kontor API', '<link rel="stylesheet" href="assets/swagger-ui.css">', [
    'swagger-ui-bundle.js',
    'swagger-start.js',
  ]);
}

export function redocPage(base: string): string {
  return page(base, 'Kontor API reference', '<link rel="stylesheet" href="assets/page.css">', [
    'redoc.standalone.js',
    'redoc-start.js',
  ]);
}

export const PAGE_STYLE = 'body { margin: 0; }\n';

function page(base: string, title: string, head: string, scripts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<base href="${escaped(base)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" type="image/png" href="assets/favicon.png">
${head}
</head>
<body>
<div id="document"></div>
${scripts.map((name) => `<script src="assets/${name}"></script>`).join('\n')}
</body>
</html>
`;
}

/** What the pages may do. Both readers write their styles into the page; ReDoc searches in a worker made from a blob. */
export function contentSecurityPolicy(public_origin: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self'${public_origin ? ` ${public_origin}` : ''}`,
    'worker-src blob:',
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
