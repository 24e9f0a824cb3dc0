import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { inspectBuildpack } from '../buildpack/buildpack.ts';
import { CfstageError } from '../errors.ts';
import { withoutCredentials } from '../host/buildpack-location.ts';
import { listBuildpacks } from '../host/buildpack-registry.ts';
import { readBuildpackTexts } from '../host/read-buildpack-texts.ts';
import { takesPart } from '../lint/buildpack-files.ts';
import type { Finding } from '../lint/finding.ts';
import { lint } from '../lint/lint.ts';
import type { LintedBuildpack, LintSubject } from '../lint/subject.ts';
import { openBuildpacks, type OpenBuildpack } from './open-buildpacks.ts';
import { readApp } from './read-app.ts';
import type { StageRequest } from './request.ts';
import { DEFAULT_STACK } from './resolve-stack.ts';
import type { LocalBench } from './workbench.ts';

export interface LintReport {
  readonly findings: readonly Finding[];
  /** How many buildpacks were looked at. */
  readonly buildpacks: number;
}

/**
 * `cfstage lint`: the buildpacks named (paths, registered names or URLs), each by itself, beside the app of `-f` if it
 * is given; or, with none named, those of the app in its order.
 */
export async function lintBuildpacks(
  named: readonly string[],
  request: StageRequest,
  bench: LocalBench,
  signal: AbortSignal,
): Promise<LintReport> {
  const alone = named.length > 0;
  const { keys, stack, ...context } =
    alone && request.manifestFile === undefined
      ? { keys: named, stack: request.overrides.stack }
      : await appContext(named, request, bench);
  if (keys.length === 0 && (await listBuildpacks(bench.home)).length === 0) throw nothingToLint();
  const paths = await pathsAmong(named, request.cwd);
  await using order = await openBuildpacks(
    keys,
    stack ?? DEFAULT_STACK,
    { ...request, localBuildpacks: new Map([...request.localBuildpacks, ...paths]) },
    bench,
    signal,
  );
  const buildpacks: LintedBuildpack[] = [];
  for (const opened of order.buildpacks) buildpacks.push(await read(opened, request.cwd, signal));
  const subject = {
    buildpacks,
    ...context,
    ...(stack === undefined ? {} : { stack }),
    ...(alone ? {} : { order: { length: buildpacks.length, skipDetect: order.skipDetect } }),
  };
  return { findings: lint(subject), buildpacks: buildpacks.length };
}

function nothingToLint(): CfstageError {
  return new CfstageError('USAGE', 'Incorrect Usage: There is no buildpack to look at.', {
    hint: 'Name one (cfstage lint PATH), or run this where a manifest names the buildpacks of an app.',
  });
}

interface AppContext extends Pick<LintSubject, 'app' | 'appManifestFile'> {
  readonly keys: readonly string[];
  readonly stack: string;
}

async function appContext(
  named: readonly string[],
  request: StageRequest,
  { emit }: LocalBench,
): Promise<AppContext> {
  const { app, manifestPath, warnings } = await readApp(request).catch(async (error: unknown) => {
    throw (await isBuildpack(request)) ? inBuildpack(error) : error;
  });
  for (const message of warnings) await emit({ type: 'warning', message });
  return {
    keys: named.length > 0 ? named : app.buildpacks,
    stack: app.stack ?? DEFAULT_STACK,
    app,
    ...(manifestPath === undefined ? {} : { appManifestFile: shown(manifestPath, request.cwd) }),
  };
}

/** A buildpack has a manifest.yml of its own, which is none of an app. */
async function isBuildpack({ cwd, manifestFile }: StageRequest): Promise<boolean> {
  if (manifestFile !== undefined) return false;
  const scripts = await Promise.all(
    ['supply', 'finalize', 'compile'].map((name) => stat(join(cwd, 'bin', name)).catch(() => undefined)),
  );
  return scripts.some((script) => script !== undefined);
}

function inBuildpack(error: unknown): unknown {
  if (!(error instanceof CfstageError) || error.code !== 'MANIFEST_INVALID') return error;
  return new CfstageError(error.code, error.message, {
    hint: 'This directory looks like a buildpack. To look at it: cfstage lint .',
    cause: error,
  });
}

/** The arguments that are paths. A path comes before a registered name that is spelt alike. */
async function pathsAmong(named: readonly string[], cwd: string): Promise<[string, string][]> {
  const found = await Promise.all(
    named.map(async (key): Promise<[string, string][]> => {
      const there = await stat(resolve(cwd, key)).catch(() => undefined);
      return there === undefined ? [] : [[key, key]];
    }),
  );
  return found.flat();
}

async function read(
  { key, source }: OpenBuildpack,
  cwd: string,
  signal: AbortSignal,
): Promise<LintedBuildpack> {
  const { directory, listing } = source;
  const name = withoutCredentials(key);
  return {
    label: directory === undefined ? name : shown(directory, cwd),
    candidate: inspectBuildpack(name, listing),
    listing,
    texts: await readBuildpackTexts(source.entries(), takesPart, signal),
  };
}

/** The shorter of the relative and the absolute path; '' for the current directory itself. */
function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.length < path.length ? short : path;
}
