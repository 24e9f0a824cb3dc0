import { followLogs, recentLogs } from '../../app/app-logs.ts';
import { requireKnownApp } from '../../app/known-app.ts';
import { formatLog } from '../../logs/format-log.ts';
import { runCommand } from '../session.ts';

export async function logsCommand(
  app: string,
  flags: { readonly recent?: boolean; readonly json?: boolean },
): Promise<number> {
  return await runCommand({}, async ({ settings, signal, print }) => {
    const home = await requireKnownApp(settings.home, app);
    const show = flags.json === true ? JSON.stringify : formatLog;
    if (flags.recent === true) {
      for (const event of await recentLogs(home, app)) print(show(event));
      return 0;
    }
    for await (const event of followLogs(home, app, signal)) print(show(event));
    return 0;
  });
}
