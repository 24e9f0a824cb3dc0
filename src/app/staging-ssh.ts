import { randomUUID } from 'node:crypto';
import { CfstageError } from '../errors.ts';
import { SESSION_MARKER } from '../lifecycle/rewind-script.ts';
import { commandLine } from '../logs/render-redo.ts';
import type { FailedStagingPlace } from './redo-outcome.ts';
import { SshConnection } from './ssh-connection.ts';
import { runSession } from './ssh-session.ts';
import type { SshRequest } from './ssh.ts';
import { askWatch } from './staging-view.ts';
import type { Workbench } from './workbench.ts';

/**
 * `cfstage ssh --staging`: a shell, or one command, in the container of the staging that failed, as its phase was run: as
 * vcap, in its directory, with its environment. Resolves with the exit code. What it changes is undone by the next redo.
 */
export async function sshIntoStaging(
  app: string,
  { command, terminal }: NonNullable<SshRequest['session']>,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<number> {
  const place = await failedPlace(app, workbench, signal);
  const { container, env } = place;
  const found = workbench.cell.engine.container(container.id, container.name);
  // Marked, so that a redo does not end it with what its phases have left behind.
  const marked = { ...env, [SESSION_MARKER]: randomUUID() };
  await using connection = new SshConnection(found, `The staging container of app ${app}`, signal, marked);
  if (command === undefined) await workbench.emit({ type: 'notice', message: howToRunAgain(place) });
  return await runSession(command, terminal, connection, signal, 'phase');
}

function howToRunAgain({ phase, buildpack, argv, exitCode }: FailedStagingPlace): string {
  return `bin/${phase} of ${buildpack} ended with exit status ${exitCode}. This runs it again:\n\n${commandLine(argv)}\n`;
}

async function failedPlace(
  app: string,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<FailedStagingPlace> {
  const { failed } = await askWatch(app, { action: 'staging' }, workbench, signal);
  if (failed !== undefined) return failed;
  throw new CfstageError('INSTANCE_NOT_FOUND', `No phase of the staging of app ${app} has failed`, {
    hint: `Without --staging you get into the app. \`cfstage diff ${app}\` shows what its phases did.`,
  });
}
