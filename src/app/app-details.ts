import { interruption } from '../errors.ts';
import type { AppStatus } from './app-status.ts';
import { currentDroplet, type StoredDroplet } from './droplet-store.ts';
import { requireKnownApp } from './known-app.ts';
import { appStatus } from './running-apps.ts';
import type { Workbench } from './workbench.ts';

/** What an instance uses at the moment. */
export interface InstanceUsage {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  /** Written beyond the stack's image. */
  readonly diskBytes: number;
}

/** All that `cfstage app` shows. */
export interface AppDetails {
  readonly name: string;
  /** Undefined while the app does not run. */
  readonly status: AppStatus | undefined;
  /** Undefined when it was never staged here. */
  readonly droplet: StoredDroplet | undefined;
  /** By id of the container; an instance that ended meanwhile has none. */
  readonly usage: Readonly<Record<string, InstanceUsage>>;
}

/** An app as it is now. Takes a second while it runs, to see what it uses. Raises APP_NOT_FOUND in cf's words. */
export async function appDetails(
  name: string,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<AppDetails> {
  const { home } = workbench;
  const [status, droplet] = await Promise.all([
    appStatus(name, workbench, signal),
    currentDroplet(home, name),
  ]);
  if (status === undefined) await requireKnownApp(home.root, name);
  const instances = status?.processes.flatMap((process) => process.instances) ?? [];
  const usage = await Promise.all(
    instances.map(async ({ container }) =>
      container === undefined ? [] : await usageOf(container, workbench, signal),
    ),
  );
  return { name, status, droplet, usage: Object.fromEntries(usage.flat()) };
}

async function usageOf(
  { id, name }: { readonly id: string; readonly name: string },
  { cell }: Workbench,
  signal: AbortSignal,
): Promise<readonly (readonly [string, InstanceUsage])[]> {
  const container = cell.engine.container(id, name);
  try {
    const [stats, diskBytes] = await Promise.all([container.stats(signal), container.writtenBytes()]);
    return [[id, { ...stats, diskBytes }]];
  } catch {
    if (signal.aborted) throw interruption(signal);
    return [];
  }
}
