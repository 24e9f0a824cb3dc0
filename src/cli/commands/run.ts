import { runDroplet } from '../../app/run.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';
import { argumentsWithout, detach } from '../detach.ts';
import { runCommand } from '../session.ts';
import { stayWith } from '../stay-with.ts';

export async function runDropletCommand(
  target: string,
  flags: PushFlags & { readonly name?: string },
): Promise<number> {
  return await runCommand(flags, async (session) => {
    if (flags.detach === true) return await detach(argumentsWithout('--detach'), session);
    const request = toRequest(flags.name, flags, session.settings.cwd);
    const app = await runDroplet(target, request, await session.workbench(), session.signal);
    return await stayWith([app], session);
  });
}
