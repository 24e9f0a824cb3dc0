import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TreeEntry } from '../../../src/buildpack/tree.ts';
import { inspectBuildpack } from '../../../src/buildpack/buildpack.ts';
import { stepsAfterDetect, type Step } from '../../../src/buildpack/phases.ts';
import { decideRedo, type Redo, type Staged, type Wanted } from '../../../src/plan/decide-redo.ts';
import type { InputFingerprints } from '../../../src/plan/input-fingerprints.ts';
import { planStaging, type StagingFacts } from '../../../src/plan/plan-staging.ts';
import type { StagingPlan } from '../../../src/plan/staging-plan.ts';
import type { DoneStep, StagingTrace, StepIndex, TracedStep } from '../../../src/plan/staging-trace.ts';

const FILE = 'f 755 10 1 1';

/** Files of a buildpack, each at its first version. */
type Files = Readonly<Record<string, string>>;

const SUPPLIER: Files = { bin: 'd 755', 'bin/supply': FILE, 'lib/tool': FILE, 'README.md': FILE };
const FINAL: Files = {
  bin: 'd 755',
  'bin/detect': FILE,
  'bin/supply': FILE,
  'bin/finalize': FILE,
  'bin/release': FILE,
  'lib/both': FILE,
  'lib/late': FILE,
};
const LEGACY: Files = { bin: 'd 755', 'bin/detect': FILE, 'bin/compile': FILE, 'bin/release': FILE };

interface Situation {
  readonly buildpacks: readonly (readonly [string, Files])[];
  readonly bits: Files;
  readonly env: Readonly<Record<string, string>>;
  readonly uris: readonly string[];
  readonly webMemoryMb: number;
  readonly image: string;
  readonly cache: string;
  readonly platform: string;
  readonly services: string;
  readonly skipDetect: boolean;
  readonly routes: string;
  readonly instances: string;
  readonly settings: string;
  readonly version: string;
}

const USUAL: Situation = {
  buildpacks: [
    ['tools', SUPPLIER],
    ['https://example.com/ruby_buildpack', FINAL],
  ],
  bits: { 'app.rb': FILE, 'lib/a.rb': FILE },
  env: { LEVEL: 'debug' },
  uris: ['app.localhost'],
  webMemoryMb: 256,
  image: 'image',
  cache: 'cache',
  platform: '',
  services: '',
  skipDetect: true,
  routes: 'app.localhost',
  instances: 'one',
  settings: 'one',
  version: 'v1',
};
// By name, so that the buildpack is not its own to change.
const NAMED: Situation = {
  ...USUAL,
  buildpacks: [
    ['tools', SUPPLIER],
    ['ruby_buildpack', FINAL],
  ],
};
const DETECTING: Situation = {
  ...NAMED,
  skipDetect: false,
  buildpacks: [
    ['never', { bin: 'd 755', 'bin/detect': FILE }],
    ['ruby_buildpack', FINAL],
    ['later', FINAL],
  ],
};
const COMPILING: Situation = { ...NAMED, buildpacks: [['legacy', LEGACY]] };

/** What each script opens of its own buildpack, unless told otherwise. */
const READS: Readonly<Record<string, Readonly<Record<string, StepIndex>>>> = {
  tools: { 'bin/supply': 0, 'lib/tool': 0 },
  ruby_buildpack: { 'bin/supply': 1, 'lib/both': 1, 'bin/finalize': 2, 'lib/late': 2, 'bin/release': 3 },
};

function planOf(situation: Situation): StagingPlan {
  const facts = {
    app: {
      guid: 'guid',
      name: 'app',
      version: situation.version,
      uris: situation.uris,
      spaceName: 's',
      spaceGuid: 's',
      organizationName: 'o',
      organizationGuid: 'o',
      cfApi: 'https://api',
    },
    webMemoryMb: situation.webMemoryMb,
    webLogRateLimitBytes: -1,
    userEnvironment: situation.env,
    services: { kind: 'env', vcapServices: '{}' },
    certificates: { systemCertificates: false, instanceIdentity: true },
    stack: 'cflinuxfs4',
    image: situation.image,
    buildpacks: situation.buildpacks.map(([key, files]) => inspectBuildpack(key, treeEntries(files))),
    skipDetect: situation.skipDetect,
    downloads: [],
    buildGuid: 'build',
    contentsSuffix: '1',
    hash: (key: string) => key.length.toString(16).padStart(16, '0'),
    timeoutSeconds: 900,
  } satisfies StagingFacts;
  return planStaging(facts);
}

function treeEntries(files: Files): TreeEntry[] {
  return Object.entries(files).map(([path, version]) => {
    const [letter, mode = ''] = version.split(' ');
    const type = letter === 'd' ? 'directory' : letter === 'l' ? 'symlink' : 'file';
    return { path, mode: Number.parseInt(mode, 8), type, head: '#!/bin/bash' };
  });
}

function inputsOf({ bits, buildpacks, cache, platform, services }: Situation): InputFingerprints {
  return {
    bits: new Map(Object.entries(bits)),
    buildpacks: buildpacks.map(([, files]) => new Map(Object.entries(files))),
    cache,
    platform,
    services,
  };
}

interface Ending {
  /** The script with which it failed. */
  readonly fails?: string;
  /** It was interrupted in this step. */
  readonly interruptedAt?: StepIndex;
  readonly points?: readonly StepIndex[];
  readonly reads?: StagingTrace['reads'] | 'unknown';
}

function isDone(step: Step): step is DoneStep {
  return step.step === 'run' || step.step === 'delete';
}

/** The staging of a situation, as far as it goes. */
function stagedOf(situation: Situation, ending: Ending = {}): Staged {
  const plan = planOf(situation);
  const steps: TracedStep[] = [];
  let left = plan.phases.steps.filter(isDone);
  for (
    let step = left.shift();
    step !== undefined && steps.length !== ending.interruptedAt;
    step = left.shift()
  ) {
    const failed = step.step === 'run' && (step.key === 'never' || step.phase === ending.fails);
    steps.push({ step, outcome: failed ? 'failed' : 'done', output: '' });
    if (step.step === 'run' && step.phase === 'detect') {
      if (!failed) left = stepsAfterDetect(plan.phaseInput, step.buildpack).filter(isDone);
    } else if (failed) break;
  }
  const known = situation.buildpacks.map(([key]) => new Map(Object.entries(READS[key] ?? {})));
  const reads = ending.reads === 'unknown' ? undefined : (ending.reads ?? known);
  return {
    trace: {
      plan,
      inputs: inputsOf(situation),
      steps,
      complete: ending.interruptedAt === undefined,
      points: ending.points ?? steps.map((_, i) => i),
      reads,
    },
    launch: { routes: situation.routes, instances: situation.instances, settings: situation.settings },
  };
}

function wantedOf(situation: Situation): Wanted {
  return {
    plan: planOf(situation),
    inputs: inputsOf(situation),
    launch: { routes: situation.routes, instances: situation.instances, settings: situation.settings },
  };
}

function decide(before: Situation, after: Partial<Situation>, ending: Ending = {}): Redo {
  return decideRedo(stagedOf(before, ending), wantedOf({ ...before, ...after }));
}

/** The same buildpacks with files changed (a version), added, or removed (undefined). */
function withFiles(
  { buildpacks }: Situation,
  key: string,
  changes: Readonly<Record<string, string | undefined>>,
): Pick<Situation, 'buildpacks'> {
  return {
    buildpacks: buildpacks.map(([name, files]) => {
      if (name !== key) return [name, files];
      const merged = Object.entries({ ...files, ...changes }).filter(([, version]) => version !== undefined);
      return [name, Object.fromEntries(merged) as Files];
    }),
  };
}

const EDITED = 'f 755 11 2 2';
const ruby = (path: string, version = EDITED) => withFiles(NAMED, 'ruby_buildpack', { [path]: version });
const tools = (path: string, version = EDITED) => withFiles(NAMED, 'tools', { [path]: version });

describe('what has to be redone', () => {
  test.each<[string, Partial<Situation>, Redo['kind'], StepIndex | undefined, string]>([
    ['nothing', {}, 'nothing', undefined, 'nothing changed'],
    ['only the version of the app', { version: 'v2' }, 'nothing', undefined, 'nothing changed'],
    ['routes', { routes: 'other', uris: ['other'] }, 'routes', undefined, 'routes changed: nothing restarts'],
    [
      'settings',
      { settings: 'two' },
      'restart',
      undefined,
      'settings of the processes changed: restart without staging',
    ],
    [
      'the number of instances, and routes',
      { instances: 'two', routes: 'other' },
      'scale',
      undefined,
      'the number of instances changed: none restarts',
    ],
    [
      'settings, the number of instances and routes',
      { settings: 'two', instances: 'two', routes: 'other' },
      'restart',
      undefined,
      'settings of the processes changed: restart without staging',
    ],
    ['environment', { env: { LEVEL: 'info' } }, 'redo', 0, 'LEVEL changed: from supply of tools'],
    [
      'environment, one more',
      { env: { LEVEL: 'debug', X: '1' } },
      'redo',
      0,
      'X changed: from supply of tools',
    ],
    [
      'a service that is run in another way',
      { services: 'redis 2' },
      'redo',
      0,
      'how a service instance is run changed: from supply of tools',
    ],
    [
      'an app file',
      { bits: { ...NAMED.bits, 'app.rb': EDITED } },
      'redo',
      0,
      'app.rb of the app changed: from supply of tools',
    ],
    [
      'app files',
      { bits: { 'lib/a.rb': EDITED, new: FILE } },
      'redo',
      0,
      'app.rb and 2 more of the app removed: from supply of tools',
    ],
    ['a supplier', tools('bin/supply'), 'redo', 0, 'bin/supply of tools changed: from supply of tools'],
    [
      'what nobody reads',
      tools('README.md'),
      'nothing',
      undefined,
      'README.md of tools changed: no phase has read it',
    ],
    [
      'what nobody reads, empty now',
      tools('README.md', 'f 755 0 2 2'),
      'redo',
      0,
      'README.md of tools changed: from supply of tools',
    ],
    [
      'what nobody reads, gone',
      withFiles(NAMED, 'tools', { 'README.md': undefined }),
      'redo',
      0,
      'README.md of tools removed: from supply of tools',
    ],
    [
      'the final supply',
      ruby('bin/supply'),
      'redo',
      1,
      'bin/supply of ruby_buildpack changed: from supply of ruby_buildpack',
    ],
    [
      'finalize',
      ruby('bin/finalize'),
      'redo',
      2,
      'bin/finalize of ruby_buildpack changed: from finalize of ruby_buildpack',
    ],
    [
      'what finalize reads',
      ruby('lib/late'),
      'redo',
      2,
      'lib/late of ruby_buildpack changed: from finalize of ruby_buildpack',
    ],
    [
      'what both read',
      ruby('lib/both'),
      'redo',
      1,
      'lib/both of ruby_buildpack changed: from supply of ruby_buildpack',
    ],
    [
      'release',
      ruby('bin/release'),
      'redo',
      3,
      'bin/release of ruby_buildpack changed: from release of ruby_buildpack',
    ],
    [
      'the mode of finalize',
      ruby('bin/finalize', 'f 644 10 1 3'),
      'redo',
      1,
      'bin/finalize of ruby_buildpack changed: from supply of ruby_buildpack',
    ],
    [
      'a file in the place of a link',
      ruby('lib/late', 'l 777 both'),
      'redo',
      1,
      'lib/late of ruby_buildpack changed: from supply of ruby_buildpack',
    ],
    [
      'a new file',
      ruby('lib/new'),
      'redo',
      1,
      'lib/new of ruby_buildpack added: from supply of ruby_buildpack',
    ],
    [
      'a directory of it',
      ruby('bin', 'd 700'),
      'redo',
      1,
      'bin of ruby_buildpack changed: from supply of ruby_buildpack',
    ],
    ['the stack', { image: 'other' }, 'anew', undefined, 'the stack changed: in a new container'],
    [
      'more memory than a staging has at least',
      { webMemoryMb: 4096 },
      'anew',
      undefined,
      'the memory of the staging changed: in a new container',
    ],
    ['less memory', { webMemoryMb: 128 }, 'nothing', undefined, 'nothing changed'],
    ['the cache', { cache: 'other' }, 'anew', undefined, 'the build cache changed: in a new container'],
    [
      'certificates',
      { platform: 'other' },
      'anew',
      undefined,
      'certificates or service bindings changed: in a new container',
    ],
    [
      'the buildpacks',
      { buildpacks: [['ruby_buildpack', FINAL]] },
      'anew',
      undefined,
      'the buildpacks of the app changed: in a new container',
    ],
    [
      'detection',
      { skipDetect: false },
      'anew',
      undefined,
      'the buildpacks of the app changed: in a new container',
    ],
  ])('%s', (_, change, kind, from, reason) => {
    expect(decide(NAMED, change)).toEqual({ kind, reason, ...(from === undefined ? {} : { from }) });
  });

  test('a buildpack that is its own to change is part of the first state', () => {
    const change = withFiles(USUAL, 'https://example.com/ruby_buildpack', { 'bin/release': EDITED });
    expect(decide(USUAL, change)).toMatchObject({ kind: 'redo', from: 0 });
  });

  test('of several changes the earliest decides', () => {
    const both = withFiles({ ...NAMED, ...ruby('bin/release') }, 'tools', { 'lib/tool': EDITED });
    expect(decide(NAMED, both)).toMatchObject({
      from: 0,
      reason: 'lib/tool of tools changed: from supply of tools',
    });
  });

  test('with one buildpack the script is enough of a name', () => {
    const before = { ...NAMED, buildpacks: [['ruby_buildpack', FINAL] as const] };
    const reads = [new Map(Object.entries({ 'bin/finalize': 1 }))];
    expect(
      decide(before, withFiles(before, 'ruby_buildpack', { 'bin/finalize': EDITED }), { reads }),
    ).toMatchObject({ from: 1, reason: 'bin/finalize of ruby_buildpack changed: from finalize' });
  });
});

describe('where nobody knows what was read', () => {
  test.each(['bin/finalize', 'bin/release', 'lib/late'])('%s reaches all of its buildpack', (path) => {
    expect(decide(NAMED, ruby(path), { reads: 'unknown' })).toMatchObject({ kind: 'redo', from: 1 });
  });
});

describe('other orders of scripts', () => {
  test.each<[string, Situation, Partial<Situation>, Ending, object]>([
    [
      'a detect that is asked first',
      DETECTING,
      withFiles(DETECTING, 'never', { 'bin/detect': EDITED }),
      { reads: [new Map([['bin/detect', 0]]), new Map(), new Map()] },
      { kind: 'redo', from: 0, reason: 'bin/detect of never changed: from detect of never' },
    ],
    [
      'the detect that chose',
      DETECTING,
      withFiles(DETECTING, 'ruby_buildpack', { 'bin/detect': EDITED }),
      { reads: [new Map(), new Map([['bin/detect', 1]]), new Map()] },
      { kind: 'redo', from: 1 },
    ],
    [
      'one that was not asked any more',
      DETECTING,
      withFiles(DETECTING, 'later', { 'bin/detect': undefined, 'bin/new': FILE }),
      {},
      { kind: 'nothing' },
    ],
    [
      'a detect that was passed over',
      DETECTING,
      withFiles(DETECTING, 'never', { 'bin/detect': undefined }),
      {},
      { kind: 'redo', from: 0 },
    ],
    [
      'compile, with what is deleted before it',
      COMPILING,
      withFiles(COMPILING, 'legacy', { 'bin/compile': EDITED }),
      { reads: [new Map([['bin/compile', 1]])] },
      { kind: 'redo', from: 1, reason: 'bin/compile of legacy changed: from compile' },
    ],
    [
      'a finalize in the place of compile',
      COMPILING,
      withFiles(COMPILING, 'legacy', { 'bin/finalize': FILE }),
      {},
      { kind: 'redo', from: 0 },
    ],
  ])('%s', (_, before, change, ending, redo) => {
    expect(decide(before, change, ending)).toMatchObject(redo);
  });
});

describe('a staging that did not come to a good end', () => {
  test.each<[string, Partial<Situation>, Ending, object]>([
    ['is not repeated for nothing', {}, { fails: 'finalize' }, { kind: 'nothing' }],
    ['is repeated from what failed', ruby('bin/finalize'), { fails: 'finalize' }, { kind: 'redo', from: 2 }],
    [
      'is repeated from what failed for what it may not have come to read',
      ruby('bin/release'),
      { fails: 'finalize', reads: [new Map(), new Map()] },
      { kind: 'redo', from: 2 },
    ],
    ['is repeated from before that', tools('lib/tool'), { fails: 'finalize' }, { kind: 'redo', from: 0 }],
    [
      'goes on where it was interrupted',
      {},
      { interruptedAt: 2, points: [0, 1, 2] },
      {
        kind: 'redo',
        from: 2,
        reason: 'the last staging was interrupted: from where it stopped',
      },
    ],
    [
      'goes on before that',
      ruby('bin/supply'),
      { interruptedAt: 2, points: [0, 1, 2] },
      { kind: 'redo', from: 1 },
    ],
    [
      'begins where it can',
      ruby('bin/release'),
      { points: [0, 1] },
      {
        kind: 'redo',
        from: 1,
        reason: 'bin/release of ruby_buildpack changed: from supply of ruby_buildpack',
      },
    ],
  ])('%s', (_, change, ending, redo) => {
    expect(decide(NAMED, change, ending)).toMatchObject(redo);
  });
});

describe('whatever changes', () => {
  const paths = [...Object.keys(FINAL), 'lib/new', 'other/new'].filter((path) => path !== 'bin');
  const change = fc.dictionary(
    fc.constantFrom(...paths),
    fc.constantFrom(FILE, EDITED, 'f 644 10 1 1', 'l 777 both', undefined),
    { maxKeys: 4 },
  );
  const reads = fc.dictionary(fc.constantFrom(...paths), fc.integer({ min: 1, max: 3 }));

  test('no script runs later than the first that has seen it, and none when nothing did', () => {
    fc.assert(
      fc.property(change, reads, (files, seen) => {
        const after = { ...NAMED, ...withFiles(NAMED, 'ruby_buildpack', files) };
        const redo = decideRedo(
          stagedOf(NAMED, { reads: [new Map(), new Map(Object.entries(seen))] }),
          wantedOf(after),
        );
        const changed = Object.entries(files).filter(([path, version]) => FINAL[path] !== version);
        const seeing = changed.flatMap(([path]) => seen[path] ?? []);
        if (changed.length === 0) expect(redo.kind).toBe('nothing');
        if (seeing.length > 0) expect(redo.kind).toBe('redo');
        if (redo.kind === 'redo') expect(redo.from).toBeLessThanOrEqual(Math.min(...seeing, 3));
        if (redo.kind === 'redo') expect(redo.from).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test('more changes never mean less to redo', () => {
    const rank = (redo: Redo) => (redo.kind === 'redo' ? redo.from : redo.kind === 'anew' ? -1 : 9);
    fc.assert(
      fc.property(change, change, (some, more) => {
        const decided = (files: typeof some) =>
          rank(decide(NAMED, withFiles(NAMED, 'ruby_buildpack', files)));
        expect(decided({ ...more, ...some })).toBeLessThanOrEqual(decided(some));
      }),
    );
  });
});
