import { followLogs, recentLogs } from '../../app/app-logs.ts';
import { requireKnownApp } from '../../app/known-app.ts';
import { runCommand } from '../session.ts';

export async function logsCommand(
  app: string,
  flags: { readonly recent?: boolean; readonly json?: boolean },
): Promise<number> {
  return await runCommand(flags, async ({ settings, signal, show }) => {
    const home = await requireKnownApp(settings.home, app);
    if (flags.recent === true) {
      for (const event of await recentLogs(home, app)) await show(event);
      return 0;
    }
    for await (const events of followLogs(home, app, signal)) for (const event of events) await show(event);
    return 0;
  });
}
