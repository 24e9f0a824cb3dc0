import type { ProcessStatus } from '../app/app-status.ts';
import { InstanceShell } from '../app/instance-shell.ts';
import type { Workbench } from '../app/workbench.ts';
import { CfstageError } from '../errors.ts';
import type { AppRunner } from './app-runner.ts';

/** Which instance is meant; absent: the first of web. */
export interface InstanceRef {
  /** Type of a process, or the name of a sidecar. */
  readonly process?: string;
  readonly index?: number;
  /** Gives up, and rejects with the code INTERRUPTED. */
  readonly signal?: AbortSignal;
}

/** An instance that runs, and which of its processes is meant. */
export interface FoundInstance {
  readonly shell: InstanceShell;
  /** 0 is the main process, then its sidecars. */
  readonly step: number;
  readonly signal: AbortSignal;
}

/** Finds the containers of an app. */
export class InstanceFinder {
  readonly #app: AppRunner;
  readonly #workbench: Workbench;

  constructor(app: AppRunner, workbench: Workbench) {
    this.#app = app;
    this.#workbench = workbench;
  }

  /** Raises INSTANCE_NOT_FOUND, and APP_NOT_FOUND when the app does not run. */
  find({
    process: name = 'web',
    index = 0,
    signal = new AbortController().signal,
  }: InstanceRef): FoundInstance {
    const { processes } = this.#app.requireRunning().status();
    const { process, step } = findProcess(name, processes);
    const container = process.instances.find((instance) => instance.index === index)?.container;
    if (container === undefined) {
      throw new CfstageError(
        'INSTANCE_NOT_FOUND',
        `Instance ${index} of process ${process.type} not running`,
        {
          hint: 'It has crashed, or there are fewer instances: see status().',
        },
      );
    }
    const { id, name: containerName } = container;
    return {
      shell: new InstanceShell(this.#workbench.cell.engine.container(id, containerName)),
      step,
      signal,
    };
  }
}

function findProcess(
  name: string,
  processes: readonly ProcessStatus[],
): { readonly process: ProcessStatus; readonly step: number } {
  const process = processes.find(({ type }) => type === name);
  if (process !== undefined) return { process, step: 0 };
  const host = processes.find(({ sidecars }) => sidecars.includes(name));
  if (host !== undefined) return { process: host, step: host.sidecars.indexOf(name) + 1 };
  const names = processes.flatMap(({ type, sidecars }) => [type, ...sidecars]);
  throw new CfstageError('INSTANCE_NOT_FOUND', `Process ${name} not found`, {
    hint: `The app has ${names.join(', ')}.`,
  });
}
