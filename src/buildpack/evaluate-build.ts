import {
  ignoredLaunchYmlWarnings,
  launchYmlLookup,
  type BuildpackOrder,
} from '../lifecycle/launch-yml-lookup.ts';
import { depsIndex } from '../lifecycle/deps-index.ts';
import type { LaunchProcess } from '../lifecycle/launch-process.ts';
import { commandOf, dropletProcesses } from '../lifecycle/merge-processes.ts';
import { NO_START_COMMAND_LINES, writesResult, type StagingFailure } from '../lifecycle/staging-failure.ts';
import { stagingInfo, type StagingInfo } from '../lifecycle/staging-info.ts';
import {
  failedStagingResult,
  resultFailure,
  stagingResult,
  type BuildpackMetadata,
  type StagingResult,
} from '../lifecycle/staging-result.ts';
import { buildpackMetadata, detectedMetadata } from './config-yml.ts';
import { parseLaunchYml } from './launch-yml.ts';
import { parseProcfile } from './procfile.ts';
import { parseReleaseYml } from './release-yml.ts';

/** What the scripts left behind. `files` are the collected ones: `deps/0/launch.yml`, `deps/0/config.yml`, `Procfile`. */
export interface BuildEvidence {
  readonly keys: readonly string[];
  readonly skipDetect: boolean;
  readonly detected: { readonly buildpack: number; readonly output: string } | undefined;
  /** What bin/release printed; undefined when it was not run. */
  readonly release: string | undefined;
  readonly files: ReadonlyMap<string, string>;
}

/** What the builder makes of it. `stderr` are lines of the builder, `warnings` ours. */
export type BuildVerdict =
  | { readonly failure: StagingFailure; readonly result: StagingResult | undefined }
  | {
      readonly failure?: undefined;
      readonly result: StagingResult;
      readonly stagingInfo: StagingInfo;
      readonly stderr: readonly string[];
      readonly warnings: readonly string[];
    };

/** Processes, metadata and result of a build whose scripts went through. Source: buildpackapplifecycle runner.go, `build`. */
export function evaluateBuild(evidence: BuildEvidence): BuildVerdict {
  const order: BuildpackOrder = { length: evidence.keys.length, skipDetect: evidence.skipDetect };
  const parsed = readProcesses(evidence, order);
  if ('failure' in parsed) return failedBuild(parsed.failure, evidence);
  const { processes, sidecars } = dropletProcesses(parsed.value);
  const buildpacks = metadata(evidence);
  const unwritable = resultFailure(buildpacks);
  if (unwritable !== undefined) return { failure: unwritable, result: undefined };
  const hasWeb = (commandOf(processes, 'web') ?? '') !== '';
  const launchYmls = [...evidence.files.keys()]
    .filter((path) => path.endsWith('/launch.yml'))
    .map((path) => path.slice('deps/'.length));
  return {
    result: stagingResult(buildpacks, { processes, sidecars }),
    stagingInfo: stagingInfo(buildpacks, processes),
    stderr: hasWeb ? [] : NO_START_COMMAND_LINES,
    warnings: ignoredLaunchYmlWarnings(order, launchYmls),
  };
}

/** The verdict on a build that failed: its result.json, where one is written, names the buildpacks only. */
export function failedBuild(failure: StagingFailure, evidence: BuildEvidence): BuildVerdict {
  return { failure, result: writesResult(failure) ? failedStagingResult(metadata(evidence)) : undefined };
}

type Sources = Parameters<typeof dropletProcesses>[0];

function readProcesses(
  { files, release }: BuildEvidence,
  order: BuildpackOrder,
): { readonly value: Sources } | { readonly failure: StagingFailure } {
  const lookup = launchYmlLookup(order);
  const supplies: LaunchProcess[][] = [];
  for (const path of lookup.supplies) {
    const text = files.get(`deps/${path}`);
    if (text === undefined) continue;
    const parsed = parseLaunchYml(text);
    if ('failure' in parsed) return parsed;
    supplies.push(parsed.value);
  }
  const finalText = files.get(`deps/${lookup.final}`);
  const final = finalText === undefined ? parseReleaseYml(release ?? '') : parseLaunchYml(finalText);
  if ('failure' in final) return final;
  const procfileText = files.get('Procfile');
  const procfile = procfileText === undefined ? { value: [] } : parseProcfile(procfileText);
  if ('failure' in procfile) return procfile;
  return { value: { supplies, final: final.value, procfile: procfile.value } };
}

function metadata({ keys, skipDetect, detected, files }: BuildEvidence): BuildpackMetadata[] {
  if (skipDetect) {
    return keys.map((key, i) =>
      buildpackMetadata(key, files.get(`deps/${depsIndex(i, keys.length - 1)}/config.yml`)),
    );
  }
  if (detected === undefined) return [];
  const key = keys[detected.buildpack] ?? '';
  return [detectedMetadata(buildpackMetadata(key, files.get('deps/0/config.yml')), detected.output)];
}
