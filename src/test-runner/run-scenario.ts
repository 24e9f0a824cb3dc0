import type { DropletFile } from '../app/droplet-files.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import type { Failure, Outcome, ScenarioRun, StepRun } from '../report/test-run.ts';
import type { Step } from '../spec/spec.ts';
import { StagingError } from '../testing/deployment-errors.ts';
import { randomName, type Platform } from '../testing/platform.ts';
import { slug } from './artifact-folders.ts';
import { checkExpectation } from './check-expectation.ts';
import { doAction } from './do-action.ts';
import { EvidenceCollector } from './evidence.ts';
import { failureOf, timeoutFailure } from './scenario-failure.ts';
import type { TestProgress, TestRequest } from './options.ts';
import type { Platforms } from './platforms.ts';
import type { FoundScenario } from './read-specs.ts';
import { namedBuildpacks, scenarioDeploy, scenarioSource } from './scenario-deploy.ts';
import { ScenarioRecorder } from './scenario-recorder.ts';
import type { ScenarioState } from './scenario-state.ts';
import { writeArtifacts } from './write-artifacts.ts';

/** Time that the artefacts of a failed scenario may take. */
const PATIENCE_MS = 15_000;

/** Time until an engine that does not remove containers counts as one that hangs. */
const CLEAN_UP_MS = 60_000;

/** What a scenario is run with. */
export interface ScenarioContext {
  readonly request: TestRequest;
  readonly platforms: Platforms;
  /** Collectors by the name of their app, which containers are labelled with. */
  readonly collectors: Map<string, EvidenceCollector>;
  readonly progress: TestProgress;
  /** Ends the whole run. */
  readonly signal: AbortSignal;
  /** Absolute, and as it is shown. */
  readonly artifacts: { readonly folder: string; readonly shown: string } | undefined;
}

/** Runs one scenario to its end, and takes away what it has made. Never throws: what went wrong is in the result. */
export async function runScenario(scenario: FoundScenario, context: ScenarioContext): Promise<ScenarioRun> {
  return await new ScenarioTest(scenario, context).run();
}

class ScenarioTest {
  readonly #scenario: FoundScenario;
  readonly #context: ScenarioContext;
  readonly #app: string;
  readonly #startedAt = Date.now();
  readonly #start = performance.now();
  readonly #recorder: ScenarioRecorder;
  readonly #evidence: EvidenceCollector;
  readonly #steps: StepRun[] = [];
  readonly #timeout = new AbortController();
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;
  #state: ScenarioState | undefined;
  #current: Step | undefined;
  #failure: { readonly outcome: Outcome; readonly failure: Failure } | undefined;

  constructor(scenario: FoundScenario, context: ScenarioContext) {
    this.#scenario = scenario;
    this.#context = context;
    this.#app = randomName(slug(scenario.name).slice(0, 30).replace(/-+$/, ''));
    this.#recorder = new ScenarioRecorder(this.#startedAt);
    this.#evidence = new EvidenceCollector(context.request.keepFailed, (role) => this.#isEvidence(role));
    this.#timeoutMs = scenario.settings.timeout ?? context.request.timeoutMs;
    this.#signal = AbortSignal.any([context.signal, this.#timeout.signal]);
  }

  async run(): Promise<ScenarioRun> {
    const { collectors } = this.#context;
    collectors.set(this.#app, this.#evidence);
    const timer = setTimeout(
      () => this.#timeout.abort(new CfstageError('INTERRUPTED', 'The time is over')),
      this.#timeoutMs,
    );
    try {
      await this.#doSteps();
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(timer);
    }
    const droplet = await this.#dropletFiles();
    await this.#cleanUp();
    collectors.delete(this.#app);
    const artifacts = await this.#saveArtifacts(droplet);
    return this.#result(artifacts);
  }

  async #doSteps(): Promise<void> {
    const { platforms } = this.#context;
    const platform = await orInterrupted(platforms.with(namedBuildpacks(this.#scenario)), this.#signal);
    const state = await this.#open(platform);
    this.#state = state;
    for (const step of this.#scenario.steps) {
      this.#current = step;
      this.#context.progress.step(this.#scenario, step.title);
      const startMs = this.#elapsed;
      const task = step.verb === 'expect' ? checkExpectation(step.given, state) : doAction(step, state);
      try {
        // Whatever hangs, the scenario ends in time.
        await orInterrupted(task, this.#signal);
        this.#addStep(step, startMs, 'passed');
      } catch (error) {
        this.#fail(error);
        this.#addStep(step, startMs, 'failed');
        // It has been told to end; what does not is left behind.
        await orInterrupted(task, AbortSignal.timeout(PATIENCE_MS)).catch(() => undefined);
        return;
      }
    }
  }

  async #open(platform: Platform): Promise<ScenarioState> {
    return {
      platform,
      deploy: await scenarioDeploy(this.#scenario, platform.deploy),
      app: this.#app,
      source: scenarioSource(this.#scenario),
      signal: this.#signal,
      recorder: this.#recorder,
      deployment: undefined,
      isRunning: false,
      logs: undefined,
      request: undefined,
      answer: undefined,
      output: undefined,
    };
  }

  /** A container says something of a failure when there is one; of a failed staging only that of the staging does. */
  #isEvidence(role: string): boolean {
    const { request, artifacts } = this.#context;
    if (artifacts === undefined && !request.keepFailed) return false;
    const isStaging = this.#recorder.isUnstaged;
    if (role === 'staging') return isStaging && (this.#signal.aborted || !this.#mayFail);
    return !isStaging && (this.#failure !== undefined || this.#signal.aborted);
  }

  /** Whether the step that goes on is one that should fail. */
  get #mayFail(): boolean {
    const step = this.#current;
    if (step === undefined || step.given === null || step.verb === 'expect') return false;
    return 'fails' in step.given && step.given.fails !== undefined && step.given.fails !== false;
  }

  #fail(error: unknown): void {
    const at = this.#current?.at ?? this.#scenario.at;
    const during = this.#current === undefined ? '' : `, in the step '${this.#current.title}'`;
    this.#failure ??= this.#context.signal.aborted
      ? { outcome: 'interrupted', failure: { message: `Interrupted${during}`, at } }
      : this.#timeout.signal.aborted
        ? { outcome: 'timeout', failure: timeoutFailure(this.#timeoutMs, during, at) }
        : {
            outcome: error instanceof StagingError ? 'staging-error' : 'failed',
            failure: failureOf(error, at),
          };
  }

  #addStep(step: Step, startMs: number, outcome: StepRun['outcome']): void {
    const durationMs = this.#elapsed - startMs;
    this.#steps.push({ title: step.title, at: step.at, outcome, startMs, durationMs });
  }

  /** Of a scenario that did not pass, before its droplet goes. */
  async #dropletFiles(): Promise<readonly DropletFile[] | undefined> {
    if (this.#failure === undefined || this.#context.artifacts === undefined) return undefined;
    try {
      const files = this.#state?.deployment?.droplet.files();
      return files === undefined ? undefined : await orInterrupted(files, AbortSignal.timeout(PATIENCE_MS));
    } catch {
      return undefined;
    }
  }

  async #cleanUp(): Promise<void> {
    const deployment = this.#state?.deployment;
    if (deployment === undefined) return;
    const startMs = this.#elapsed;
    try {
      await orInterrupted(deployment.delete(), AbortSignal.timeout(CLEAN_UP_MS));
      this.#current = undefined;
    } catch (error) {
      this.#fail(error);
    }
    const durationMs = this.#elapsed - startMs;
    this.#steps.push({ title: 'clean up', at: this.#scenario.at, outcome: 'passed', startMs, durationMs });
  }

  async #saveArtifacts(droplet: readonly DropletFile[] | undefined): Promise<string | undefined> {
    const { artifacts } = this.#context;
    if (this.#failure === undefined || artifacts === undefined) return undefined;
    const { failure } = this.#failure;
    const { file } = this.#scenario;
    await writeArtifacts(artifacts.folder, {
      app: this.#app,
      log: this.#recorder.log,
      result: this.#recorder.result,
      plan: await this.#plan(),
      droplet,
      containers: this.#evidence.found,
      failure: [
        `${file}:${failure.at.line}:${failure.at.column}: ${failure.message}`,
        ...[failure.details, failure.hint].filter((part) => part !== undefined),
      ].join('\n'),
    });
    return artifacts.shown;
  }

  async #plan(): Promise<string> {
    const state = this.#state;
    if (state === undefined) return '';
    const { platform, deploy, app, source } = state;
    return await platform
      .plan(deploy, app, source, AbortSignal.timeout(PATIENCE_MS))
      .catch((error: unknown) => `There is no plan: ${String(error)}\n`);
  }

  #result(artifacts: string | undefined): ScenarioRun {
    const { name, file, at, matrix } = this.#scenario;
    const { kept } = this.#evidence;
    const skipped = this.#scenario.steps.slice(
      this.#steps.filter(({ title }) => title !== 'clean up').length,
    );
    const durationMs = this.#elapsed;
    const timings = this.#state?.deployment?.timings;
    return {
      name,
      file,
      at,
      matrix,
      app: this.#app,
      outcome: this.#failure?.outcome ?? 'passed',
      startedAt: this.#startedAt,
      durationMs,
      workMs: Math.round(timings === undefined ? 0 : timings.totalMs - timings.frameworkMs),
      steps: [
        ...this.#steps.filter(({ title }) => title !== 'clean up'),
        ...skipped.map((step) => ({
          title: step.title,
          at: step.at,
          outcome: 'skipped' as const,
          startMs: durationMs,
          durationMs: 0,
        })),
        ...this.#steps.filter(({ title }) => title === 'clean up'),
      ],
      phases: this.#recorder.phases,
      log: this.#recorder.log,
      ...(this.#failure === undefined ? {} : { failure: this.#failure.failure }),
      ...(artifacts === undefined ? {} : { artifacts }),
      ...(kept === undefined ? {} : { enter: `docker exec -it -u vcap ${kept} bash` }),
    };
  }

  get #elapsed(): number {
    return Math.round(performance.now() - this.#start);
  }
}
