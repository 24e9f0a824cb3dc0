import { readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { CfstageError, systemErrorCode } from '../errors.ts';
import { Problems } from '../manifest/problems.ts';
import { parseSpec, SPEC_HINT } from '../spec/parse-spec.ts';
import type { Scenario } from '../spec/spec.ts';

/** A scenario and the folder that its paths are relative to. */
export interface FoundScenario extends Scenario {
  readonly folder: string;
}

/** Reads specs. Raises SPEC_INVALID with the faults of all of them, so that nothing is run before all is right. */
export async function readSpecs(files: readonly string[], cwd: string): Promise<readonly FoundScenario[]> {
  const read = await Promise.allSettled([...new Set(files)].map((file) => readSpec(file, cwd)));
  const faults = read.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const other = faults.find((fault) => !(fault instanceof CfstageError && fault.code === 'SPEC_INVALID'));
  if (other !== undefined) throw other;
  if (faults.length > 0) {
    throw new CfstageError('SPEC_INVALID', faults.map(({ message }) => message).join('\n'), {
      hint: SPEC_HINT,
    });
  }
  return read.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

async function readSpec(path: string, cwd: string): Promise<readonly FoundScenario[]> {
  const absolute = resolve(cwd, path);
  const file = shownPath(absolute, cwd);
  const text = await readFile(absolute, 'utf8').catch((error: unknown) => {
    throw new CfstageError('SPEC_INVALID', `${file}:1:1: cannot be read (${systemErrorCode(error) ?? ''})`, {
      cause: error,
    });
  });
  const scenarios = parseSpec({ text, file });
  const folder = dirname(absolute);
  await requireFiles(scenarios, folder, file);
  return scenarios.map((scenario) => ({ ...scenario, folder }));
}

async function requireFiles(scenarios: readonly Scenario[], folder: string, file: string): Promise<void> {
  const problems = new Problems(file);
  const references = scenarios.flatMap((scenario) => scenario.references);
  await Promise.all(
    references.map(async ({ path, at }) => {
      const absolute = resolve(folder, path);
      const exists = await stat(absolute).then(
        () => true,
        () => false,
      );
      if (!exists) problems.add(at, `there is no file or folder '${path}' beside this file`);
    }),
  );
  problems.raise('SPEC_INVALID', SPEC_HINT);
}

/** Relative to the working directory, with slashes, as reports name it. */
function shownPath(absolute: string, cwd: string): string {
  return relative(cwd, absolute).split(sep).join('/');
}
