import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBuildpackHash } from '../../../src/buildpack/buildpack-hash.ts';
import { inspectBuildpack } from '../../../src/buildpack/buildpack.ts';
import { buildpackMetadata, detectedMetadata } from '../../../src/buildpack/config-yml.ts';
import { parseLaunchYml } from '../../../src/buildpack/launch-yml.ts';
import { phaseFailure } from '../../../src/buildpack/phase-failure.ts';
import type { Phase, PhaseInput, Step } from '../../../src/buildpack/phases.ts';
import { planPhases, stepsAfterDetect } from '../../../src/buildpack/phases.ts';
import { parseProcfile } from '../../../src/buildpack/procfile.ts';
import { parseReleaseYml } from '../../../src/buildpack/release-yml.ts';
import { depsIndex } from '../../../src/lifecycle/deps-index.ts';
import { stagingExitCode } from '../../../src/lifecycle/exit-codes.ts';
import type { LaunchProcess } from '../../../src/lifecycle/launch-process.ts';
import { launchYmlLookup } from '../../../src/lifecycle/launch-yml-lookup.ts';
import { commandOf, dropletProcesses } from '../../../src/lifecycle/merge-processes.ts';
import type { StagingFailure } from '../../../src/lifecycle/staging-failure.ts';
import {
  NO_START_COMMAND_LINES,
  stagingFailureLines,
  writesResult,
} from '../../../src/lifecycle/staging-failure.ts';
import { stagingInfo, stagingInfoYml } from '../../../src/lifecycle/staging-info.ts';
import type { BuildpackMetadata } from '../../../src/lifecycle/staging-result.ts';
import { failedStagingResult, resultJson, stagingResult } from '../../../src/lifecycle/staging-result.ts';
import type { ConformanceCase } from './conformance-cases.ts';
import { appFile, conformanceCases } from './conformance-cases.ts';
import { buildpackTree } from './conformance-cases.ts';
import type { RecordedScripts } from './recorded-scripts.ts';
import { RECORDED_SCRIPTS } from './recorded-scripts.ts';

const hash = await createBuildpackHash();
const CONTENTS = '/tmp/contents1';

/** What the builder, as opposed to the scripts, does and says in one staging. */
interface Outcome {
  readonly exitCode: number;
  readonly stderr: readonly string[];
  readonly result: unknown;
  readonly stagingInfo: string | undefined;
}

/** Follows the planned steps with the recorded doings of the scripts in place of the scripts. */
class RecordedStaging {
  readonly #case: ConformanceCase;
  readonly #input: PhaseInput;
  readonly #deps = new Map<string, string>();
  readonly #stderr: string[] = [];
  #winner: { index: number; output: string } | undefined;
  #final: readonly LaunchProcess[] | undefined;

  constructor(conformanceCase: ConformanceCase) {
    this.#case = conformanceCase;
    const { buildpacks, skipDetect } = conformanceCase.input;
    this.#input = {
      buildpacks: buildpacks.map(({ key, dir }) => inspectBuildpack(key, buildpackTree(dir))),
      skipDetect,
      contentsDir: CONTENTS,
      hash,
    };
  }

  run(): Outcome {
    const failure = this.#follow(planPhases(this.#input).steps) ?? this.#afterDetect();
    return failure === undefined ? this.#finish() : this.#fail(failure);
  }

  #afterDetect(): StagingFailure | undefined {
    return this.#winner && this.#follow(stepsAfterDetect(this.#input, this.#winner.index));
  }

  #follow(steps: readonly Step[]): StagingFailure | undefined {
    for (const step of steps) {
      if (step.step === 'fail') return step.failure;
      if (step.step === 'print' && step.stream === 'stderr') this.#stderr.push(step.line);
      if (step.step === 'delete') this.#delete(step.path);
      const failure = step.step === 'run' ? this.#execute(step) : undefined;
      if (failure !== undefined) return failure;
      if (step.step === 'run' && step.phase === 'detect' && this.#winner !== undefined) return undefined;
    }
    return undefined;
  }

  #delete(path: string): void {
    for (const file of this.#deps.keys()) if (file.startsWith(`${path}/`)) this.#deps.delete(file);
  }

  #scripts(phase: Phase): RecordedScripts {
    return RECORDED_SCRIPTS[this.#case.input.buildpacks[phase.buildpack]?.dir ?? ''] ?? {};
  }

  #execute(phase: Phase): StagingFailure | undefined {
    const { detect, release, fails = {}, writes = {} } = this.#scripts(phase);
    if (phase.phase === 'detect') {
      if (detect?.status === 0) this.#winner = { index: phase.buildpack, output: detect.stdout };
      return undefined;
    }
    if (phase.phase === 'release') return this.#release(phase, release ?? { stdout: '' });
    if (phase.phase !== 'compile') {
      for (const [name, text] of Object.entries(writes)) {
        this.#deps.set(`${CONTENTS}/deps/${phase.depsIndex}/${name}`, text);
      }
    }
    const status = fails[phase.phase] ?? 0;
    return status === 0 ? undefined : phaseFailure(phase, { kind: 'exit', status });
  }

  #release(phase: Phase, { status = 0, stdout }: NonNullable<RecordedScripts['release']>) {
    const launchYml = this.#deps.get(phase.unless ?? '');
    if (launchYml === undefined && status !== 0) return phaseFailure(phase, { kind: 'exit', status });
    const parsed = launchYml === undefined ? parseReleaseYml(stdout) : parseLaunchYml(launchYml);
    if ('failure' in parsed) return parsed.failure;
    this.#final = parsed.value;
    return undefined;
  }

  #metadata(): BuildpackMetadata[] {
    const { buildpacks, skipDetect } = this.#case.input;
    const supplyCount = skipDetect ? buildpacks.length - 1 : 0;
    const used = this.#winner === undefined ? buildpacks : buildpacks.slice(this.#winner.index).slice(0, 1);
    return used.map(({ key }, i) =>
      buildpackMetadata(key, this.#deps.get(`${CONTENTS}/deps/${depsIndex(i, supplyCount)}/config.yml`)),
    );
  }

  #finish(): Outcome {
    const { buildpacks, skipDetect } = this.#case.input;
    const lookup = launchYmlLookup({ length: buildpacks.length, skipDetect });
    const supplies = lookup.supplies.flatMap((path) => {
      const text = this.#deps.get(`${CONTENTS}/deps/${path}`);
      const parsed = text === undefined ? undefined : parseLaunchYml(text);
      return parsed !== undefined && 'value' in parsed ? [parsed.value] : [];
    });
    const procfile = parseProcfile(appFile(this.#case.input.app, 'Procfile') ?? '');
    if ('failure' in procfile) return this.#fail(procfile.failure);
    const droplet = dropletProcesses({ supplies, final: this.#final ?? [], procfile: procfile.value });
    const output = this.#winner?.output;
    const metadata = this.#metadata().map((one) =>
      output === undefined ? one : detectedMetadata(one, output),
    );
    if ((commandOf(droplet.processes, 'web') ?? '') === '') this.#stderr.push(...NO_START_COMMAND_LINES);
    return {
      exitCode: 0,
      stderr: this.#stderr,
      result: JSON.parse(resultJson(stagingResult(metadata, droplet))),
      stagingInfo: stagingInfoYml(stagingInfo(metadata, droplet.processes)),
    };
  }

  #fail(failure: StagingFailure): Outcome {
    return {
      exitCode: stagingExitCode(failure),
      stderr: [...this.#stderr, ...stagingFailureLines(failure)],
      result: writesResult(failure) ? JSON.parse(resultJson(failedStagingResult(this.#metadata()))) : null,
      stagingInfo: undefined,
    };
  }
}

/** Lines that the recorded scripts, not the builder, wrote to stderr. */
const SCRIPT_NOISE =
  /^(?:warned|never|detect noise|finalize broke|release broke|supply broke|perl: |\t|    are supported|ls: )/;

const CASES = conformanceCases();

describe('conformance with the recorded builder', () => {
  it('covers every recorded case', () => {
    expect(CASES).toHaveLength(24);
  });

  it.each(CASES)('$name: exit code, own lines, result.json and staging_info.yml', (conformanceCase) => {
    const outcome = new RecordedStaging(conformanceCase).run();
    for (const expected of conformanceCase.expected) {
      expect(outcome.exitCode).toBe(expected.exitCode);
      expect(outcome.stderr).toEqual(expected.stderr.filter((line) => !SCRIPT_NOISE.test(line)));
      expect(outcome.result).toEqual(expected.result);
      const recorded = expected.droplet?.find(({ path }) => path === './staging_info.yml');
      const written = outcome.stagingInfo;
      expect(written && createHash('sha256').update(written).digest('hex')).toBe(recorded?.sha256);
      expect(written === undefined ? undefined : JSON.parse(written)).toEqual(expected.stagingInfo);
    }
  });

  it.each(CASES.filter(({ expected }) => expected[0]?.cache !== null))(
    '$name: cache directories and deps directories',
    ({ input, expected }) => {
      const plan = planPhases({
        buildpacks: input.buildpacks.map(({ key, dir }) => inspectBuildpack(key, buildpackTree(dir))),
        skipDetect: input.skipDetect,
        contentsDir: CONTENTS,
        hash,
      });
      const [recorded] = expected;
      const names = recorded?.cache
        ?.filter(({ path }) => /^\.\/[^/]+$/.test(path))
        .map(({ path }) => path.slice(2));
      expect([...plan.keptCacheEntries].sort()).toEqual(names?.sort());
      const deleted = plan.steps.flatMap((step) => (step.step === 'delete' ? [step.path] : []));
      const deps = plan.directories.filter(
        (path) => path.startsWith(`${CONTENTS}/deps/`) && !deleted.includes(path),
      );
      const recordedDeps = recorded?.droplet
        ?.filter(({ path }) => /^\.\/deps\/[^/]+$/.test(path))
        .map(({ path }) => path.replace('.', CONTENTS));
      expect(deps).toEqual(recordedDeps);
    },
  );
});
