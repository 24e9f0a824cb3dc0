import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logLine } from '../logs/format-log.ts';
import type { KeptLog, LogLine } from '../report/test-run.ts';
import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { DropletFile } from '../app/droplet-files.ts';
import type { ContainerEvidence } from './evidence.ts';

/** What there is to keep of a scenario that did not pass. */
export interface Artifacts {
  readonly app: string;
  readonly log: KeptLog;
  /** result.json; undefined when staging did not come to one. */
  readonly result: unknown;
  readonly plan: string;
  readonly droplet: readonly DropletFile[] | undefined;
  readonly containers: readonly ContainerEvidence[];
  /** Why it did not pass. */
  readonly failure: string;
}

/** Writes them as files, in place of those of the time before. */
export async function writeArtifacts(folder: string, artifacts: Artifacts): Promise<void> {
  const { app, log, result, plan, droplet, containers, failure } = artifacts;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const listing = droplet?.map(listed);
  const trees = containers.filter(({ tree }) => tree !== '');
  const deps =
    listing?.filter((line) => / (?:\.\/)?deps\//.test(line)).join('') ??
    trees.map(({ tree }) => tree).join('\n');
  const files: Readonly<Record<string, string | undefined>> = {
    'failure.txt': `${failure}\n`,
    'plan.txt': plan,
    'staging.log': logText(app, log, ({ source }) => source === STAGING_SOURCE),
    'log.txt': logText(app, log, () => true),
    'result.json': result === undefined ? undefined : `${JSON.stringify(result, undefined, 2)}\n`,
    'droplet.txt': listing?.join(''),
    'deps.txt': deps === '' ? undefined : deps,
    ...Object.fromEntries(
      containers.map(({ role, description }, i) => [
        `container-${i + 1}-${role}.json`,
        `${JSON.stringify(description, undefined, 2)}\n`,
      ]),
    ),
  };
  await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      if (text !== undefined) await writeFile(join(folder, name), text, { mode: 0o600 });
    }),
  );
}

function listed({ path, type, mode, size, target }: DropletFile): string {
  const link = target === undefined ? '' : ` -> ${target}`;
  return `${type.padEnd(9)} ${mode.toString(8).padStart(4, '0')} ${String(size).padStart(10)} ${path}${link}\n`;
}

function logText(
  app: string,
  { lines, leftOut, leftOutAfter }: KeptLog,
  wanted: (line: LogLine) => boolean,
): string {
  return lines
    .flatMap((line, i) => [
      ...(leftOut > 0 && i === leftOutAfter ? [`[${leftOut} lines are left out here]\n`] : []),
      ...(wanted(line) ? [`${logLine({ type: 'log', app, ...line })}\n`] : []),
    ])
    .join('');
}
