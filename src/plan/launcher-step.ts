import { APP_DIR, LAUNCHER } from '../lifecycle/container-paths.ts';
import { withoutEngineVariables } from '../lifecycle/engine-variables.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { launchScript } from '../lifecycle/launch-script.ts';
import { launcherEnvironment } from '../lifecycle/launcher-environment.ts';
import type { StagingInfo } from '../lifecycle/staging-info.ts';
import { noStartCommandMessage, startCommand } from '../lifecycle/start-command.ts';
import type { ProcessStep } from './launch-plan.ts';

/**
 * What `launcher app COMMAND ""` does in the directory of a droplet, decided here: the command, the environment, and
 * the bash that sources the profiles and becomes the command. Source: buildpackapplifecycle launcher/main.go.
 */
export function launcherStep(
  given: string,
  stagingInfo: StagingInfo | undefined,
  env: Environment,
): Pick<ProcessStep, 'command' | 'argv' | 'env'> {
  const start = startCommand(given, stagingInfo);
  if (start === undefined) return { command: '', argv: printed(noStartCommandMessage(LAUNCHER)), env };
  const script = launchScript(start.entrypointPrefix);
  return {
    command: start.command,
    argv: [...withoutEngineVariables(env), '/bin/bash', '-c', script, LAUNCHER, APP_DIR, start.command],
    env: launcherEnvironment(env, APP_DIR),
  };
}

/** The launcher gives up with this on stderr, without a line end. */
function printed(message: string): readonly string[] {
  return ['/bin/bash', '-c', `printf '%s' "$0" >&2; exit 1`, message];
}
