/** The two readers of the API document, in a browser that reaches nothing but this server. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, visit } from '../support/browser.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('Swagger UI shows the routes and tries one', async () => {
  const { page, problems, screenshot } = await visit(browser, server.url);
  await page.goto(`${server.url}/docs`);
  await page.locator('#operations-tag-Catalogue').click();
  await page.locator('#operations-Catalogue-getStoreCategories .opblock-summary-control').click();
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  await screenshot('docs');
  expect(problems).toEqual([]);
});

test('ReDoc shows the routes and finds one', async () => {
  const { page, problems, screenshot } = await visit(browser, server.url);
  await page.goto(`${server.url}/docs/redoc`);
  await page.getByRole('heading', { name: 'Kontor' }).waitFor();
  await page.getByPlaceholder('Search...').fill('shipping');
  await page
    .locator('[data-role="search:results"]')
    .getByText('shipping', { exact: false })
    .first()
    .waitFor();
  await screenshot('redoc');
  expect(problems).toEqual([]);
});
