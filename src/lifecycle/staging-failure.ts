import type { ScriptFailure } from './script-failure.ts';
import { describeScriptFailure } from './script-failure.ts';

/** Every way in which the builder gives up. Source: buildpackapplifecycle models.go and buildpackrunner/runner.go. */
export type StagingFailure =
  | { readonly kind: 'NoAppDetected' }
  | { readonly kind: 'SupplyFailed'; readonly cause: ScriptFailure }
  | { readonly kind: 'NoSupplyScript'; readonly key: string }
  | { readonly kind: 'MalformedBuildpack'; readonly key: string; readonly final: boolean }
  | { readonly kind: 'UnreadableBuildpack'; readonly path: string; readonly final: boolean }
  | {
      readonly kind: 'CompileFailed';
      readonly script: 'supply' | 'finalize' | 'compile';
      readonly cause: ScriptFailure;
    }
  | { readonly kind: 'ReleaseFailed'; readonly cause: ScriptFailure }
  | { readonly kind: 'InvalidReleaseOutput'; readonly detail: string }
  | { readonly kind: 'InvalidLaunchYml'; readonly detail: string }
  | { readonly kind: 'InvalidProcfile' }
  | { readonly kind: 'UnreadableProcfile'; readonly detail: string }
  | { readonly kind: 'UnwritableResult'; readonly detail: string }
  | { readonly kind: 'InvalidBuildpackUrl'; readonly key: string; readonly detail: string }
  | { readonly kind: 'DownloadFailed'; readonly url: string; readonly detail: string }
  | { readonly kind: 'ExtractFailed'; readonly url: string; readonly detail: string }
  | { readonly kind: 'CloneFailed'; readonly url: string }
  | { readonly kind: 'SetupFailed'; readonly detail: string }
  | { readonly kind: 'PackageFailed'; readonly step: PackageStep; readonly detail: string };

/** What was being done when the droplet or the cache could not be packed. */
export type PackageStep = 'directories' | 'copy' | 'droplet' | 'cache';

const PACKAGE_MESSAGES: Readonly<Record<PackageStep, string>> = {
  directories: 'Failed to set up droplet filesystem',
  copy: 'Failed to copy compiled droplet',
  droplet: 'Failed to compress droplet filesystem',
  cache: 'Failed to compress build artifacts',
};

const COMPILE = 'Failed to compile droplet';
const RELEASE = 'Failed to build droplet release';
const SUPPLY = 'Failed to run all supply scripts';
const NO_SUPPLY =
  'Error: one of the buildpacks chosen to supply dependencies does not support multi-buildpack apps';

const FINAL_SCRIPT_MESSAGES = {
  supply: SUPPLY,
  finalize: 'Failed to run finalize script',
  compile: COMPILE,
} as const;

/** What the builder prints when the buildpack to compile with has no finalize but others came before it. */
export const MISSING_FINALIZE_WARNING =
  'Warning: the last buildpack is not compatible with multi-buildpack apps and cannot make use of any dependencies supplied by the buildpacks specified before it';

/** What the builder prints on stderr when the droplet has no web process; staging goes on. */
export const NO_START_COMMAND_LINES = [
  'No start command specified by buildpack or via Procfile.',
  'App will not start unless a command is provided at runtime.',
] as const;

/** The builder's words for a buildpack that has its scripts nowhere. */
export function malformedBuildpackMessage(key: string): string {
  return `malformed buildpack does not contain a /bin dir: ${key}`;
}

function unreadableBuildpackMessage(path: string): string {
  return `Failed to read buildpack directory '${path}' for buildpack '${path}'`;
}

/** The error that the builder ends with; the exit code hangs on its text (see exit-codes.ts). May span lines. */
export function stagingFailureMessage(failure: StagingFailure): string {
  switch (failure.kind) {
    case 'NoAppDetected':
      return 'None of the buildpacks detected a compatible application';
    case 'NoSupplyScript':
      return NO_SUPPLY;
    case 'SupplyFailed':
      return `${SUPPLY}: ${describeScriptFailure(failure.cause)}`;
    case 'MalformedBuildpack':
      return `${SUPPLY}: ${malformedBuildpackMessage(failure.key)}`;
    case 'UnreadableBuildpack':
      return `${SUPPLY}: ${unreadableBuildpackMessage(failure.path)}`;
    case 'CompileFailed':
      return `${COMPILE}: ${FINAL_SCRIPT_MESSAGES[failure.script]}: ${describeScriptFailure(failure.cause)}`;
    case 'ReleaseFailed':
      return `${RELEASE}: ${describeScriptFailure(failure.cause)}`;
    case 'InvalidReleaseOutput':
      return `${RELEASE}: buildpack's release output invalid: ${failure.detail}`;
    default:
      return otherFailureMessage(failure);
  }
}

type OtherFailure = Exclude<
  StagingFailure,
  {
    kind:
      | 'NoAppDetected'
      | 'NoSupplyScript'
      | 'SupplyFailed'
      | 'MalformedBuildpack'
      | 'UnreadableBuildpack'
      | 'CompileFailed'
      | 'ReleaseFailed'
      | 'InvalidReleaseOutput';
  }
>;

function otherFailureMessage(failure: OtherFailure): string {
  switch (failure.kind) {
    case 'InvalidLaunchYml':
    case 'UnwritableResult':
      return failure.detail;
    case 'InvalidProcfile':
      return 'Failed to read command from Procfile: invalid YAML';
    case 'UnreadableProcfile':
      return `Failed to read command from Procfile: ${failure.detail}`;
    case 'InvalidBuildpackUrl':
      return `Invalid buildpack url (${failure.key}): ${failure.detail}`;
    case 'DownloadFailed':
      return `Failed to download buildpack '${failure.url}': ${failure.detail}`;
    case 'ExtractFailed':
      return `Failed to extract buildpack '${failure.url}': ${failure.detail}`;
    case 'CloneFailed':
      return `Failed to clone git repository at ${failure.url}`;
    case 'SetupFailed':
      return `Failed to set up filesystem when generating droplet: ${failure.detail}`;
    case 'PackageFailed':
      return `${PACKAGE_MESSAGES[failure.step]}: ${failure.detail}`;
  }
}

/** The lines that the builder itself writes to stderr on its way out, in order. */
export function stagingFailureLines(failure: StagingFailure): string[] {
  const message = stagingFailureMessage(failure).split('\n');
  if (failure.kind === 'MalformedBuildpack' && !failure.final) {
    return [malformedBuildpackMessage(failure.key), ...message];
  }
  if (failure.kind === 'UnreadableBuildpack' && !failure.final) {
    return [unreadableBuildpackMessage(failure.path), ...message];
  }
  return message;
}

/** Whether result.json (buildpack metadata only) is written nevertheless: whenever finalize, compile or later fails. */
export function writesResult(failure: StagingFailure): boolean {
  return [
    'CompileFailed',
    'ReleaseFailed',
    'InvalidReleaseOutput',
    'InvalidLaunchYml',
    'InvalidProcfile',
    'UnreadableProcfile',
  ].includes(failure.kind);
}
