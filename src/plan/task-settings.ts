import { CfstageError } from '../errors.ts';
import { commandOf } from '../lifecycle/merge-processes.ts';
import type { Process } from '../lifecycle/process.ts';
import { defaultProcess, type AppManifest, type ProcessManifest } from '../manifest/manifest.ts';
import { MAX_DISK_MB } from '../manifest/process-limits.ts';

/** What is asked of a task; what is absent or empty is the template's, or the default. */
export interface AskedTask {
  readonly name?: string | undefined;
  readonly command?: string | undefined;
  /** The process type that is the template of command, memory and disk. */
  readonly processType?: string | undefined;
  readonly memoryMb?: number | undefined;
  readonly diskMb?: number | undefined;
}

/** What a task is, once all of that is decided. */
export interface TaskSettings {
  readonly name: string;
  readonly command: string;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** Bytes a second; -1 is unlimited. */
  readonly logRateLimitBytes: number;
}

/** The template when neither a command nor a process type is asked for. Source: cli command/v7/run_task_command.go. */
const DEFAULT_TEMPLATE = 'task';

/** Source: cloud_controller_ng app/models/runtime/task_model.rb. */
const MAX_COMMAND_CHARACTERS = 4096;
const UNPRINTABLE = /[\p{Cc}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Decides a task of an app whose droplet has these processes. `newName` is for a task without a name. Errors are in
 * Cloud Controller's words. Source: cloud_controller_ng app/actions/task_create.rb.
 * @throws CfstageError START_COMMAND_MISSING, USAGE
 */
export function taskSettings(
  asked: AskedTask,
  app: AppManifest,
  processes: readonly Process[],
  newName: string,
): TaskSettings {
  const template = findTemplate(asked, app, processes);
  const { memoryMb, diskMb, logRateLimitBytes } = template ?? defaultProcess(DEFAULT_TEMPLATE);
  const settings = {
    name: nonEmpty(asked.name) ?? newName,
    command: nonEmpty(asked.command) ?? nonEmpty(template?.command) ?? '',
    memoryMb: asked.memoryMb ?? memoryMb,
    diskMb: asked.diskMb ?? diskMb,
    logRateLimitBytes,
  };
  if (settings.command === '') {
    throw new CfstageError('START_COMMAND_MISSING', 'command presence', {
      hint: `The process type '${template?.type ?? ''}' has no command. Give the task one with --command.`,
    });
  }
  refuse(settings);
  return settings;
}

/** A process type of the manifest or of the droplet, or of both: then the manifest's command counts, if it has one. */
function findTemplate(
  asked: AskedTask,
  app: AppManifest,
  processes: readonly Process[],
): ProcessManifest | undefined {
  const type =
    nonEmpty(asked.processType) ?? (nonEmpty(asked.command) === undefined ? DEFAULT_TEMPLATE : undefined);
  if (type === undefined) return undefined;
  const ofDroplet = commandOf(processes, type);
  const ofManifest = app.processes.find((process) => process.type === type);
  if (ofDroplet === undefined && ofManifest === undefined) throw noSuchProcess(type, app, processes);
  const command = nonEmpty(ofManifest?.command) ?? ofDroplet;
  return { ...(ofManifest ?? defaultProcess(type)), ...(command === undefined ? {} : { command }) };
}

function noSuchProcess(type: string, app: AppManifest, processes: readonly Process[]): CfstageError {
  const types = new Set([...app.processes, ...processes].map((process) => process.type));
  return new CfstageError('START_COMMAND_MISSING', `Process ${type} not found`, {
    hint: `Give a command with --command, or with --process one of: ${[...types].join(', ')}.`,
  });
}

function refuse({ name, command, diskMb }: TaskSettings): void {
  if (diskMb > MAX_DISK_MB) {
    throw wrong(`Cannot request disk_in_mb greater than ${MAX_DISK_MB}`, 'Ask for less with -k.');
  }
  if (UNPRINTABLE.test(name)) throw wrong('name format', 'The name of a task is printable characters.');
  if (Array.from(command).length > MAX_COMMAND_CHARACTERS) {
    throw wrong(
      `command must be shorter than ${MAX_COMMAND_CHARACTERS + 1} characters`,
      'Put the command into a script of the app.',
    );
  }
}

function wrong(message: string, hint: string): CfstageError {
  return new CfstageError('USAGE', message, { hint });
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
