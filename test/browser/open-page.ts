import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { setupModule } from '../unit/setup/setup-module.ts';

/** A page in a browser, with what it has complained of and asked the network for. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

/** Starts the browser that the set-up has found or installed. */
export async function startBrowser(): Promise<Browser> {
  const { findBrowser } = await setupModule<{ findBrowser: () => string | undefined }>('ensure-browser');
  const executablePath = findBrowser();
  if (executablePath === undefined)
    throw new Error('No browser. Get one with: node scripts/setup.js browser');
  return await launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** Opens a page from a file, as somebody who has downloaded it does. */
export async function openPage(browser: Browser, html: string): Promise<OpenPage> {
  const folder = await mkdtemp(join(tmpdir(), 'cfstage-page-'));
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return {
    page,
    complaints,
    requests: requests,
    [Symbol.asyncDispose]: async () => {
      await page.close();
      await rm(folder, { recursive: true });
    },
  };
}
