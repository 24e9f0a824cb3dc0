import type { Cell } from '../engine/cell.ts';
import type { ContainerSummary } from '../engine/engine.ts';
import { STARTED_MARKER } from '../launcher/app-container.ts';
import { CfstageError } from '../errors.ts';
import { deleteApp, listApps } from '../host/app-store.ts';
import { DEFAULT_APP_PORT } from '../lifecycle/instance-ports.ts';
import { cancelTasks } from './cancel-tasks.ts';
import { currentDroplet } from './droplet-store.ts';
import { replaceOlder } from './replace-older.ts';
import type { Workbench } from './workbench.ts';

/** One line of `cfstage apps`. */
export interface AppSummary {
  readonly name: string;
  readonly state: 'started' | 'stopped';
  /** Absent while the app does not run. */
  readonly url?: string;
  readonly stack?: string;
  readonly buildpacks?: readonly string[];
}

/** The apps that have a droplet here or run on the engine, by name. */
export async function listAllApps({ cell, home }: Workbench): Promise<readonly AppSummary[]> {
  const [records, containers] = await Promise.all([listApps(home), startedContainers(cell)]);
  const running = new Map(containers.map((container) => [container.labels['cfstage.app'] ?? '', container]));
  const names = new Set([...records.map(({ name }) => name), ...running.keys()]);
  const summaries = await Promise.all(
    [...names].sort().map(async (name) => {
      const container = running.get(name);
      const droplet = await currentDroplet(home, name);
      return {
        name,
        state: container === undefined ? ('stopped' as const) : ('started' as const),
        ...(container === undefined ? {} : { url: urlOf(container, cell.engine.host) }),
        ...(droplet === undefined
          ? {}
          : {
              stack: droplet.stack,
              buildpacks: droplet.result.lifecycle_metadata.buildpacks.map(({ key }) => key),
            }),
      };
    }),
  );
  return summaries;
}

/** The container of a running app. Raises APP_NOT_FOUND in cf's words. */
export async function requireRunning(name: string, { cell }: Workbench): Promise<ContainerSummary> {
  const found = (await startedContainers(cell)).find(({ labels }) => labels['cfstage.app'] === name);
  if (found !== undefined) return found;
  throw notRunning(name);
}

function notRunning(name: string): CfstageError {
  return new CfstageError('APP_NOT_FOUND', `App '${name}' is not running`, {
    hint: `\`cfstage apps\` lists what there is; \`cfstage run ${name}\` starts its droplet again.`,
  });
}

/** Stops a running app, whoever started it; the one who did sees it as a stop, not as a crash. */
export async function stopApp(name: string, workbench: Workbench): Promise<void> {
  const containers = await appContainers(workbench.cell);
  if (!containers.some(({ labels }) => labels['cfstage.app'] === name)) throw notRunning(name);
  await replaceOlder(name, workbench);
}

/** Stops an app and its tasks and forgets its droplet, caches and logs. Raises APP_NOT_FOUND when there is nothing to delete. */
export async function deleteWholeApp(name: string, workbench: Workbench): Promise<void> {
  const known = await listAllApps(workbench);
  if (!known.some((app) => app.name === name)) {
    throw new CfstageError('APP_NOT_FOUND', `App '${name}' does not exist`, {
      hint: '`cfstage apps` lists what there is.',
    });
  }
  await Promise.all([replaceOlder(name, workbench), cancelTasks(name, workbench)]);
  await deleteApp(workbench.home, name);
}

/** App containers of this state folder, those included that still wait for their droplet. */
async function appContainers({ engine, session }: Cell): Promise<readonly ContainerSummary[]> {
  const labels = { cfstage: '', 'cfstage.role': 'app', 'cfstage.home': session.home };
  return (await engine.listContainers(labels)).filter(({ running }) => running);
}

/** Those whose app has been started in them. */
async function startedContainers(cell: Cell): Promise<readonly ContainerSummary[]> {
  const containers = await appContainers(cell);
  const started = await Promise.all(
    containers.map(({ id, name }) =>
      cell.engine
        .container(id, name)
        .exists(STARTED_MARKER)
        .catch(() => false),
    ),
  );
  return containers.filter((_, i) => started[i]);
}

function urlOf({ ports }: ContainerSummary, host: string): string {
  return `http://${host}:${ports.get(DEFAULT_APP_PORT) ?? 0}`;
}
