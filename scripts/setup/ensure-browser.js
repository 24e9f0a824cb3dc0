import { canInstallPackages, installPackages } from './install-packages.js';
import { which } from './run.js';
import { SetupError } from './say.js';

/** Programs that can show a page without a screen, the smallest first. */
const BROWSERS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** Where a browser is; undefined when there is none. `CHROME_PATH` comes first. */
export function findBrowser() {
  return process.env['CHROME_PATH'] || BROWSERS.map(which).find((file) => file !== undefined);
}

/** Makes sure that there is a browser for the tests of the report's page. */
export async function ensureBrowser() {
  if (findBrowser() !== undefined) return;
  if (!canInstallPackages()) {
    throw new SetupError(
      'The tests of the HTML report need Chromium, and none is installed.\n' +
        'Install Chromium or Chrome, or set CHROME_PATH to it, then run this again.',
    );
  }
  // A font has to come with it: a page without letters has no sizes.
  await installPackages([BROWSERS[0], 'fonts-dejavu-core'], 'the HTML report is tested in Chromium');
}
