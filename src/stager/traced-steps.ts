import type { TracedStep } from '../plan/staging-trace.ts';

/** Nothing comes after it but packing. */
export function isLast({ step, outcome }: TracedStep): boolean {
  return step.step === 'run' && step.phase === 'release' && outcome !== 'failed';
}

/** After a failure nothing comes that could be redone by itself. */
export function mayGoOn({ step, outcome }: TracedStep): boolean {
  return outcome !== 'failed' || (step.step === 'run' && step.phase === 'detect');
}
