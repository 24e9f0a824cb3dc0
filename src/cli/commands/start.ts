import { cfHeading } from '../../app/push-lines.ts';
import { appStatus, restartApp } from '../../app/running-apps.ts';
import { runAgain, type RunAgain } from '../../app/run-again.ts';
import { summarizeApp } from '../../app/describe-app.ts';
import { renderSummary } from '../../logs/render-summary.ts';
import { argumentsWithout, detach } from '../detach.ts';
import { runCommand, type CommandSession } from '../session.ts';
import type { PushFlags } from '../push-flags.ts';

/** Source of the words: cli command/v7/shared/app_stager.go. */
export async function startCommand(app: string, flags: PushFlags): Promise<number> {
  return await runCommand(flags, async (session) => {
    const running = await appStatus(app, await session.workbench(), session.signal);
    if (running !== undefined) {
      await session.emit({ type: 'notice', message: `App '${app}' is already started.` });
      return 0;
    }
    return await start(app, 'start', session);
  });
}

/** In place when it runs, so that whoever watches it goes on watching. */
export async function restartCommand(app: string, flags: PushFlags): Promise<number> {
  return await runCommand(flags, async (session) => {
    const { emit, signal } = session;
    const workbench = await session.workbench();
    if ((await appStatus(app, workbench, signal)) === undefined) return await start(app, 'restart', session);
    await emit({ type: 'notice', message: cfHeading(`Restarting app ${app}`) });
    await emit({ type: 'notice', message: '\nWaiting for app to start...\n\nInstances starting...' });
    await restartApp(app, workbench, signal);
    const status = await appStatus(app, workbench, signal);
    if (status !== undefined) {
      await emit({
        type: 'notice',
        message: `\n${renderSummary(summarizeApp(status))}\n\nApp ${app} restarted`,
      });
    }
    return 0;
  });
}

async function start(app: string, command: string, session: CommandSession): Promise<number> {
  await session.emit({ type: 'notice', message: cfHeading(`Starting app ${app}`) });
  const again = await runAgain(app, session.settings.home);
  const [, ...given] = argumentsWithout('--detach').slice(argumentsWithout().indexOf(command));
  // What is given now comes later on the line, and so it wins.
  return await detach(['run', ...flagsOf(again), ...given], session);
}

function flagsOf({ domain, port, portShape, stackPolicy, caCert, offline }: RunAgain): readonly string[] {
  return [
    ...['--domain', domain, '--instance-ports', portShape],
    ...(port === 0 ? [] : ['--port', String(port)]),
    ...(stackPolicy === undefined ? [] : ['--stack-policy', stackPolicy]),
    ...(caCert === undefined ? [] : ['--ca-cert', caCert]),
    ...(offline === true ? ['--offline'] : []),
  ];
}
