import { stepsAfterDetect, type Phase, type Step } from '../buildpack/phases.ts';
import { phaseFailure } from '../buildpack/phase-failure.ts';
import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';
import type { Emit } from '../logs/event.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { runPhase } from './run-phase.ts';

/** What the scripts of a staging left to be decided from. */
export interface StepsOutcome {
  readonly failure: StagingFailure | undefined;
  /** Position in the order of the buildpack that was detected, with what its bin/detect printed. */
  readonly detected: { readonly buildpack: number; readonly output: string } | undefined;
  /** What bin/release printed; undefined when launch.yml took its place. */
  readonly release: string | undefined;
}

/** Does the steps of a plan one after the other, until one fails. */
export class StepRunner {
  readonly #plan: StagingPlan;
  readonly #container: Container;
  readonly #env: Environment;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  #detected: StepsOutcome['detected'];
  #release: string | undefined;

  constructor(plan: StagingPlan, container: Container, env: Environment, emit: Emit, signal: AbortSignal) {
    this.#plan = plan;
    this.#container = container;
    this.#env = env;
    this.#emit = emit;
    this.#signal = signal;
  }

  async run(steps: readonly Step[] = this.#plan.phases.steps): Promise<StepsOutcome> {
    const failure = await this.#runAll(steps);
    return { failure, detected: this.#detected, release: this.#release };
  }

  async #runAll(steps: readonly Step[]): Promise<StagingFailure | undefined> {
    for (const step of steps) {
      switch (step.step) {
        case 'fail':
          return step.failure;
        case 'print':
          await this.#print(step.line, step.stream === 'stdout' ? 'OUT' : 'ERR');
          break;
        case 'delete':
          await this.#delete(step.path);
          break;
        case 'run': {
          if (step.phase !== 'detect') {
            const failure = await this.#runScript(step);
            if (failure !== undefined) return failure;
          } else if (await this.#detects(step)) {
            return await this.#runAll(stepsAfterDetect(this.#plan.phaseInput, step.buildpack));
          }
        }
      }
    }
    return undefined;
  }

  async #runScript(phase: Phase): Promise<StagingFailure | undefined> {
    if (phase.unless !== undefined && (await this.#container.exists(phase.unless))) return undefined;
    const { failure, output } = await this.#runPhase(phase);
    if (phase.phase === 'release') this.#release = output;
    return failure === undefined ? undefined : phaseFailure(phase, failure);
  }

  async #detects(phase: Phase): Promise<boolean> {
    const { failure, output } = await this.#runPhase(phase);
    if (failure !== undefined) return false;
    this.#detected = { buildpack: phase.buildpack, output };
    return true;
  }

  #runPhase(phase: Phase) {
    const log = { app: this.#plan.app, emit: this.#emit };
    return runPhase(phase, this.#container, this.#env, log, this.#signal);
  }

  async #print(message: string, stream: 'OUT' | 'ERR'): Promise<void> {
    await this.#emit({ type: 'log', app: this.#plan.app, source: STAGING_SOURCE, stream, message });
  }

  async #delete(path: string): Promise<void> {
    const argv = ['rm', '-rf', path];
    await runToEnd(this.#container, { argv, env: {}, user: VCAP.name, workingDir: '/' }, this.#signal);
  }
}
