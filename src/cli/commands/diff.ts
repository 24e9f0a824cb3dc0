import { stagingDiff } from '../../app/staging-diff.ts';
import { openLocalBench } from '../../app/workbench.ts';
import { renderStagingChanges } from '../../logs/render-staging-changes.ts';
import { runCommand } from '../session.ts';

export async function diffCommand(
  app: string,
  phase: string | undefined,
  flags: { readonly json?: boolean },
): Promise<number> {
  return await runCommand({}, async ({ settings, emit, print, signal }) => {
    const changes = await stagingDiff(app, phase, openLocalBench(settings.home, emit), signal);
    print(flags.json === true ? JSON.stringify(changes) : renderStagingChanges(changes));
    return 0;
  });
}
