import { interruption, orInterrupted } from '../errors.ts';
import { findInstance, type InstanceChoice } from './find-instance.ts';
import { ForwardedPorts } from './forward-ports.ts';
import type { PortForward } from './forward-spec.ts';
import { SshConnection } from './ssh-connection.ts';
import { runSession, type LoginTerminal } from './ssh-session.ts';
import type { Workbench } from './workbench.ts';

/** What one `cfstage ssh` is to do. */
export interface SshRequest {
  readonly instance: InstanceChoice;
  readonly forwards: readonly PortForward[];
  /** Absent: the ports only, until interrupted. */
  readonly session?: {
    /** Absent: a shell. */
    readonly command?: string;
    readonly terminal: LoginTerminal;
  };
}

/** `cf ssh`: a shell, or one command, beside the app in its container, and ports that lead there. Resolves with the exit code. */
export async function ssh(
  { instance, forwards, session }: SshRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<number> {
  const { app, process, index } = instance;
  const { id, name } = await orInterrupted(findInstance(instance, workbench), signal);
  const container = workbench.cell.engine.container(id, name);
  await using connection = new SshConnection(
    container,
    `Instance ${index} of process ${process} of app ${app}`,
    signal,
  );
  await using ports = new ForwardedPorts(connection, workbench.emit);
  await ports.open(forwards);
  if (session !== undefined) return await runSession(session.command, session.terminal, connection, signal);
  await aborted(AbortSignal.any([signal, connection.lost]));
  if (signal.aborted) return interruption(signal).exitCode;
  throw interruption(connection.lost);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
