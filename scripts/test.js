import path from 'node:path';
import { ensureTestTools } from './setup/ensure-test-tools.js';
import { ROOT } from './setup/root.js';
import { runInFront } from './setup/run.js';
import { main, setUp } from './setup/set-up.js';

const args = process.argv.slice(2);
const projects = args.flatMap((arg, i) =>
  arg === '--project' ? [args[i + 1]] : (/^--project=(.*)$/.exec(arg)?.slice(1) ?? []),
);
const needs = (project) => projects.length === 0 || projects.includes(project);
const last = needs('browser') ? 'browser' : needs('docker') ? 'stacks' : 'build';

await main(async () => {
  await setUp(last);
  if (needs('docker')) await ensureTestTools();
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  return await runInFront(process.execPath, [vitest, 'run', ...args], { cwd: ROOT });
});
