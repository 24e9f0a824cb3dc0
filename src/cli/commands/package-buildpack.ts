import { resolve } from 'node:path';
import { packageBuildpack } from '../../app/package-buildpack.ts';
import { openLocalBench } from '../../app/workbench.ts';
import { toPackageTarget, type PackageFlags } from '../package-flags.ts';
import { runCommand } from '../session.ts';

/** Source of the words: libbuildpack packager/buildpack-packager/main.go. */
export async function packageBuildpackCommand(
  directory: string | undefined,
  flags: PackageFlags,
): Promise<number> {
  return await runCommand({}, async ({ settings, emit, print, signal }) => {
    const from = resolve(settings.cwd, directory ?? '.');
    const output = flags.output === undefined ? from : resolve(settings.cwd, flags.output);
    const request = { ...toPackageTarget(flags), directory: from, output, version: flags.version };
    const bench = openLocalBench(settings.home, emit);
    const made = await packageBuildpack(request, bench, signal);
    const kind = made.cached ? 'cached' : 'uncached';
    const megabytes = Math.floor(made.bytes / 1024 / 1024);
    print(
      flags.json === true
        ? JSON.stringify(made)
        : `${kind} buildpack created and saved as ${made.path} with a size of ${megabytes}MB`,
    );
    return 0;
  });
}
