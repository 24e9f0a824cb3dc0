import type { StagingInfo } from './staging-info.ts';

/** What the launcher execs in place of `bash -c`. */
export interface StartCommand {
  readonly command: string;
  /** Words of a shell, e.g. `env A=1 bash -c`; undefined means `bash -c`. */
  readonly entrypointPrefix?: string;
}

/** What the launcher prints, without newline, before it exits with 1. `program` is its argv[0]. */
export function noStartCommandMessage(program: string): string {
  return `${program}: no start command specified or detected in droplet`;
}

/**
 * The launcher's choice: the command it is given, else the one of staging_info.yml; undefined when both are empty.
 * Source: buildpackapplifecycle launcher/main.go.
 */
export function startCommand(given: string, info: StagingInfo | undefined): StartCommand | undefined {
  const command = given === '' ? (info?.start_command ?? '') : given;
  const prefix = info?.config?.entrypoint_prefix ?? '';
  if (command === '') return undefined;
  return prefix === '' ? { command } : { command, entrypointPrefix: prefix };
}
