import { describeStacks, obtainStack } from '../../app/stacks.ts';
import { runCommand } from '../session.ts';
import { renderTable } from '../../logs/render-table.ts';

export async function stacksCommand(flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ print, workbench }) => {
    const stacks = await describeStacks(await workbench());
    if (flags.json === true) print(JSON.stringify(stacks));
    else {
      const rows = stacks.map(({ name, description, image, imagePresent, standIn }) => [
        name,
        imagePresent ? 'present' : 'absent',
        standIn,
        image,
        description,
      ]);
      print(renderTable(['name', 'image', 'stand-in', 'reference', 'description'], rows));
    }
    return 0;
  });
}

export async function stackCommand(how: 'build' | 'pull', name: string): Promise<number> {
  return await runCommand({}, async ({ emit, workbench, signal }) => {
    const image = await obtainStack(how, name, await workbench(), signal);
    await emit({ type: 'notice', message: `Stack ${name} is there: ${image}` });
    return 0;
  });
}
