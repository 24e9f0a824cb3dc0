import type { Command } from 'commander';
import type { PackageRequest } from '../app/package-buildpack.ts';
import { CfstageError } from '../errors.ts';

/** The flags of package-buildpack, as commander gives them; those of `buildpack-packager build`. */
export interface PackageFlags {
  readonly stack?: string;
  readonly anyStack?: boolean;
  readonly cached?: boolean;
  readonly version?: string;
  readonly output?: string;
  readonly profile?: string;
  readonly exclude?: readonly string[];
  readonly include?: readonly string[];
  readonly json?: boolean;
}

export function addPackageFlags(command: Command): Command {
  return command
    .option('-s, --stack <name>', 'package it for this stack')
    .option('--any-stack', 'package it for any stack')
    .option('--cached', 'put its dependencies in, each checked against its sha256')
    .option('--version <version>', 'version to package it as (default: what the file VERSION says)')
    .option('-o, --output <dir>', "directory for the zip (default: the buildpack's)")
    .option('--profile <name>', 'leave out what this packaging profile of manifest.yml leaves out')
    .option('--exclude <names>', 'names of dependencies to leave out, separated by commas', names)
    .option(
      '--include <names>',
      'names of dependencies to put in although the profile leaves them out',
      names,
    )
    .option('--json', 'tell what was made as JSON');
}

/** Raises USAGE. Source of the words: libbuildpack packager/buildpack-packager/main.go. */
export function toPackageTarget(
  flags: PackageFlags,
): Omit<PackageRequest, 'directory' | 'output' | 'version'> {
  const { stack, anyStack = false, cached = false, profile, exclude = [], include = [] } = flags;
  if (stack === undefined && !anyStack) {
    throw usage('error: must either specify a stack or pass -any-stack', 'Say --stack NAME or --any-stack.');
  }
  if (stack !== undefined && anyStack) {
    throw usage('error: cannot specify a stack AND pass -any-stack', 'Leave one of them out.');
  }
  return { stack, cached, exclude, include, ...(profile === undefined ? {} : { profile }) };
}

function names(value: string): readonly string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function usage(message: string, hint: string): CfstageError {
  return new CfstageError('USAGE', message, { hint });
}
