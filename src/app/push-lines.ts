import { userInfo } from 'node:os';
import { ORGANIZATION, SPACE } from './identity.ts';

/** What `cf push` says before the staging log. Source: cli command/v7/push_command.go. */
export function pushLines(app: string, manifestPath: string | undefined): string[] {
  return [
    `Pushing app ${app} to org ${ORGANIZATION} / space ${SPACE} as ${userInfo().username}...`,
    ...(manifestPath === undefined ? [] : [`Applying manifest file ${manifestPath}...`]),
    'Packaging files to upload...\nUploading files...\n\nStaging app and tracing logs...',
  ];
}
