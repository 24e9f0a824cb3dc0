import path from 'node:path';
import { allowPodmanNetworks } from './setup/allow-podman-networks.js';
import { startPodman } from './setup/ensure-podman.js';
import { ensureStacks } from './setup/ensure-stacks.js';
import { ensureTestTools } from './setup/ensure-test-tools.js';
import { withLock } from './setup/lock.js';
import { HOME, ROOT } from './setup/root.js';
import { runInFront } from './setup/run.js';
import { main, setUp } from './setup/set-up.js';

/** What Podman answers in its own way: networks, samples, owners of files, variables, limits, streams, signals. */
const SMOKE = [
  'engine-networks',
  'engine-stats',
  'sample',
  'conformance-launcher',
  'certificates',
  'environment',
  'limits',
  'log-flood',
  'offline',
  'signals',
  'ssh-terminal',
].map((name) => `test/docker/${name}.test.ts`);

const args = process.argv.slice(2);
const files = args.some((arg) => !arg.startsWith('-')) ? [] : SMOKE;

await main(async () => {
  await setUp('build');
  await ensureTestTools();
  const { address, stop } = await startPodman();
  let forbid;
  try {
    forbid = await allowPodmanNetworks();
    await withLock(path.join(HOME, 'setup.lock'), () => ensureStacks(address));
    const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
    const env = { ...process.env, DOCKER_HOST: `unix://${address.socketPath}` };
    const command = [vitest, 'run', '--project', 'docker', ...files, ...args];
    return await runInFront(process.execPath, command, { cwd: ROOT, env });
  } finally {
    await forbid?.();
    await stop();
  }
});
