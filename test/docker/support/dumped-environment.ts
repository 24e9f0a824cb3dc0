import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Running } from './running.ts';
import type { Workplace } from './workplace.ts';

/** Bash that writes its environment as one line of the log, for `dumpedEnvironment`. */
export function dumpEnvironment(mark: string): string {
  return `echo "${mark}: $(env -0 | base64 -w0)"`;
}

/** What a process under that mark has written to the log, or will have. */
export async function dumpedEnvironment(push: Running, mark: string): Promise<Record<string, string>> {
  const variables = (await dumpedText(push, mark)).split('\0').filter((text) => text !== '');
  return Object.fromEntries(
    variables.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
}

/** The same for any text that was written as `MARK: base64`. */
export async function dumpedText(push: Running, mark: string): Promise<string> {
  const [, encoded = ''] = await push.says(new RegExp(`${mark}: (\\S+)\\n`));
  return Buffer.from(encoded, 'base64').toString('utf8');
}

/** A buildpack that only supplies; answers its path. */
export async function writeSupplyBuildpack(
  place: Workplace,
  script: string,
  name = 'dumps',
): Promise<string> {
  const supply = await place.write(`${name}/bin/supply`, `#!/bin/bash\n${script}\n`);
  await chmod(supply, 0o755);
  return dirname(dirname(supply));
}
