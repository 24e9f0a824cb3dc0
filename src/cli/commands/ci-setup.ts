import { ciSetup } from '../../app/ci-setup.ts';
import { DEFAULT_STACK } from '../../app/resolve-stack.ts';
import type { StackPolicy } from '../../stack/stack-choice.ts';
import { runCommand } from '../session.ts';

export interface CiSetupFlags {
  readonly stack?: readonly string[];
  readonly buildpack?: readonly string[];
  readonly stackPolicy?: StackPolicy;
  readonly json?: boolean;
}

export async function ciSetupCommand(flags: CiSetupFlags): Promise<number> {
  return await runCommand({}, async ({ print, workbench, signal }) => {
    const request = {
      stacks: flags.stack ?? [DEFAULT_STACK],
      buildpacks: flags.buildpack ?? [],
      ...(flags.stackPolicy === undefined ? {} : { stackPolicy: flags.stackPolicy }),
    };
    const { stacks, cacheFolders } = await ciSetup(request, await workbench(), signal);
    if (flags.json === true) print(JSON.stringify({ stacks, cacheFolders }));
    else {
      for (const { name, image } of stacks) print(`Stack ${name} is there: ${image}`);
      print(`Keep from one run to the next: ${cacheFolders.join(' ')}`);
    }
    return 0;
  });
}
