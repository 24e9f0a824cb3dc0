import type { Cell } from '../engine/cell.ts';
import type { ContainerSummary } from '../engine/engine.ts';
import { readOwnership } from '../engine/labels.ts';
import { CfstageError } from '../errors.ts';
import { STARTED_MARKER } from '../launcher/app-container.ts';
import { currentDroplet } from './droplet-store.ts';
import type { Workbench } from './workbench.ts';

/** The process that every app has, and that is meant where none is named. Source: cloud_controller_ng ProcessTypes. */
const DEFAULT_PROCESS = 'web';

/** One instance of an app, as a user names it. */
export interface InstanceChoice {
  readonly app: string;
  readonly process: string;
  readonly index: number;
}

/**
 * The container of a running instance. Raises APP_NOT_FOUND and INSTANCE_NOT_FOUND in cf's words.
 * Source: cli actor/v7action/ssh.go.
 */
export async function findInstance(choice: InstanceChoice, workbench: Workbench): Promise<ContainerSummary> {
  const containers = await containersOf(choice.app, workbench.cell);
  const meant = containers.filter(({ labels }) => {
    const { process, index } = instanceOf(labels);
    return process === choice.process && index === choice.index;
  });
  const started = await Promise.all(meant.map((container) => isStarted(container, workbench.cell)));
  // While an app is replaced there are two; the newer one stays.
  const [found] = meant.filter((_, i) => started[i]).sort((a, b) => b.createdAt - a.createdAt);
  if (found !== undefined) return found;
  throw await notFound(choice, containers, meant.length > 0, workbench);
}

async function containersOf(app: string, { engine, session }: Cell): Promise<readonly ContainerSummary[]> {
  const labels = { cfstage: '', 'cfstage.role': 'app', 'cfstage.home': session.home, 'cfstage.app': app };
  return await engine.listContainers(labels);
}

/** A container that does not say so is of an app that has no more than one. */
function instanceOf(labels: ContainerSummary['labels']): { process: string; index: number } {
  return readOwnership(labels)?.instance ?? { process: DEFAULT_PROCESS, index: 0 };
}

async function isStarted({ id, name, running }: ContainerSummary, { engine }: Cell): Promise<boolean> {
  if (!running) return false;
  return await engine
    .container(id, name)
    .exists(STARTED_MARKER)
    .catch(() => false);
}

async function notFound(
  { app, process, index }: InstanceChoice,
  containers: readonly ContainerSummary[],
  isThere: boolean,
  { home }: Workbench,
): Promise<CfstageError> {
  const droplet = await currentDroplet(home, app);
  if (containers.length === 0) {
    return droplet === undefined
      ? new CfstageError('APP_NOT_FOUND', `App '${app}' not found`, {
          hint: '`cfstage apps` lists what there is.',
        })
      : new CfstageError('APP_NOT_FOUND', `Application '${app}' is not in the STARTED state`, {
          hint: `\`cfstage run ${app}\` starts its droplet again.`,
        });
  }
  if (isThere) {
    return new CfstageError('INSTANCE_NOT_FOUND', `Instance ${index} of process ${process} not running`, {
      hint: 'It is being started or stopped. Run the command again.',
    });
  }
  const types = new Set([
    DEFAULT_PROCESS,
    ...containers.map(({ labels }) => instanceOf(labels).process),
    ...Object.keys(droplet?.result.process_types ?? {}),
  ]);
  const running = containers.map(({ labels }) => instanceOf(labels)).map((i) => `${i.process}/${i.index}`);
  const message = types.has(process)
    ? `Instance ${index} of process ${process} not found`
    : `Process ${process} not found`;
  return new CfstageError('INSTANCE_NOT_FOUND', message, {
    hint: `The app has ${[...new Set(running)].sort().join(', ')}. Choose with --process and -i.`,
  });
}
