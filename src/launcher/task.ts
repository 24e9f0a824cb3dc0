import type { Readable } from 'node:stream';
import type { Cell } from '../engine/cell.ts';
import type { Container } from '../engine/engine.ts';
import type { PlatformFiles } from '../engine/platform-files.ts';
import { orInterrupted } from '../errors.ts';
import { DROPLET_DIR } from '../lifecycle/container-paths.ts';
import { pidFile } from '../lifecycle/pid-file.ts';
import type { Emit } from '../logs/event.ts';
import { limitLogs } from '../logs/limit-logs.ts';
import { withNetwork } from '../plan/network-later.ts';
import type { TaskPlan } from '../plan/task-plan.ts';
import { prepareAppContainer } from './app-container.ts';
import { startProcess } from './app-process.ts';
import { RunningTask, type TaskEnd } from './running-task.ts';
import { TaskLog } from './task-log.ts';

/** What goes into the container of a task. */
export interface TaskInputs {
  /** A plain tar; called once. */
  readonly openDroplet: () => Readable;
  readonly files: PlatformFiles;
  /** Resolves when the app's services can be reached from the container. */
  readonly awaitServices: (from: Container, signal: AbortSignal) => Promise<void>;
}

/** Runs a task in a container of its own, which is gone when this settles. */
export async function executeTask(
  plan: TaskPlan,
  { openDroplet, files, awaitServices }: TaskInputs,
  { cell, emit }: { readonly cell: Cell; readonly emit: Emit },
  signal: AbortSignal,
): Promise<TaskEnd> {
  const log = new TaskLog(emit, plan, cell.id);
  const container = await createContainer(plan, files, cell, log, signal);
  try {
    const [state] = await Promise.all([
      orInterrupted(container.inspect(), signal),
      container.upload(openDroplet(), DROPLET_DIR, signal),
    ]);
    await awaitServices(container, signal);
    const network = { cellIp: state.gateway, containerIp: state.ipAddress };
    const env = withNetwork(plan.process.env, network);
    const output = limitLogs(emit, plan.logRateLimitBytes);
    await container.announce({ kind: 'task', task: plan.name });
    const process = await startProcess(plan.app, plan.process, env, pidFile(0), container, output);
    return await new RunningTask(plan, container, log, emit).watch(process, signal);
  } finally {
    log.destroying();
    await container.remove();
    log.destroyed();
  }
}

async function createContainer(
  plan: TaskPlan,
  files: PlatformFiles,
  cell: Cell,
  log: TaskLog,
  signal: AbortSignal,
): Promise<Container> {
  log.creating();
  try {
    const purpose = { app: plan.app, role: 'task' } as const;
    const container = await prepareAppContainer(cell, purpose, plan.container, files, signal);
    log.created();
    return container;
  } catch (error) {
    log.notCreated(error);
    throw error;
  }
}
