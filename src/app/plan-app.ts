import type { LaunchPlan } from '../plan/launch-plan.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { slotsOf } from './app-settings.ts';
import { newInstanceGuid } from './identity.ts';
import { planInstance } from './plan-instance.ts';
import { prepareStaging } from './prepare-staging.ts';
import type { PushRequest } from './request.ts';
import { stackByDefinition } from './resolve-stack.ts';
import type { LocalBench } from './workbench.ts';

/** Both plans of a push. What only staging can find out (processes and sidecars of the droplet) is not in the second. */
export interface AppPlans {
  readonly staging: StagingPlan;
  /** Of the first instance of each process that has any. */
  readonly launches: readonly LaunchPlan[];
}

/** `cfstage plan`: what a push would do, without an engine. */
export async function planApp(
  request: PushRequest,
  bench: LocalBench,
  signal: AbortSignal,
): Promise<AppPlans> {
  await using prepared = await prepareStaging(request, bench, stackByDefinition, signal);
  const settings = { ...request, ...prepared, caCertificates: prepared.inputs.caCertificates };
  const droplet = { result: {}, stagingInfo: undefined };
  const publish = { hostPort: request.port, hostAddress: '127.0.0.1' };
  const launches = slotsOf(prepared.app)
    .filter(({ index }) => index === 0)
    .map((slot) => planInstance(settings, { ...slot, guid: newInstanceGuid(), publish }, droplet));
  return { staging: prepared.plan, launches };
}
