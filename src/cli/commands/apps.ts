import { deleteWholeApp, listAllApps, stopApp } from '../../app/running-apps.ts';
import { sweep } from '../../app/sweep.ts';
import { sweepFiles } from '../../app/sweep-files.ts';
import { renderTable } from '../table.ts';
import { runCommand } from '../session.ts';

export async function appsCommand(flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ print, workbench }) => {
    const apps = await listAllApps(await workbench());
    if (flags.json === true) print(JSON.stringify(apps));
    else if (apps.length === 0) print('No apps found');
    else {
      const rows = apps.map(({ name, state, url = '', stack = '', buildpacks = [] }) => [
        name,
        state,
        url,
        stack,
        buildpacks.join(', '),
      ]);
      print(renderTable(['name', 'requested state', 'url', 'stack', 'buildpacks'], rows));
    }
    return 0;
  });
}

export async function stopCommand(app: string): Promise<number> {
  return await runCommand({}, async ({ emit, workbench }) => {
    await stopApp(app, await workbench());
    await emit({ type: 'notice', message: `App ${app} stopped` });
    return 0;
  });
}

export async function deleteCommand(app: string): Promise<number> {
  return await runCommand({}, async ({ emit, workbench }) => {
    await deleteWholeApp(app, await workbench());
    await emit({ type: 'notice', message: `App ${app} deleted` });
    return 0;
  });
}

export async function cleanCommand(flags: {
  readonly all?: boolean;
  readonly services?: boolean;
}): Promise<number> {
  return await runCommand({}, async ({ print, workbench }) => {
    const bench = await workbench();
    const [containers, files] = await Promise.all([
      sweep(bench, { all: flags.all ?? false, keptServices: flags.services ?? false }),
      sweepFiles(bench),
    ]);
    for (const name of [...containers, ...files]) print(`Removed ${name}`);
    if (containers.length + files.length === 0) print('Nothing to remove');
    return 0;
  });
}
