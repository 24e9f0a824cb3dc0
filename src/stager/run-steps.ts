import { stepsAfterDetect, type Step } from '../buildpack/phases.ts';
import { phaseFailure } from '../buildpack/phase-failure.ts';
import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { ScriptFailure } from '../lifecycle/script-failure.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';
import type { Emit } from '../logs/event.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { DoneStep, TracedStep } from '../plan/staging-trace.ts';
import { runPhase, type PhaseOutcome } from './run-phase.ts';

/** What the scripts of a staging left to be decided from. */
export interface StepsOutcome {
  readonly failure: StagingFailure | undefined;
  /** Position in the order of the buildpack that was detected, with what its bin/detect printed. */
  readonly detected: { readonly buildpack: number; readonly output: string } | undefined;
  /** What bin/release printed; undefined when launch.yml took its place. */
  readonly release: string | undefined;
}

/** Looks at the container after each step. `ran` is undefined where no script ran. */
export type AfterStep = (step: TracedStep, ran: PhaseOutcome | undefined) => Promise<void>;

/** Where steps are done. */
export interface StepPlace {
  readonly container: Container;
  /** Of every script. */
  readonly env: Environment;
  exists(path: string): Promise<boolean>;
}

interface Done {
  readonly traced: TracedStep;
  readonly cause?: ScriptFailure;
}

/** Does the steps of a plan one after the other, until one fails. */
export class StepRunner {
  readonly #plan: StagingPlan;
  readonly #place: StepPlace;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  readonly #recorded: readonly TracedStep[];
  readonly #after: AfterStep | undefined;
  /** Steps that the container has behind it. */
  #count = 0;
  #detected: StepsOutcome['detected'];
  #release: string | undefined;

  /** @param recorded steps that the container has behind it already. */
  constructor(
    plan: StagingPlan,
    place: StepPlace,
    emit: Emit,
    signal: AbortSignal,
    recorded: readonly TracedStep[] = [],
    after?: AfterStep,
  ) {
    this.#plan = plan;
    this.#place = place;
    this.#emit = emit;
    this.#signal = signal;
    this.#recorded = recorded;
    this.#after = after;
  }

  async run(): Promise<StepsOutcome> {
    const failure = await this.#runAll(this.#plan.phases.steps);
    return { failure, detected: this.#detected, release: this.#release };
  }

  async #runAll(steps: readonly Step[]): Promise<StagingFailure | undefined> {
    for (const step of steps) {
      switch (step.step) {
        case 'fail':
          return step.failure;
        case 'print':
          if (this.#count >= this.#recorded.length)
            await this.#print(step.line, step.stream === 'stdout' ? 'OUT' : 'ERR');
          break;
        case 'delete':
          await this.#perform(step);
          break;
        case 'run': {
          const { traced, cause } = await this.#perform(step);
          if (step.phase === 'detect') {
            if (traced.outcome === 'failed') break;
            this.#detected = { buildpack: step.buildpack, output: traced.output };
            return await this.#runAll(stepsAfterDetect(this.#plan.phaseInput, step.buildpack));
          }
          if (cause !== undefined) return phaseFailure(step, cause);
          if (step.phase === 'release' && traced.outcome === 'done') this.#release = traced.output;
        }
      }
    }
    return undefined;
  }

  async #perform(step: DoneStep): Promise<Done> {
    const recorded = this.#recorded[this.#count];
    this.#count += 1;
    if (recorded !== undefined) return { traced: recorded };
    if (step.step === 'delete') {
      await this.#delete(step.path);
      return await this.#done({ step, outcome: 'done', output: '' });
    }
    if (step.unless !== undefined && (await this.#place.exists(step.unless)))
      return await this.#done({ step, outcome: 'skipped', output: '' });
    const { container, env } = this.#place;
    const ran = await runPhase(step, container, env, { app: this.#plan.app, emit: this.#emit }, this.#signal);
    const { failure, output } = ran;
    return await this.#done({ step, outcome: failure === undefined ? 'done' : 'failed', output }, ran);
  }

  async #done(traced: TracedStep, ran?: PhaseOutcome): Promise<Done> {
    await this.#after?.(traced, ran);
    return { traced, ...(ran?.failure === undefined ? {} : { cause: ran.failure }) };
  }

  async #print(message: string, stream: 'OUT' | 'ERR'): Promise<void> {
    await this.#emit({ type: 'log', app: this.#plan.app, source: STAGING_SOURCE, stream, message });
  }

  async #delete(path: string): Promise<void> {
    const argv = ['rm', '-rf', path];
    await runToEnd(this.#place.container, { argv, env: {}, user: VCAP.name, workingDir: '/' }, this.#signal);
  }
}
