import type { LaunchPlan } from '../plan/launch-plan.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { instanceSettings, planInstance } from './plan-instance.ts';
import { prepareStaging } from './prepare-staging.ts';
import type { PushRequest } from './request.ts';
import { stackByDefinition } from './resolve-stack.ts';
import type { LocalBench } from './workbench.ts';

/** Both plans of a push. What only staging can find out (processes and sidecars of the droplet) is not in the second. */
export interface AppPlans {
  readonly staging: StagingPlan;
  readonly launch: LaunchPlan;
}

/** `cfstage plan`: what a push would do, without an engine. */
export async function planApp(
  request: PushRequest,
  bench: LocalBench,
  signal: AbortSignal,
): Promise<AppPlans> {
  await using prepared = await prepareStaging(request, bench, stackByDefinition, signal);
  const hasCaCertificates = prepared.inputs.caCertificates.length > 0;
  const settings = instanceSettings({ ...prepared, ...request, hasCaCertificates });
  const droplet = { result: {}, stagingInfo: undefined };
  return { staging: prepared.plan, launch: planInstance(settings, droplet, '127.0.0.1') };
}
