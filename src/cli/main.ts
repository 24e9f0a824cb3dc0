import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CfstageError } from '../errors.ts';
import { addAppFlags, addDetachFlags, addProxyFlag, addRunFlags, type PushFlags } from './push-flags.ts';
import { addStackCommands } from './stack-commands.ts';
import type { Ends } from './ends.ts';
import { addSshFlags, type SshFlags } from './ssh-flags.ts';
import { addWatchFlags, type WatchFlags } from './watch-flags.ts';
import { addTaskFlags, type TaskFlags } from './task-flags.ts';
import { addTestFlags, type TestFlags } from './test-flags.ts';

const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

const USAGE_EXIT_CODE = new CfstageError('USAGE', '').exitCode;

/** Runs one command line and resolves with the exit code. Commands are loaded when they are called, for a quick start. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => (exitCode = code));
  // `cfstage … | head`: the reader going away is not an error.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
    throw error;
  }
}

function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('cfstage')
    .description(
      'Stage Cloud Foundry apps with the buildpacks you are working on, and run them with their sidecars.',
    )
    .version(VERSION)
    .showHelpAfterError('(add --help for the flags)')
    // `package-buildpack --version` is about the buildpack.
    .enablePositionalOptions()
    .exitOverride();
  const ends =
    <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
    async (...args: A) => {
      setExitCode(await action(...args));
    };
  addAppCommands(program, ends);
  addStackCommands(program, ends);
  return program;
}

function addAppCommands(program: Command, ends: Ends): void {
  addDetachFlags(addRunFlags(addProxyFlag(addAppFlags(program.command('push [app]')))))
    .description('stage an app, run it in the foreground with its sidecars, show its log')
    .option('--no-start', 'stage only')
    .action(
      ends(async (app: string | undefined, flags: PushFlags) =>
        (await import('./commands/push.ts')).pushCommand(app, flags),
      ),
    );
  addWatchFlags(program.command('watch [app]'))
    .description('keep an app staged and running, and after every save redo what that makes necessary')
    .action(
      ends(async (app: string | undefined, flags: WatchFlags) =>
        (await import('./commands/watch.ts')).watchCommand(app, flags),
      ),
    );
  addProxyFlag(addAppFlags(program.command('stage [app]')))
    .description('the same up to the droplet')
    .option(
      '--output <dir>',
      'write droplet.tgz, result.json, staging_info.yml, cache.tgz and staging.log there',
    )
    .action(
      ends(async (app: string | undefined, flags: PushFlags) =>
        (await import('./commands/stage.ts')).stageCommand(app, flags),
      ),
    );
  addDetachFlags(addRunFlags(addAppFlags(program.command('run <droplet-or-app>'))))
    .description('run a droplet again without staging: of an app, or a file')
    .option('--name <app>', 'name of the app that a droplet file is run as')
    .action(
      ends(async (target: string, flags: PushFlags) =>
        (await import('./commands/run.ts')).runDropletCommand(target, flags),
      ),
    );
  addRunFlags(addProxyFlag(addAppFlags(program.command('plan [app]'))))
    .description('print what a push would do, without touching an engine')
    .action(
      ends(async (app: string | undefined, flags: PushFlags) =>
        (await import('./commands/plan.ts')).planCommand(app, flags),
      ),
    );
  addAppFlags(program.command('lint [buildpack...]'))
    .description('look for what would bite on a foundation: in these buildpacks, or in those of the manifest')
    .option('--app <name>', 'app of a manifest that has several')
    .action(
      ends(async (buildpacks: readonly string[], flags: PushFlags) =>
        (await import('./commands/lint.ts')).lintCommand(buildpacks, flags),
      ),
    );
  addTestFlags(program.command('test [files...]'))
    .description('run specs (*.cfstage.yml), all below this directory unless some are named')
    .action(
      ends(async (files: readonly string[], flags: TestFlags) =>
        (await import('./commands/test.ts')).testCommand(files, flags),
      ),
    );
  program
    .command('logs <app>')
    .description('show the log of an app as it comes')
    .option('--recent', 'show the newest lines and end')
    .option('--json', 'one JSON object a line')
    .action(
      ends(async (app: string, flags: object) =>
        (await import('./commands/logs.ts')).logsCommand(app, flags),
      ),
    );
  addSshFlags(program.command('ssh <app>'))
    .description('open a shell in the container of a running app, or forward ports to it')
    .action(
      ends(async (app: string, flags: SshFlags) =>
        (await import('./commands/ssh.ts')).sshCommand(app, flags),
      ),
    );
  program
    .command('diff <app> [phase]')
    .description(
      'show what the phases of a watched app changed: all, or a phase, a buildpack, or PHASE/BUILDPACK',
    )
    .option('--json', 'as JSON')
    .action(
      ends(async (app: string, phase: string | undefined, flags: object) =>
        (await import('./commands/diff.ts')).diffCommand(app, phase, flags),
      ),
    );
  addTaskFlags(program.command('run-task <app>'))
    .description(
      "run a command once in a container of its own with the app's droplet; end with its exit code",
    )
    .action(
      ends(async (app: string, flags: TaskFlags) =>
        (await import('./commands/run-task.ts')).runTaskCommand(app, flags),
      ),
    );
  program
    .command('apps')
    .description('list the apps')
    .option('--json', 'as JSON')
    .action(ends(async (flags: object) => (await import('./commands/apps.ts')).appsCommand(flags)));
  program
    .command('app <app>')
    .description('show how an app is: instances, addresses, sidecars, what they use')
    .option('--json', 'as JSON')
    .action(
      ends(async (app: string, flags: object) => (await import('./commands/app.ts')).appCommand(app, flags)),
    );
  program
    .command('env <app>')
    .description('show the environment of an app, credentials included')
    .action(ends(async (app: string) => (await import('./commands/app.ts')).envCommand(app)));
  program
    .command('events <app>')
    .description('show what happened to an app: starts, stops, crashes')
    .option('--json', 'as JSON')
    .action(
      ends(async (app: string, flags: object) =>
        (await import('./commands/app.ts')).eventsCommand(app, flags),
      ),
    );
  addRunFlags(addAppFlags(program.command('start <app>')))
    .description('run the droplet of an app in the background, as it was run last')
    .action(
      ends(async (app: string, flags: PushFlags) =>
        (await import('./commands/start.ts')).startCommand(app, flags),
      ),
    );
  addRunFlags(addAppFlags(program.command('restart <app>')))
    .description('replace all instances of an app; start it if it does not run')
    .action(
      ends(async (app: string, flags: PushFlags) =>
        (await import('./commands/start.ts')).restartCommand(app, flags),
      ),
    );
  program
    .command('stop <app>')
    .description('stop a running app')
    .action(ends(async (app: string) => (await import('./commands/apps.ts')).stopCommand(app)));
  program
    .command('delete <app>')
    .description('stop an app and forget its droplet, cache and log')
    .option('-f', 'no effect: nothing is asked')
    .option('-r', 'no effect: the routes of an app always go with it')
    .action(ends(async (app: string) => (await import('./commands/apps.ts')).deleteCommand(app)));
  program
    .command('clean')
    .description('remove what killed runs have left')
    .option('--services', 'services as well that --keep-services has left and that no app uses')
    .option('--all', 'running apps as well, and what other machines made on this engine')
    .action(ends(async (flags: object) => (await import('./commands/apps.ts')).cleanCommand(flags)));
}
