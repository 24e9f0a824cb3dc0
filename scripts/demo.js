import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './setup/root.js';
import { exitCode } from './setup/run.js';
import { main, setUp } from './setup/set-up.js';

const keep = process.argv.includes('--keep');
const fixtures = path.join(ROOT, 'fixtures');
const push = [
  'push',
  'rubyapp',
  '--manifest',
  path.join(fixtures, 'apps/rubyapp/manifest.yml'),
  '--local-buildpack',
  `https://git.example.com/config-server-buildpack.git=${path.join(fixtures, 'buildpacks/config-server-http-buildpack')}`,
  '--local-buildpack',
  `ruby_buildpack=${path.join(fixtures, 'buildpacks/ruby_buildpack')}`,
];

await main(async () => {
  const stacks = await setUp();
  const policy = stacks['cflinuxfs3'] === 'stand-in' ? 'stand-in' : 'present';
  const child = spawn(
    process.execPath,
    [path.join(ROOT, 'bin/cfstage.js'), ...push, '--stack-policy', policy],
    {
      stdio: ['ignore', 'inherit', 'pipe'],
      // Out of the terminal's reach: a Ctrl-C gets to it through us, once.
      detached: true,
    },
  );
  passSignals(child);
  const ended = exitCode(child);

  const url = await Promise.race([startedUrl(child), ended]);
  if (typeof url !== 'string') return url || 1;
  const answer = await askConfig(url).catch((error) => error);
  if (keep && !(answer instanceof Error)) {
    process.stderr.write('demo: the app goes on until Ctrl-C\n');
    return ended;
  }
  child.kill('SIGINT');
  const code = await ended;
  if (answer instanceof Error) throw answer;
  process.stderr.write(
    `demo: ${code === 0 ? 'done, everything stopped and removed' : `cfstage ended with ${code}`}\n`,
  );
  return code;
});

/** Passes signals on, counting those close together as one: npm repeats the terminal's Ctrl-C, and a second one forces. */
function passSignals(child) {
  let last = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (Date.now() - last > 500) child.kill(signal);
      last = Date.now();
    });
  }
}

/** Passes the tool's stderr on, and resolves with the app's address when it tells it. */
function startedUrl(child) {
  return new Promise((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      process.stderr.write(`${line}\n`);
      const url = /App rubyapp started: (http:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

/** Asks the app for what only its sidecar knows. */
async function askConfig(url) {
  const response = await fetch(`${url}/config`, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  process.stdout.write(`\n$ curl ${url}/config\n${text.trimEnd()}\n\n`);
  if (response.status !== 200) throw new Error(`/config answered ${response.status}`);
  const { served_by: servedBy } = JSON.parse(text);
  if (servedBy !== 'config-server') throw new Error("the answer is not the sidecar's");
}
