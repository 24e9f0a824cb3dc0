import { coerce, satisfies, validRange } from 'semver';
import { CfstageError } from '../errors.ts';
import type { BuildpackDependency, BuildpackManifest } from './buildpack-manifest.ts';

/** For what a buildpack is packaged. */
export interface PackageTarget {
  /** Undefined packages it for any stack. */
  readonly stack: string | undefined;
  /** With its dependencies in it. */
  readonly cached: boolean;
  /** A name below `packaging_profiles`. */
  readonly profile?: string;
  /** Names of dependencies to leave out besides. */
  readonly exclude: readonly string[];
  /** Names of dependencies that the profile leaves out, to be put in all the same. */
  readonly include: readonly string[];
}

/** Source: libbuildpack packager/packager.go, `profileNameRe`. */
const PROFILE_NAME = /^[a-z0-9_-]+$/;

/**
 * Positions of the dependencies that stay in the manifest. Raises BUILDPACK_INVALID and USAGE, in the words of
 * libbuildpack packager/packager.go.
 */
export function packagedDependencies(manifest: BuildpackManifest, target: PackageTarget): readonly number[] {
  requireStack(manifest, target.stack);
  requireOptions(target);
  const excluded = target.cached ? excludedNames(manifest, target) : new Set<string>();
  return manifest.dependencies.flatMap(({ name, stacks }, i) => {
    const isFor = target.stack === undefined ? stacks.length > 0 : stacks.includes(target.stack);
    return isFor && !excluded.has(name) ? [i] : [];
  });
}

/** What a profile and exclusions add to the name of the zip. */
export function profileSuffix(manifest: BuildpackManifest, target: PackageTarget): string {
  const { profile, exclude, include } = target;
  if (profile === undefined) return exclude.length === 0 ? '' : '-custom';
  const left = manifest.profiles.get(profile) ?? [];
  const isCustom = exclude.length > 0 || include.some((name) => left.includes(name));
  return `-${profile}${isCustom ? '+custom' : ''}`;
}

function requireStack(
  { stack: packagedFor, dependencies, defaultVersions }: BuildpackManifest,
  stack?: string,
) {
  if (packagedFor !== '') throw invalid('Cannot package from already packaged buildpack manifest');
  if (stack === undefined) return;
  const all = [...new Set(dependencies.flatMap(({ stacks }) => stacks))].sort();
  if (dependencies.length > 0 && !all.includes(stack)) {
    throw invalid(`Stack \`${stack}\` not found in manifest`, `It has: ${all.join(', ')}.`);
  }
  for (const { name, version } of defaultVersions) {
    const isThere = dependencies.some(
      (one) => one.name === name && isOn(one, stack) && matches(one, version),
    );
    if (!isThere) throw invalid(`No matching default dependency \`${name}\` for stack \`${stack}\``);
  }
}

function isOn({ stacks }: BuildpackDependency, stack: string): boolean {
  return stacks.includes(stack);
}

/** Source: libbuildpack versions.go, which takes ranges of two Go packages; versions of two numbers count as well. */
function matches({ version }: BuildpackDependency, constraint: string): boolean {
  if (version === constraint) return true;
  const number = coerce(version, { includePrerelease: true });
  return number !== null && validRange(constraint) !== null && satisfies(number, constraint);
}

function requireOptions({ cached, profile, exclude, include }: PackageTarget): void {
  if (!cached && (profile !== undefined || exclude.length > 0 || include.length > 0)) {
    throw usage('--profile/--exclude/--include are only valid for cached buildpacks', 'Add --cached.');
  }
  if (profile === undefined && include.length > 0) {
    throw usage('--include requires --profile', 'Name the profile that leaves it out.');
  }
}

function excludedNames(
  manifest: BuildpackManifest,
  { profile, exclude, include }: PackageTarget,
): Set<string> {
  const known = new Set(manifest.dependencies.map(({ name }) => name));
  const requireKnown = (name: string) => {
    if (!known.has(name))
      throw invalid(`dependency "${name}" not found in manifest`, `It has: ${[...known].join(', ')}.`);
  };
  const excluded = new Set(profile === undefined ? [] : profileExclusions(manifest, profile, known));
  for (const name of exclude) {
    requireKnown(name);
    excluded.add(name);
  }
  for (const name of include) {
    requireKnown(name);
    if (!excluded.delete(name)) {
      throw usage(
        `--include "${name}" has no effect: dependency is not excluded by the profile or --exclude`,
        'Leave it away, or mend the name.',
      );
    }
  }
  return excluded;
}

function profileExclusions(
  { profiles }: BuildpackManifest,
  profile: string,
  known: ReadonlySet<string>,
): readonly string[] {
  if (!PROFILE_NAME.test(profile)) {
    throw usage(
      `profile name "${profile}" is invalid: must match ^[a-z0-9_-]+$`,
      'Rename it in manifest.yml.',
    );
  }
  const exclude = profiles.get(profile);
  if (exclude === undefined) {
    const names = [...profiles.keys()];
    const hint = names.length === 0 ? 'It has no packaging_profiles.' : `It has: ${names.join(', ')}.`;
    throw invalid(`packaging profile "${profile}" not found in manifest`, hint);
  }
  const stranger = exclude.find((name) => !known.has(name));
  if (stranger === undefined) return exclude;
  throw invalid(`profile "${profile}" references unknown dependency "${stranger}"`);
}

function invalid(message: string, hint = 'Mend the manifest.yml of the buildpack.'): CfstageError {
  return new CfstageError('BUILDPACK_INVALID', message, { hint });
}

function usage(message: string, hint: string): CfstageError {
  return new CfstageError('USAGE', message, { hint });
}
