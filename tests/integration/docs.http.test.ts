import { afterAll, beforeAll, expect, test } from 'vitest';
import { staffRoutes, storeRoutes } from '../../extensions/commerce-api/src/surfaces.ts';
import { openApiProblems } from '../support/openapi-problems.ts';
import { startServer } from '../support/server.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface Document {
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, unknown> };
}

async function readDocument(
  headers: Record<string, string> = {},
): Promise<{ document: Document; headers: Headers }> {
  const response = await fetch(`${server.url}/docs/openapi.json`, { headers });
  expect(response.status).toBe(200);
  return { document: (await response.json()) as Document, headers: response.headers };
}

test('the document holds to OpenAPI 3.0 and has every route that is mounted', async () => {
  const { document } = await readDocument();
  expect(openApiProblems(document)).toEqual([]);
  for (const [prefix, routes] of [
    ['/store', storeRoutes],
    ['/staff', staffRoutes],
  ] as const) {
    for (const { method, path } of routes) {
      expect(document.paths[prefix + path.replace(/:(\w+)/g, '{$1}')]).toHaveProperty(method);
    }
  }
});

test('strangers see the collections they may read, and no others', async () => {
  const { document, headers } = await readDocument();
  expect(document.paths['/items/products']).toHaveProperty('get');
  expect(document.paths['/items/products']).not.toHaveProperty('post');
  expect(document.paths).not.toHaveProperty(['/items/orders']);
  expect(document.paths).not.toHaveProperty(['/items/customers']);
  expect(JSON.stringify(document)).not.toContain('cost_minor');
  expect(headers.get('vary')).toContain('Authorization');
});

test('administrators see everything, and it is kept by no cache', async () => {
  const { document, headers } = await readDocument({ authorization: `Bearer ${server.admin_token}` });
  expect(openApiProblems(document)).toEqual([]);
  for (const path of ['/items/orders', '/items/products', '/users', '/store/products']) {
    expect(document.paths).toHaveProperty([path]);
  }
  expect(headers.get('cache-control')).toBe('private, no-store');
});

test.each([
  ['/docs', ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-start.js']],
  ['/docs/redoc', ['page.css', 'redoc.standalone.js', 'redoc-start.js']],
])('%s is a page whose every file comes from this server', async (path, files) => {
  const response = await fetch(server.url + path);
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(html).not.toMatch(/https?:|<script>|<style|\son\w+=/);

  const base = /<base href="([^"]+)">/.exec(html)?.[1] ?? '';
  const links = [...html.matchAll(/<(?:script src|link [^>]*href)="([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  for (const file of files) expect(links).toContain(`assets/${file}`);
  for (const link of links) {
    const asset = await fetch(new URL(link, new URL(base, server.url)));
    expect([link, asset.status]).toEqual([link, 200]);
    expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(0);
  }

  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe-eval|\*|fonts|cdn/);
});

test('no other file of the packages is served', async () => {
  for (const name of [
    'package.json',
    'index.html',
    '../package.json',
    '%2e%2e/package.json',
    'swagger-ui.js',
  ]) {
    expect((await fetch(`${server.url}/docs/assets/${name}`)).status).not.toBe(200);
  }
});

test('how Kontor calculates and recommends are pages of their own, styled from here and open to everybody', async () => {
  for (const verb of ['calculates', 'recommends']) {
    const page = await fetch(`${server.url}/docs/how-kontor-${verb}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain(`<h1>How Kontor ${verb}</h1>`);
  }
  const style = await fetch(`${server.url}/docs/assets/rules.css`);
  expect(style.headers.get('content-type')).toContain('text/css');
});
