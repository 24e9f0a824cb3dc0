import { stagingError } from '../lifecycle/exit-codes.ts';
import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import type { Emit } from '../logs/event.ts';
import type { FailedStaging, StagedDroplet } from '../stager/conclude-staging.ts';
import { Stager } from '../stager/stager.ts';
import type { StagingInputs } from '../stager/staging-trees.ts';
import { openBacking } from './open-backing.ts';
import type { BackingServices } from './backing-services.ts';
import { beginIdentity, issuerFor, type PendingIdentity } from './container-identity.ts';
import { keepDroplet, keepOnly } from './keep-droplet.ts';
import type { StoredDroplet } from './droplet-store.ts';
import { prepareStaging, type PreparedStaging } from './prepare-staging.ts';
import { pushLines } from './push-lines.ts';
import { recordTraffic } from './record-traffic.ts';
import type { StageRequest } from './request.ts';
import { stackOnEngine } from './resolve-stack.ts';
import { openStagingProxy } from './staging-proxy.ts';
import { sweep } from './sweep.ts';
import { TrafficLedger } from './traffic-ledger.ts';
import type { Workbench } from './workbench.ts';

/** What staging an app came to: a droplet that is kept, or the builder's failure. */
export type StagingOutcome = (
  | { readonly failure?: undefined; readonly droplet: StoredDroplet }
  | { readonly failure: FailedStaging; readonly droplet?: undefined }
) & {
  /** What its scripts tried to reach; empty unless that was asked for. */
  traffic(): readonly TrafficRecord[];
};

/** `cfstage stage`: manifest → StagingPlan → stager → droplet in the state folder. */
export async function stageApp(
  request: StageRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<StagingOutcome> {
  const identity = beginIdentity(workbench.home);
  await using prepared = await prepareStaging(request, workbench, stackOnEngine(request, workbench), signal);
  await sweep(workbench, { app: prepared.app.name });
  const { app, services } = prepared;
  const backing = await openBacking(
    'staging',
    app.name,
    services,
    { keep: request.keepServices ? 'always' : 'found', offline: request.offline },
    workbench,
    signal,
  );
  await using _member = backing.membership;
  const ledger = new TrafficLedger(app.name, workbench.emit);
  const bench = recordTraffic(request, ledger, workbench);
  await using staged = await stagePrepared(prepared, identity, backing.services, ledger, bench, signal);
  const traffic = () => ledger.records();
  if (staged.failure !== undefined) return { failure: staged, traffic };
  const { stored } = await keepDroplet(prepared, staged, workbench, keepOnly, signal);
  return { droplet: stored, traffic };
}

/** Runs a prepared staging; the container is still there for its droplet to be fetched. */
export async function stagePrepared(
  { plan, facts, inputs, cache, manifestPath, recordChanges, proxy }: PreparedStaging,
  identity: PendingIdentity,
  services: BackingServices,
  ledger: TrafficLedger,
  { cell, emit }: Workbench,
  signal: AbortSignal,
): Promise<(StagedDroplet | FailedStaging) & AsyncDisposable> {
  await using through =
    proxy === undefined ? undefined : await openStagingProxy(proxy, plan, ledger, cell, signal);
  for (const message of pushLines(plan.app, manifestPath)) await emit({ type: 'notice', message });
  const start = performance.now();
  const issueCredentials = issuerFor(identity, plan.buildGuid, facts);
  const awaitServices: StagingInputs['awaitServices'] = (from, abort) => services.awaitFrom(from, abort);
  const given = { ...inputs, issueCredentials, awaitServices };
  const told: Emit = (event) => {
    through?.hear(event);
    return emit(event);
  };
  const staged = await new Stager(cell, told, recordChanges).stage(plan, given, cache, signal);
  const durationMs = Math.round(performance.now() - start);
  await emit({ type: 'staged', app: plan.app, durationMs, result: staged.result ?? null });
  return staged;
}

/** The same, and a failure is thrown as the error that `cf push` shows. */
export function requireStaged(
  staged: (StagedDroplet | FailedStaging) & AsyncDisposable,
): asserts staged is StagedDroplet & AsyncDisposable {
  if (staged.failure !== undefined) throw stagingError(staged.failure, staged.outOfMemory);
}
