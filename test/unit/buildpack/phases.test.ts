import { describe, expect, it } from 'vitest';
import { createBuildpackHash } from '../../../src/buildpack/buildpack-hash.ts';
import type { BuildpackCandidate, ScriptName, ScriptState } from '../../../src/buildpack/buildpack.ts';
import { phaseFailure, startFailure } from '../../../src/buildpack/phase-failure.ts';
import type { Phase, PhaseInput, Step } from '../../../src/buildpack/phases.ts';
import { planPhases, stepsAfterDetect } from '../../../src/buildpack/phases.ts';

const hash = await createBuildpackHash();

function candidate(
  key: string,
  states: Partial<Record<ScriptName, ScriptState>>,
  directory = '',
): BuildpackCandidate {
  const missing = {
    detect: 'missing',
    supply: 'missing',
    finalize: 'missing',
    compile: 'missing',
    release: 'missing',
  } as const;
  return {
    key,
    directory,
    scripts: { ...missing, ...states },
    warnsOfDetectMode: states.detect === 'not-executable',
  };
}

const SUPPLY = candidate('s', { supply: 'executable' });
const FINAL = candidate(
  'f',
  { detect: 'executable', supply: 'executable', finalize: 'executable', release: 'executable' },
  'in',
);
const LEGACY = candidate('l', { detect: 'not-executable', compile: 'executable', release: 'executable' });
const MALFORMED: BuildpackCandidate = { key: 'm', malformed: true };

function input(buildpacks: BuildpackCandidate[], skipDetect = true): PhaseInput {
  return { buildpacks, skipDetect, contentsDir: '/tmp/contents1', hash };
}

/** One line a step, e.g. `supply s 0`. */
function outline(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    if (step.step === 'run')
      return `${step.phase} ${step.key} ${step.depsIndex}${step.final ? ' final' : ''}`;
    if (step.step === 'print') return `${step.stream}: ${step.line}`;
    return step.step === 'delete' ? `delete ${step.path}` : `fail ${step.failure.kind}`;
  });
}

const WARNING =
  'stderr: Warning: the last buildpack is not compatible with multi-buildpack apps and cannot make use of any dependencies supplied by the buildpacks specified before it';

describe('planPhases', () => {
  it.each<[string, PhaseInput, string[]]>([
    ['one final', input([FINAL]), ['supply f 0 final', 'finalize f 0 final', 'release f 0 final']],
    [
      'supply and final',
      input([SUPPLY, FINAL]),
      ['supply s 0', 'supply f 1 final', 'finalize f 1 final', 'release f 1 final'],
    ],
    [
      'one legacy',
      input([LEGACY]),
      ['delete /tmp/contents1/deps/0', 'compile l 0 final', 'release l 0 final'],
    ],
    [
      'legacy after supply',
      input([SUPPLY, LEGACY]),
      ['supply s 0', WARNING, 'delete /tmp/contents1/deps/1', 'compile l 1 final', 'release l 1 final'],
    ],
    ['no supply', input([SUPPLY, LEGACY, MALFORMED, FINAL]), ['fail NoSupplyScript']],
    ['malformed first', input([MALFORMED, LEGACY, FINAL]), ['fail MalformedBuildpack']],
    ['malformed last', input([SUPPLY, MALFORMED]), ['supply s 0', 'fail MalformedBuildpack']],
    [
      'invalid URL',
      input([candidate('git@h:o/r', { supply: 'executable' }), FINAL]),
      ['fail InvalidBuildpackUrl'],
    ],
    [
      'detection',
      input([MALFORMED, SUPPLY, LEGACY, FINAL], false),
      [
        'stderr: malformed buildpack does not contain a /bin dir: m',
        `stderr: stat /tmp/buildpacks/${hash('s')}/bin/detect: no such file or directory`,
        "stdout: WARNING: buildpack script '/bin/detect' is not executable",
        'detect l 0',
        'detect f 0',
        'fail NoAppDetected',
      ],
    ],
  ])('%s', (_, given, expected) => {
    expect(outline(planPhases(given).steps)).toEqual(expected);
  });

  it('gives every script its path and arguments', () => {
    const url = 'https://example.com/x.zip';
    const plan = planPhases(input([candidate(url, { supply: 'executable' }), FINAL]));
    const runs = plan.steps.filter((step): step is Phase => step.step === 'run');
    expect(runs.map(({ script, args }) => [script, ...args])).toEqual([
      [
        `/tmp/buildpackdownloads/${hash(url)}/bin/supply`,
        '/tmp/app',
        `/tmp/cache/${hash(url)}`,
        '/tmp/contents1/deps',
        '0',
      ],
      [
        `/tmp/buildpacks/${hash('f')}/in/bin/supply`,
        '/tmp/app',
        '/tmp/cache/final',
        '/tmp/contents1/deps',
        '1',
      ],
      [
        `/tmp/buildpacks/${hash('f')}/in/bin/finalize`,
        '/tmp/app',
        '/tmp/cache/final',
        '/tmp/contents1/deps',
        '1',
        '/tmp/contents1/profile.d',
      ],
      [`/tmp/buildpacks/${hash('f')}/in/bin/release`, '/tmp/app'],
    ]);
    expect(runs.map(({ captured, unless }) => [captured, unless])).toEqual([
      [false, undefined],
      [false, undefined],
      [false, undefined],
      [true, '/tmp/contents1/deps/1/launch.yml'],
    ]);
    expect(plan.directories).toEqual([
      '/tmp/cache/final',
      `/tmp/cache/${hash(url)}`,
      '/tmp/contents1',
      '/tmp/contents1/deps/0',
      '/tmp/contents1/deps/1',
      '/tmp/contents1/profile.d',
    ]);
    expect(plan.keptCacheEntries).toEqual(['final', hash(url)]);
  });

  it('pads deps from ten buildpacks on, but not where launch.yml is looked for', () => {
    const plan = planPhases(input([...Array.from({ length: 9 }, () => SUPPLY), FINAL]));
    expect(outline(plan.steps).slice(0, 2)).toEqual(['supply s 00', 'supply s 01']);
    expect(plan.steps.at(-1)).toMatchObject({ depsIndex: '09', unless: '/tmp/contents1/deps/9/launch.yml' });
  });
});

describe('stepsAfterDetect', () => {
  it('finishes with the winner in deps/0, its launch.yml looked for at the end of the order', () => {
    const steps = stepsAfterDetect(input([LEGACY, FINAL, LEGACY], false), 1);
    expect(outline(steps)).toEqual(['supply f 0 final', 'finalize f 0 final', 'release f 0 final']);
    expect(steps.at(-1)).toMatchObject({ unless: '/tmp/contents1/deps/2/launch.yml' });
  });
});

describe('failures of phases', () => {
  const cause = { kind: 'exit', status: 3 } as const;

  it.each([
    [0, { kind: 'SupplyFailed', cause }],
    [1, { kind: 'CompileFailed', script: 'supply', cause }],
    [2, { kind: 'CompileFailed', script: 'finalize', cause }],
    [3, { kind: 'ReleaseFailed', cause }],
  ])('step %i', (index, failure) => {
    const step = planPhases(input([SUPPLY, FINAL])).steps[index];
    expect(step?.step === 'run' && phaseFailure(step, cause)).toEqual(failure);
  });

  it('says beforehand what cannot be started', () => {
    const steps = planPhases(input([candidate('x', { compile: 'bad-interpreter' })])).steps;
    const starts = steps.flatMap((step) => (step.step === 'run' ? [startFailure(step)] : []));
    expect(starts.map((failure) => failure?.kind === 'exec' && failure.problem)).toEqual([
      'no such file or directory',
      'no such file or directory',
    ]);
    expect(planPhases(input([FINAL])).steps.map((step) => step.step === 'run' && startFailure(step))).toEqual(
      [undefined, undefined, undefined],
    );
  });
});
