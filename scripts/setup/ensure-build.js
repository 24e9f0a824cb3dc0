import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { digestOf, isStamped, writeStamp } from './digest.js';
import { ROOT } from './root.js';
import { run } from './run.js';
import { say, SetupError } from './say.js';

/** Compiles src/ to dist/ when the sources are not those it was last compiled from. */
export async function ensureBuild() {
  const dist = path.join(ROOT, 'dist');
  const stamp = path.join(ROOT, 'node_modules/.cfstage-built');
  const digest = digestOf(ROOT, ['src', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']);
  if (existsSync(dist) && isStamped(stamp, digest)) return;
  say('compiling');
  rmSync(dist, { recursive: true, force: true });
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const code = await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT });
  if (code !== 0)
    throw new SetupError(
      `The compiler failed (exit code ${code}).\nMend what it says above and run this again.`,
    );
  writeStamp(stamp, digest);
}
