import { digestOf, isStamped, writeStamp } from './digest.js';
import { ROOT } from './root.js';
import { run } from './run.js';
import { say, SetupError } from './say.js';
import path from 'node:path';

/** Installs the npm packages when package-lock.json is not the one they were last installed from. */
export async function ensureDependencies() {
  const stamp = path.join(ROOT, 'node_modules/.cfstage-installed');
  const digest = digestOf(ROOT, ['package-lock.json']);
  if (isStamped(stamp, digest)) return;
  say('installing npm packages');
  // Under CI or NODE_ENV=production npm would leave out what builds and tests.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run('npm', args, { cwd: ROOT });
  if (code !== 0)
    throw new SetupError(`npm ci failed (exit code ${code}).\nMend what it says above and run this again.`);
  writeStamp(stamp, digest);
}
