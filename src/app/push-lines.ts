import { userInfo } from 'node:os';
import { ORGANIZATION, SPACE } from './identity.ts';

/** How the commands of cf begin: what they do, and where. */
export function cfHeading(what: string): string {
  return `${what} in org ${ORGANIZATION} / space ${SPACE} as ${userInfo().username}...`;
}

/** What `cf push` says before the staging log. Source: cli command/v7/push_command.go. */
export function pushLines(app: string, manifestPath: string | undefined): string[] {
  return [
    `Pushing app ${app} to org ${ORGANIZATION} / space ${SPACE} as ${userInfo().username}...`,
    ...(manifestPath === undefined ? [] : [`Applying manifest file ${manifestPath}...`]),
    'Packaging files to upload...\nUploading files...\n\nStaging app and tracing logs...',
  ];
}
