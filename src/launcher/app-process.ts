import type { Container } from '../engine/engine.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { recordingPid } from '../lifecycle/pid-file.ts';
import type { Emit } from '../logs/event.ts';
import { pumpOutput } from '../logs/pump-output.ts';
import type { ProcessStep } from '../plan/launch-plan.ts';

/** One process of an instance: the main one or a sidecar. */
export interface AppProcess {
  readonly step: ProcessStep;
  /** Exit code, once all output has been emitted. */
  readonly exited: Promise<number>;
}

/** Starts the launcher of a process as vcap; its output goes to its own log source. */
export async function startProcess(
  app: string,
  step: ProcessStep,
  env: Environment,
  pidFile: string,
  container: Container,
  emit: Emit,
): Promise<AppProcess> {
  const process = await container.exec({
    argv: recordingPid(step.argv, pidFile),
    env,
    user: VCAP.name,
    workingDir: VCAP.home,
  });
  const line = { app, source: step.source };
  const exited = Promise.all([
    process.exitCode,
    pumpOutput(process.stdout, emit, { ...line, stream: 'OUT' }),
    pumpOutput(process.stderr, emit, { ...line, stream: 'ERR' }),
  ]).then(([exitCode]) => exitCode);
  exited.catch(() => undefined);
  return { step, exited };
}
