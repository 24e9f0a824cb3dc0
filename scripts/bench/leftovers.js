import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { which } from '../setup/run.js';
import { CFSTAGE, LABEL } from './names.js';

/** A temporary folder and a signal; `remove` takes away the folder and every container that was made meanwhile. */
export function workplace() {
  const folder = mkdtempSync(path.join(tmpdir(), 'cfstage-bench-'));
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => interrupted.abort(new Error(`Ended by ${name}`)));
  return {
    folder,
    signal: interrupted.signal,
    remove: () => {
      try {
        removeContainers(folder);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Of the script by their label, of cfstage by its own clean-up of runs that have ended. */
function removeContainers(folder) {
  const quiet = { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' };
  execFileSync(process.execPath, [CFSTAGE, 'clean'], {
    ...quiet,
    env: { ...process.env, CFSTAGE_HOME: folder },
  });
  const docker = which('docker');
  if (docker === undefined) return;
  const ids = execFileSync(docker, ['ps', '-aq', '--filter', `label=${LABEL}`], quiet)
    .split('\n')
    .filter(Boolean);
  if (ids.length > 0) execFileSync(docker, ['rm', '-f', ...ids], quiet);
}
