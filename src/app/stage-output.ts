import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { gzip } from '../archive/gzip.ts';
import { appFiles } from '../host/app-store.ts';
import { writeFileAtomically, writeStreamAtomically } from '../host/atomic-file.ts';
import type { Home } from '../host/home.ts';
import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import { stagingInfoYml } from '../lifecycle/staging-info.ts';
import { resultJson } from '../lifecycle/staging-result.ts';
import { logLine } from '../logs/format-log.ts';
import type { LogEvent } from '../logs/event.ts';
import { openStoredDroplet } from './droplet-store.ts';
import type { StagingOutcome } from './stage-app.ts';
import { together } from './together.ts';

/**
 * Writes what the original leaves: droplet.tgz, result.json, staging_info.yml, cache.tgz, and staging.log. A failed
 * staging leaves its log, and result.json where the builder writes one.
 */
export async function writeStageOutput(
  folder: string,
  outcome: StagingOutcome,
  log: readonly LogEvent[],
  home: Home,
  signal: AbortSignal,
): Promise<void> {
  const lines = log.filter(({ source }) => source === STAGING_SOURCE).map((event) => `${logLine(event)}\n`);
  await writeFileAtomically(join(folder, 'staging.log'), lines.join(''));
  const result = outcome.failure === undefined ? outcome.droplet.result : outcome.failure.result;
  if (result !== undefined) await writeFileAtomically(join(folder, 'result.json'), resultJson(result));
  if (outcome.droplet === undefined) return;
  const { droplet } = outcome;
  await together(
    signal,
    () => writeFileAtomically(join(folder, 'staging_info.yml'), stagingInfoYml(droplet.stagingInfo)),
    (abort) =>
      writeStreamAtomically(join(folder, 'droplet.tgz'), gzip(openStoredDroplet(home, droplet)), abort),
    (abort) => {
      const cache = createReadStream(appFiles(home, droplet.app.name).cache(droplet.stack));
      return writeStreamAtomically(join(folder, 'cache.tgz'), gzip(cache), abort);
    },
  );
}
