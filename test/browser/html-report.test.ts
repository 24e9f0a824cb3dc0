import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html/page.ts';
import { OUTCOMES } from '../../src/report/test-run.ts';
import { EVERY_OUTCOME, HOSTILE, logOf, scenarioRun, START, testRun } from '../unit/report/runs.ts';
import { openPage, startBrowser } from './open-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** Texts of what a person sees. */
async function visible(page: Page, selector: string): Promise<string[]> {
  return await page.$$eval(selector, (found) =>
    found.filter((one) => one.checkVisibility()).map((one) => one.textContent.trim()),
  );
}

const names = (page: Page) => visible(page, '.scenario > summary .name');

describe('the page of a run', () => {
  it('shows every outcome, why it came to it, and opens what did not pass', async () => {
    await using opened = await openPage(browser, htmlReport(EVERY_OUTCOME));
    const { page } = opened;
    expect(await page.title()).toBe('Interrupted: cfstage test');
    expect(await names(page)).toEqual(['serves', 'says hello', 'stages', 'ends', 'goes on', 'is left out']);
    expect(await visible(page, '#filters .chip')).toEqual(
      OUTCOMES.map((outcome) => `1 ${outcome.replace('-', ' ')}`),
    );
    expect(await visible(page, '.failure .message')).toEqual([
      "The log has no line '-----> Hello'",
      'Failed to run supply script',
      'It timeout',
      'It interrupted',
    ]);
    expect(await visible(page, '.failure .details')).toEqual(['nearest:  -----> Supplying Ruby']);
    expect(await visible(page, '.failure code')).toEqual([
      'artifacts/says-hello',
      'docker exec -it says-hello bash',
    ]);
    expect(opened.complaints).toEqual([]);
  });

  it('needs nothing but itself', async () => {
    await using opened = await openPage(browser, htmlReport(EVERY_OUTCOME));
    expect(opened.requests).toHaveLength(1);
    expect(opened.requests[0]).toMatch(/^file:.*report\.html$/);
  });

  it('filters by outcome and by name', async () => {
    await using opened = await openPage(browser, htmlReport(EVERY_OUTCOME));
    const { page } = opened;
    await page.click('#filters .chip.failed');
    expect(await names(page)).toEqual(['says hello']);
    await page.click('#filters .chip.timeout');
    expect(await names(page)).toEqual(['says hello', 'ends']);
    await page.type('#find', 'END');
    expect(await names(page)).toEqual(['ends']);
    await page.type('#find', 'x');
    expect(await names(page)).toEqual([]);
    expect(await visible(page, '#none')).toEqual(['No scenario fits.']);
    await page.$eval('input#find', (input) => {
      input.value = '';
      input.dispatchEvent(new Event('input'));
    });
    await page.click('#filters .chip.failed');
    await page.click('#filters .chip.timeout');
    expect(await names(page)).toHaveLength(6);
  });

  it('lays steps and scripts out on one axis of time, and shows the files that each script made', async () => {
    await using opened = await openPage(browser, htmlReport(testRun([scenarioRun('serves', 'passed')])));
    const { page } = opened;
    await page.click('.scenario > summary');
    const bars = await page.$$eval('.waterfall .row:not(.axis) .track', (tracks) =>
      tracks.map((track) => {
        const whole = track.getBoundingClientRect();
        const bar = track.querySelector('i')?.getBoundingClientRect();
        const part = (x: number) => Math.round((100 * (x - whole.left)) / whole.width);
        return bar === undefined ? [] : [part(bar.left), part(bar.right)];
      }),
    );
    // Of 2000 ms: stage 0–1200, in it supply 300–800, then the expectation.
    expect(bars.slice(0, 2)).toEqual([
      [0, 60],
      [15, 40],
    ]);
    expect(bars[2]?.[0]).toBe(60);
    expect(await visible(page, '.files li')).toEqual([]);
    await page.click('details.phase > summary');
    expect(await visible(page, '.files li')).toEqual(['deps/0/bin/ruby', 'app/Gemfile.lock']);
  });

  it('shows a log when it is asked for, by source, by stream and by text', async () => {
    await using opened = await openPage(browser, htmlReport(testRun([scenarioRun('says', 'failed')])));
    const { page } = opened;
    expect(await visible(page, '.line')).toEqual([]);
    await page.click('.log > summary');
    await page.waitForSelector('.line');
    expect(await visible(page, '.line .text')).toEqual(['-----> Supplying Ruby', 'error: nothing listens']);
    expect(await visible(page, '.line .from')).toEqual(['STG/0', 'APP/PROC/WEB/0']);
    await page.select('.log select', 'STG/0');
    expect(await visible(page, '.line .text')).toEqual(['-----> Supplying Ruby']);
    await page.select('.log select', '');
    await page.click('.log .err');
    expect(await visible(page, '.line .text')).toEqual(['error: nothing listens']);
    expect(await visible(page, '.shown')).toEqual(['1 of 2']);
    await page.click('.log .err');
    await page.type('.log .text', '/^-+> S/');
    expect(await visible(page, '.line .text')).toEqual(['-----> Supplying Ruby']);
  });

  it('shows any text as text', async () => {
    const hostile = scenarioRun(HOSTILE, 'failed', {
      file: `${HOSTILE}.yml`,
      app: HOSTILE,
      failure: {
        message: HOSTILE,
        details: HOSTILE,
        hint: HOSTILE,
        code: HOSTILE,
        at: { line: 1, column: 1 },
      },
      artifacts: HOSTILE,
      enter: HOSTILE,
      log: logOf([[HOSTILE, HOSTILE]]),
      steps: [{ title: HOSTILE, at: { line: 1, column: 1 }, outcome: 'failed', startMs: 0, durationMs: 1 }],
      phases: [
        {
          name: HOSTILE,
          buildpack: HOSTILE,
          startMs: 0,
          durationMs: 1,
          exitCode: 1,
          files: [{ path: HOSTILE, change: 'added' }],
          moreFiles: 1,
        },
      ],
    });
    await using opened = await openPage(browser, htmlReport(testRun([hostile])));
    const { page } = opened;
    await page.click('.log > summary');
    await page.waitForSelector('.line');
    expect(await page.title()).toBe('Not all passed: cfstage test');
    expect(await page.$$eval('main script:not([type])', (found) => found.length)).toBe(0);
    expect(
      await page.$$eval('main b', (found) => found.filter((one) => one.textContent === 'é').length),
    ).toBe(0);
    const shown = (text: string) => text.replace(/[\u0000\uD800]/g, '\uFFFD');
    for (const selector of ['.name', '.message', '.details', '.hint', '.failure code']) {
      expect(await page.$eval(selector, (one) => one.textContent)).toBe(shown(HOSTILE));
    }
    // A log comes as data, which can hold what a text of HTML cannot.
    expect(await page.$eval('.line .text', (one) => one.textContent)).toBe(HOSTILE);
    expect(opened.complaints).toEqual([]);
  });

  it('opens at once with 300 scenarios and large logs, which are cut with a note', async () => {
    const words = 'a line of some length as a buildpack writes it, number';
    const lines = Array.from({ length: 3000 }, (_, i) => ['STG/0', `${words} ${i}`] as const);
    const scenarios = Array.from({ length: 300 }, (_, i) =>
      scenarioRun(`scenario ${i}`, i % 50 === 0 ? 'failed' : 'passed', {
        log: { ...logOf(lines), leftOut: 7, leftOutAfter: 1000 },
        startedAt: START + i,
      }),
    );
    const html = htmlReport(testRun(scenarios));
    expect(html.length).toBeLessThan(12_000_000);
    const start = performance.now();
    await using opened = await openPage(browser, html);
    const { page } = opened;
    expect(await names(page)).toHaveLength(300);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await visible(page, 'header .note')).toEqual([
      'The logs are too large for one page: of each, the last 100 lines are here.',
    ]);
    await page.click('.scenario.failed .log > summary');
    await page.waitForSelector('.line');
    expect(await visible(page, '.scenario.failed .gap')).toEqual(['7 lines are left out here']);
    expect(await page.evaluate(() => document.querySelectorAll('.scenario.failed .line').length)).toBe(3000);
  });
});
