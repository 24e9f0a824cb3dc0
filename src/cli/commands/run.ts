import { runDroplet } from '../../app/run.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';
import { runCommand } from '../session.ts';
import { stayWith } from './push.ts';

export async function runDropletCommand(
  target: string,
  flags: PushFlags & { readonly name?: string },
): Promise<number> {
  return await runCommand(flags, async (session) => {
    const request = toRequest(flags.name, flags, session.settings.cwd);
    return await stayWith(
      await runDroplet(target, request, await session.workbench(), session.signal),
      session,
    );
  });
}
