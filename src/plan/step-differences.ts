import { stepsAfterDetect, type Step } from '../buildpack/phases.ts';
import type { StagingPlan } from './staging-plan.ts';
import type { StepIndex, TracedStep } from './staging-trace.ts';

/**
 * The first of the steps that were done which a plan does otherwise, given that all before it come out as they did;
 * undefined when it would do the same.
 */
export function firstDifference(plan: StagingPlan, done: readonly TracedStep[]): StepIndex | undefined {
  let index = 0;
  let steps: readonly Step[] = plan.phases.steps;
  for (let i = 0; i < steps.length && index < done.length; i++) {
    const step = steps[i];
    if (step === undefined || step.step === 'fail') break;
    if (step.step === 'print') continue;
    const before = done[index];
    if (before === undefined || JSON.stringify(before.step) !== JSON.stringify(step)) return index;
    index += 1;
    if (step.step === 'run' && step.phase === 'detect' && before.outcome === 'done') {
      steps = stepsAfterDetect(plan.phaseInput, step.buildpack);
      i = -1;
    }
  }
  return index < done.length ? index : undefined;
}
