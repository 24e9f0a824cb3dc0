import { appDetails } from '../../app/app-details.ts';
import { appEnvironment } from '../../app/app-environment.ts';
import { describeEvents } from '../../app/describe-event.ts';
import { cfHeading } from '../../app/push-lines.ts';
import { timestamp } from '../../logs/format-log.ts';
import { renderApp } from '../render-app.ts';
import { runCommand } from '../session.ts';
import { renderTable } from '../../logs/render-table.ts';

export async function appCommand(app: string, flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ emit, print, workbench, signal }) => {
    const message = cfHeading(`Showing health and status for app ${app}`);
    if (flags.json !== true) await emit({ type: 'notice', message });
    const details = await appDetails(app, await workbench(), signal);
    const { status, usage, name } = details;
    const state = status === undefined ? 'stopped' : 'started';
    print(
      flags.json === true
        ? JSON.stringify({ name, state, ...status, usage })
        : renderApp(details, Date.now()),
    );
    return 0;
  });
}

/** Source of the words: cli command/v7/env_command.go. */
export async function envCommand(app: string): Promise<number> {
  return await runCommand({}, async ({ settings, emit, print }) => {
    await emit({ type: 'notice', message: cfHeading(`Getting env variables for app ${app}`) });
    const { system, user } = await appEnvironment(app, settings.home, settings.cwd);
    const shown = Object.entries(system).map(
      ([key, value]) => `${key}: ${JSON.stringify(value, undefined, 2)}\n`,
    );
    const own = Object.entries(user).map(([key, value]) => `${key}: ${value}`);
    print(['System-Provided:', ...shown].join('\n'));
    print(
      own.length === 0
        ? 'No user-provided env variables have been set'
        : ['User-Provided:', ...own.sort()].join('\n'),
    );
    print('\nNo running env variables have been set\n\nNo staging env variables have been set');
    return 0;
  });
}

export async function eventsCommand(app: string, flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ settings, emit, print }) => {
    if (flags.json !== true) {
      await emit({ type: 'notice', message: cfHeading(`Getting events for app ${app}`) });
    }
    const events = await describeEvents(app, settings.home);
    if (flags.json === true) print(JSON.stringify(events));
    else if (events.length === 0) print('No events found.');
    else {
      const rows = events.map(({ time, event, actor, description }) => [
        timestamp(time),
        event,
        actor,
        description,
      ]);
      print(renderTable(['time', 'event', 'actor', 'description'], rows));
    }
    return 0;
  });
}
