import { deleteWholeApp, listAllApps, stopApp } from '../../app/running-apps.ts';
import { clean } from '../../app/clean.ts';
import { CfstageError } from '../../errors.ts';
import { renderTable } from '../../logs/render-table.ts';
import { runCommand } from '../session.ts';

export async function appsCommand(flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ print, workbench, signal }) => {
    const apps = await listAllApps(await workbench(), signal);
    if (flags.json === true) print(JSON.stringify(apps));
    else if (apps.length === 0) print('No apps found');
    else {
      const rows = apps.map(({ name, state, processes, url = '', stack = '', buildpacks = [] }) => [
        name,
        state,
        processes,
        url,
        stack,
        buildpacks.join(', '),
      ]);
      print(renderTable(['name', 'requested state', 'processes', 'url', 'stack', 'buildpacks'], rows));
    }
    return 0;
  });
}

export async function stopCommand(app: string): Promise<number> {
  return await runCommand({}, async ({ emit, workbench, signal }) => {
    await stopApp(app, await workbench(), signal);
    await emit({ type: 'notice', message: `App ${app} stopped` });
    return 0;
  });
}

/** One that does not exist is only warned of, so that scripts may begin with it. Source: cf CLI, delete_command.go. */
export async function deleteCommand(app: string): Promise<number> {
  return await runCommand({}, async ({ emit, workbench, signal }) => {
    try {
      await deleteWholeApp(app, await workbench(), signal);
      await emit({ type: 'notice', message: `App ${app} deleted` });
    } catch (error) {
      if (!(error instanceof CfstageError && error.code === 'APP_NOT_FOUND')) throw error;
      await emit({ type: 'warning', message: `${error.message}.` });
    }
    return 0;
  });
}

export async function cleanCommand(flags: {
  readonly all?: boolean;
  readonly services?: boolean;
}): Promise<number> {
  return await runCommand({}, async ({ print, signal, workbench }) => {
    const scope = { all: flags.all ?? false, keptServices: flags.services ?? false };
    const removed = await clean(await workbench(), scope, signal);
    for (const name of removed) print(`Removed ${name}`);
    if (removed.length === 0) print('Nothing to remove');
    return 0;
  });
}
