/** A browser for tests: Debian's Chromium, which may talk to the server under test and to nobody else. */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Screenshots of the last run, to look at. */
const SCREENSHOTS = join(tmpdir(), 'kontor-screenshots');

/** Why the browser cannot be tested here; null when it can. */
export const missingBrowser = existsSync(EXECUTABLE)
  ? null
  : `Skipped: there is no Chromium at ${EXECUTABLE}. Install it, or name another in CHROMIUM.`;
if (missingBrowser) console.log(missingBrowser);

export function launchBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}

export interface Visit {
  page: Page;
  /** What went wrong while the page was used: requests to other hosts, failed ones to ours, errors on the console. */
  problems: string[];
  screenshot: (name: string) => Promise<void>;
  /** A screenshot of a page of the admin app that is longer than the window. */
  wholePage: (name: string) => Promise<void>;
}

/** Directus' rich text editor asks for a language file that Directus does not have, and is given a page, which is no script. */
const NOT_OURS =
  /^console: (Refused to execute script from|Failed to load language: en-US from url) .*\/langs\/en-US\.js/;
const WINDOW = { width: 1440, height: 900 };

/** A new window without memory. Requests to other origins than `url` are recorded and refused. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: WINDOW, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  const { origin } = new URL(url);
  await context.route(
    (target) => target.origin !== origin && /^(https?|wss?):$/.test(target.protocol),
    (route) => {
      problems.push(`asked another host: ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // The app gives up requests whose answer it no longer needs.
    if (reason !== 'net::ERR_ABORTED') problems.push(`${reason} ${request.url()}`);
  });
  page.on('console', (message) => {
    const problem = `console: ${message.text()}`;
    if (message.type() === 'error' && !NOT_OURS.test(problem)) problems.push(problem);
  });
  page.on('pageerror', (error) => {
    problems.push(`thrown: ${error.message}`);
  });
  const screenshot = async (name: string) => {
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  };
  return {
    page,
    problems,
    screenshot,
    async wholePage(name) {
      const heights = await page
        .locator('.sp-start')
        .evaluateAll((parts) => parts.map((part) => part.scrollHeight));
      await page.setViewportSize({ ...WINDOW, height: Math.max(WINDOW.height, ...heights) + 60 });
      await page.waitForFunction(`document.querySelector('.v-skeleton-loader') === null`);
      await screenshot(name);
      await page.setViewportSize(WINDOW);
    },
  };
}
