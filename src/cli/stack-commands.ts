import { InvalidArgumentError, Option, type Command } from 'commander';
import { STACK_POLICIES } from '../stack/stack-choice.ts';
import type { CiSetupFlags } from './commands/ci-setup.ts';
import type { Ends } from './ends.ts';
import { addPackageFlags, type PackageFlags } from './package-flags.ts';
import { collect } from './push-flags.ts';

/** The commands about stacks and buildpacks. */
export function addStackCommands(program: Command, ends: Ends): void {
  program
    .command('doctor')
    .description('check the engine, the stacks, the disk and the network')
    .option('--json', 'as JSON')
    .action(ends(async (flags: object) => (await import('./commands/doctor.ts')).doctorCommand(flags)));
  program
    .command('stacks')
    .description('list the stacks')
    .option('--json', 'as JSON')
    .action(ends(async (flags: object) => (await import('./commands/stacks.ts')).stacksCommand(flags)));
  const stack = program.command('stack').description('get a stack: `stack pull NAME` or `stack build NAME`');
  for (const how of ['pull', 'build'] as const) {
    stack
      .command(`${how} <name>`)
      .description(
        how === 'pull' ? "pull the stack's image" : 'build its stand-in from packages of the distribution',
      )
      .action(ends(async (name: string) => (await import('./commands/stacks.ts')).stackCommand(how, name)));
  }
  program
    .command('ci-setup')
    .description(
      'get the stacks that tests need, and keep them for the next machine that has the same state folder',
    )
    .option('-s, --stack <name>', 'stack, repeatable (default: cflinuxfs4)', collect)
    .option('-b, --buildpack <name-or-url>', 'buildpack to download ahead, repeatable', collect)
    .addOption(
      new Option('--stack-policy <policy>', 'where the stacks may come from').choices(STACK_POLICIES),
    )
    .option('--json', 'as JSON')
    .action(
      ends(async (flags: CiSetupFlags) => (await import('./commands/ci-setup.ts')).ciSetupCommand(flags)),
    );
  program
    .command('buildpacks')
    .description('list the registered buildpacks, in the order of detection')
    .option('--json', 'as JSON')
    .action(
      ends(async (flags: object) => (await import('./commands/buildpacks.ts')).buildpacksCommand(flags)),
    );
  program
    .command('create-buildpack <name> <path-or-url>')
    .argument('[position]', 'place in the order, from 1', position)
    .description('register a buildpack by name: a directory (used live), a zip or a URL')
    .action(
      ends(async (name: string, path: string, position: number | undefined) =>
        (await import('./commands/buildpacks.ts')).createBuildpackCommand(name, path, position),
      ),
    );
  addPackageFlags(program.command('package-buildpack [dir]'))
    .description('make a zip of a buildpack, as buildpack-packager does, with reproducible bytes')
    .action(
      ends(async (directory: string | undefined, flags: PackageFlags) =>
        (await import('./commands/package-buildpack.ts')).packageBuildpackCommand(directory, flags),
      ),
    );
  program
    .command('delete-buildpack <name>')
    .description('forget a registered buildpack')
    .action(
      ends(async (name: string) => (await import('./commands/buildpacks.ts')).deleteBuildpackCommand(name)),
    );
}

function position(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('A position is a number from 1.');
  return number;
}
