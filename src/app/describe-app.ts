import type { SupervisedInstance } from '../launcher/supervised-instance.ts';
import { commandOf } from '../lifecycle/merge-processes.ts';
import { mergeSidecars, sidecarsOf } from '../lifecycle/sidecar-conflicts.ts';
import type { AppSummary, EventBody, ProcessSummary } from '../logs/event.ts';
import { defaultProcess, type ProcessManifest } from '../manifest/manifest.ts';
import type { AppSettings } from './app-settings.ts';
import type { AppStatus, InstanceStatus, ProcessStatus } from './app-status.ts';
import { userSidecar, type DropletFacts } from './plan-instance.ts';

/** What an app is made of, for those who ask how it is. */
export interface DescribedApp {
  readonly settings: AppSettings;
  readonly droplet: DropletFacts;
  readonly members: readonly SupervisedInstance[];
  /** Where the engine publishes ports. */
  readonly host: string;
  /** URLs at the router. */
  readonly routes: readonly string[];
  readonly state: AppStatus['state'];
  /** A URL for an instance of web that stays when the instance is replaced. */
  readonly door?: (index: number) => string | undefined;
}

export function describeApp(described: DescribedApp): AppStatus {
  const { settings, droplet, routes, state } = described;
  return {
    name: settings.app.name,
    state,
    routes,
    stack: settings.stack.name,
    buildpacks: (droplet.result.lifecycle_metadata?.buildpacks ?? []).map(({ key }) => key),
    processes: allProcesses(described).map((process) => describeProcess(process, described)),
  };
}

/** The first instance of web that runs. */
export function firstWeb({ processes }: AppStatus): InstanceStatus | undefined {
  const web = processes.find(({ type }) => type === 'web');
  return web?.instances.find(({ url }) => url !== undefined);
}

/** The same as `cf push` shows it. */
export function summarizeApp({ name, routes, stack, buildpacks, processes }: AppStatus): AppSummary {
  return { name, routes, stack, buildpacks, processes: processes.map(summarizeProcess) };
}

/** Told once all of it has started. @param startedAt when that was begun, on the clock of `performance.now()`. */
export function appStarted(status: AppStatus, startedAt: number): EventBody {
  const web = firstWeb(status);
  return {
    type: 'app-started',
    app: status.name,
    url: web?.url ?? '',
    containerId: web?.container?.id ?? '',
    durationMs: Math.round(performance.now() - startedAt),
    summary: summarizeApp(status),
  };
}

/** Those of the manifest, and those that only the droplet has. */
function allProcesses({ settings, droplet }: DescribedApp): readonly ProcessManifest[] {
  const { processes } = settings.app;
  const known = new Set(processes.map(({ type }) => type));
  const others = (droplet.result.processes ?? []).filter(({ type }) => !known.has(type));
  return [...processes, ...others.map(({ type }) => defaultProcess(type))];
}

function describeProcess(process: ProcessManifest, described: DescribedApp): ProcessStatus {
  const { settings, droplet, members } = described;
  const { type, memoryMb, diskMb, logRateLimitBytes } = process;
  const sidecars = mergeSidecars(settings.app.sidecars.map(userSidecar), droplet.result.sidecars ?? []);
  const names = sidecarsOf(type, sidecars).map(({ name }) => name);
  return {
    type,
    memoryMb,
    diskMb,
    logRateLimitBytes,
    startCommand: process.command ?? commandOf(droplet.result.processes ?? [], type) ?? '',
    sidecars: names,
    instances: members
      .filter(({ slot }) => slot.processType === type)
      .map((member) => describeInstance(member, names, described)),
  };
}

function describeInstance(
  { slot, record, current, instanceGuid, lastCrash }: SupervisedInstance,
  sidecars: readonly string[],
  { host, door }: Pick<DescribedApp, 'host' | 'door'>,
): InstanceStatus {
  const steady = slot.processType === 'web' ? door?.(slot.index) : undefined;
  const state = current === undefined ? ('stopped' as const) : ('running' as const);
  return {
    index: slot.index,
    state: record.state,
    since: record.since,
    instanceGuid,
    ready: current?.instance.ready ?? false,
    crashes: record.crashes,
    ...(record.restartAt === undefined ? {} : { restartAt: record.restartAt }),
    ...(lastCrash === undefined ? {} : { lastCrash: lastCrash.reason }),
    ...(current === undefined
      ? {}
      : {
          container: { id: current.instance.container.id, name: current.instance.container.name },
          url: steady ?? `http://${host}:${current.hostPort}`,
        }),
    sidecars: sidecars.map((name) => ({ name, state })),
  };
}

function summarizeProcess(process: ProcessStatus): ProcessSummary {
  const { type, sidecars, memoryMb, startCommand, instances } = process;
  const running = instances.filter(({ url }) => url !== undefined);
  return {
    type,
    sidecars,
    instances: { running: running.length, total: instances.length },
    memoryMb,
    startCommand,
    urls: Object.fromEntries(running.map(({ index, url = '' }) => [index, url])),
  };
}
