import {
  describeBuildpacks,
  registerBuildpack,
  unregisterBuildpack,
} from '../../app/registered-buildpacks.ts';
import { runCommand } from '../session.ts';
import { renderTable } from '../../logs/render-table.ts';

export async function buildpacksCommand(flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ settings, print }) => {
    const buildpacks = await describeBuildpacks(settings.home);
    if (flags.json === true) print(JSON.stringify(buildpacks));
    else if (buildpacks.length === 0) print('No buildpacks found');
    else {
      const rows = buildpacks.map(({ position, name, location }) => [String(position), name, location]);
      print(renderTable(['position', 'name', 'source'], rows));
    }
    return 0;
  });
}

export async function createBuildpackCommand(
  name: string,
  path: string,
  position: number | undefined,
): Promise<number> {
  return await runCommand({}, async ({ settings, emit, signal }) => {
    await registerBuildpack(settings, { name, path, position }, signal);
    await emit({ type: 'notice', message: `Buildpack ${name} created` });
    return 0;
  });
}

export async function deleteBuildpackCommand(name: string): Promise<number> {
  return await runCommand({}, async ({ settings, emit, signal }) => {
    await unregisterBuildpack(settings.home, name, signal);
    await emit({ type: 'notice', message: `Buildpack ${name} deleted` });
    return 0;
  });
}
