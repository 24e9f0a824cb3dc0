import { pushAll } from '../../app/push-several.ts';
import { stageApp } from '../../app/stage-app.ts';
import { stagingError } from '../../lifecycle/exit-codes.ts';
import { argumentsWithout, detach } from '../detach.ts';
import { runCommand } from '../session.ts';
import { stayWith } from '../stay-with.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';

/** `--no-start` comes as `start: false`. */
export async function pushCommand(
  appName: string | undefined,
  flags: PushFlags & { readonly start?: boolean },
): Promise<number> {
  return await runCommand(flags, async (session) => {
    if (flags.detach === true) return await detach(argumentsWithout('--detach'), session);
    const request = toRequest(appName, flags, session.settings.cwd);
    const workbench = await session.workbench();
    if (flags.start !== false) {
      return await stayWith(await pushAll(request, workbench, session.signal), session);
    }
    const { failure } = await stageApp(request, workbench, session.signal);
    if (failure !== undefined) throw stagingError(failure.failure, failure.outOfMemory);
    return 0;
  });
}
