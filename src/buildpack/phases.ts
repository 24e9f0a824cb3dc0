import { BUILD_DIR, CACHE_DIR, contentsLayout, FINAL_CACHE_DIR } from '../lifecycle/container-paths.ts';
import { depsIndex } from '../lifecycle/deps-index.ts';
import { launchYmlLookup } from '../lifecycle/launch-yml-lookup.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';
import { malformedBuildpackMessage, MISSING_FINALIZE_WARNING } from '../lifecycle/staging-failure.ts';
import type { BuildpackHash } from './buildpack-hash.ts';
import { buildpackDirectory, parseBuildpackReference } from './buildpack-reference.ts';
import type { BuildpackCandidate, BuildpackListing, ScriptName, ScriptState } from './buildpack.ts';

/** One script to run. Its stdout is STG OUT, except where it is `captured` (detect, release). */
export interface Phase {
  readonly step: 'run';
  readonly phase: ScriptName;
  /** Position in the order, and the key there. */
  readonly buildpack: number;
  readonly key: string;
  readonly final: boolean;
  readonly depsIndex: string;
  /** Path in the container, and what is to be expected of it. */
  readonly script: string;
  readonly state: ScriptState;
  readonly args: readonly string[];
  readonly captured: boolean;
  /** Not run when this file exists by then: launch.yml of the final buildpack takes the place of bin/release. */
  readonly unless?: string;
}

/** What the builder does, one thing after the other. After `fail` nothing comes. */
export type Step =
  | Phase
  | { readonly step: 'print'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | { readonly step: 'delete'; readonly path: string }
  | { readonly step: 'fail'; readonly failure: StagingFailure };

/** `contentsDir` is the droplet's assembly directory, `/tmp/contents` and something random. */
export interface PhaseInput {
  readonly buildpacks: readonly BuildpackCandidate[];
  readonly skipDetect: boolean;
  readonly contentsDir: string;
  readonly hash: BuildpackHash;
}

/** What staging makes ready and then does; while detecting, `steps` ends where a bin/detect has to choose. */
export interface PhasePlan {
  /** To be made first, parents before children. */
  readonly directories: readonly string[];
  /** Names below /tmp/cache that stay; everything else there is deleted before the first step. */
  readonly keptCacheEntries: readonly string[];
  readonly steps: readonly Step[];
}

/**
 * All decisions of the builder before anything has run. Without detection the steps are complete. With it they are the
 * detects, to be run until one exits with 0 (then see `stepsAfterDetect`), and the failure for when none does.
 * Source: buildpackapplifecycle buildpackrunner/runner.go.
 */
export function planPhases(input: PhaseInput): PhasePlan {
  const { buildpacks, skipDetect, contentsDir, hash } = input;
  const supplies = skipDetect ? buildpacks.slice(0, -1) : [];
  const caches = supplies.map(({ key }) => hash(key));
  const layout = contentsLayout(contentsDir);
  const indices = [...supplies, undefined].map((_, i) => depsIndex(i, supplies.length));
  return {
    directories: [
      FINAL_CACHE_DIR,
      ...caches.map((name) => `${CACHE_DIR}/${name}`),
      layout.root,
      ...indices.map((index) => `${layout.deps}/${index}`),
      layout.profile,
    ],
    keptCacheEntries: ['final', ...new Set(caches)],
    steps: invalidUrl(input) ?? (skipDetect ? namedSteps(input) : detectSteps(input)),
  };
}

/** URLs are looked at before any script, whether they are needed or not. */
function invalidUrl({ buildpacks }: PhaseInput): Step[] | undefined {
  for (const { key } of buildpacks) {
    const reference = parseBuildpackReference(key);
    if ('failure' in reference) return [{ step: 'fail', failure: reference.failure }];
  }
  return undefined;
}

/** What follows when the buildpack at `winner` was detected. */
export function stepsAfterDetect(input: PhaseInput, winner: number): readonly Step[] {
  return finalSteps(input, winner, 0);
}

function namedSteps(input: PhaseInput): Step[] {
  const last = input.buildpacks.length - 1;
  const supplies = input.buildpacks.slice(0, last);
  const failure = supplyFailure(supplies);
  if (failure !== undefined) return [{ step: 'fail', failure }];
  const runs = supplies.map((_, i) =>
    phase(input, i, 'supply', {
      depsIndex: depsIndex(i, last),
      cache: `${CACHE_DIR}/${input.hash(input.buildpacks[i]?.key ?? '')}`,
    }),
  );
  return [...runs, ...finalSteps(input, last, last)];
}

/** All supply buildpacks are looked at before any is run; the first that cannot supply decides. */
function supplyFailure(supplies: readonly BuildpackCandidate[]): StagingFailure | undefined {
  for (const candidate of supplies) {
    const { key } = candidate;
    if ('malformed' in candidate) return { kind: 'MalformedBuildpack', key, final: false };
    if (candidate.scripts.supply === 'missing') return { kind: 'NoSupplyScript', key };
  }
  return undefined;
}

function detectSteps(input: PhaseInput): Step[] {
  const steps = input.buildpacks.flatMap((candidate, i): Step[] => {
    if ('malformed' in candidate) return [printed('stderr', malformedBuildpackMessage(candidate.key))];
    const run = phase(input, i, 'detect', { depsIndex: '0', cache: FINAL_CACHE_DIR });
    if (run.state === 'missing') {
      return [printed('stderr', `stat ${run.script}: no such file or directory`)];
    }
    return candidate.warnsOfDetectMode ? [printed('stdout', DETECT_MODE_WARNING), run] : [run];
  });
  return [...steps, { step: 'fail', failure: { kind: 'NoAppDetected' } }];
}

const DETECT_MODE_WARNING = "WARNING: buildpack script '/bin/detect' is not executable";

function finalSteps(input: PhaseInput, index: number, supplyCount: number): Step[] {
  const candidate = input.buildpacks[index];
  if (candidate === undefined) return [];
  if ('malformed' in candidate) {
    return [{ step: 'fail', failure: { kind: 'MalformedBuildpack', key: candidate.key, final: true } }];
  }
  const place = { depsIndex: depsIndex(supplyCount, supplyCount), cache: FINAL_CACHE_DIR, final: true };
  return [
    ...(candidate.scripts.finalize === 'missing'
      ? compileSteps(input, index, place, supplyCount)
      : finalizeSteps(input, index, place, candidate)),
    phase(input, index, 'release', place),
  ];
}

function finalizeSteps(
  input: PhaseInput,
  index: number,
  place: Place,
  { scripts }: BuildpackListing,
): Step[] {
  const finalize = phase(input, index, 'finalize', place);
  return scripts.supply === 'missing' ? [finalize] : [phase(input, index, 'supply', place), finalize];
}

function compileSteps(input: PhaseInput, index: number, place: Place, supplyCount: number): Step[] {
  const path = `${contentsLayout(input.contentsDir).deps}/${place.depsIndex}`;
  const steps: Step[] = [{ step: 'delete', path }, phase(input, index, 'compile', place)];
  return supplyCount === 0 ? steps : [printed('stderr', MISSING_FINALIZE_WARNING), ...steps];
}

function printed(stream: 'stdout' | 'stderr', line: string): Step {
  return { step: 'print', stream, line };
}

interface Place {
  readonly depsIndex: string;
  readonly cache: string;
  readonly final?: boolean;
}

function phase(input: PhaseInput, index: number, name: ScriptName, place: Place): Phase {
  const candidate = input.buildpacks[index];
  const listing = candidate === undefined || 'malformed' in candidate ? undefined : candidate;
  const key = candidate?.key ?? '';
  const { deps, profile } = contentsLayout(input.contentsDir);
  const supplyArgs = [BUILD_DIR, place.cache, deps, place.depsIndex];
  const args: Record<ScriptName, readonly string[]> = {
    detect: [BUILD_DIR],
    supply: supplyArgs,
    finalize: [...supplyArgs, profile],
    compile: [BUILD_DIR, place.cache],
    release: [BUILD_DIR],
  };
  const directory = listing === undefined || listing.directory === '' ? '' : `/${listing.directory}`;
  const lookup = launchYmlLookup({ length: input.buildpacks.length, skipDetect: input.skipDetect });
  return {
    step: 'run',
    phase: name,
    buildpack: index,
    key,
    final: place.final ?? false,
    depsIndex: place.depsIndex,
    script: `${buildpackDirectory(key, input.hash)}${directory}/bin/${name}`,
    state: listing?.scripts[name] ?? 'missing',
    args: args[name],
    captured: name === 'detect' || name === 'release',
    ...(name === 'release' && { unless: `${deps}/${lookup.final}` }),
  };
}
