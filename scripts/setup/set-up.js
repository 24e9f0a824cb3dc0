import path from 'node:path';
import { ensureBrowser } from './ensure-browser.js';
import { ensureBuild } from './ensure-build.js';
import { ensureDependencies } from './ensure-dependencies.js';
import { ensureEngine } from './ensure-engine.js';
import { ensureStacks } from './ensure-stacks.js';
import { withLock } from './lock.js';
import { HOME } from './root.js';
import { SetupError } from './say.js';

/** The parts of the set-up, in order: each needs those before it. */
export const PARTS = ['deps', 'build', 'engine', 'stacks', 'browser'];

/** Sets up everything up to and including a part, one set-up of a user at a time; resolves with what is known of the stacks. */
export function setUp(last = 'stacks') {
  const wanted = (part) => PARTS.indexOf(part) <= PARTS.indexOf(last);
  return withLock(path.join(HOME, 'setup.lock'), async () => {
    await ensureDependencies();
    if (wanted('build')) await ensureBuild();
    const engine = wanted('engine') ? await ensureEngine() : undefined;
    if (wanted('browser')) await ensureBrowser();
    return wanted('stacks') ? await ensureStacks(engine) : {};
  });
}

/** Runs a script's main function and exits with the code it resolves with; a SetupError is told without a stack trace. */
export async function main(script) {
  try {
    process.exitCode = await script();
  } catch (error) {
    process.stderr.write(error instanceof SetupError ? `set-up: ${error.message}\n` : `${error.stack}\n`);
    process.exitCode = 1;
  }
}
