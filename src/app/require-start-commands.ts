import { CfstageError } from '../errors.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { webProcess } from './app-settings.ts';

/**
 * Raises START_COMMAND_MISSING when neither the droplet names any process nor the app a command. A droplet with other
 * processes is left to the launcher, as on a foundation.
 * Source: cloud_controller_ng diego/buildpack/staging_completion_handler.rb, `handle_success`.
 */
export function requireStartCommands({ process_types: types }: StagingResult, app: AppManifest): void {
  if (Object.keys(types ?? {}).length > 0 || webProcess(app).command !== undefined) return;
  throw new CfstageError(
    'START_COMMAND_MISSING',
    'Error staging application: StagingError - Start command not specified',
    { hint: 'Give one with -c, in the manifest (command:), in a Procfile (web: …), or in bin/release.' },
  );
}
