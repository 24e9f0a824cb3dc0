import { CfstageError } from '../errors.ts';
import type { BuildpackDependency, BuildpackManifest } from './buildpack-manifest.ts';
import { packagedManifest } from './packaged-manifest.ts';
import { packagedDependencies, profileSuffix, type PackageTarget } from './packaged-dependencies.ts';

/** A dependency that goes into the zip. */
export interface PackagedDependency extends BuildpackDependency {
  /** Its path there. */
  readonly file: string;
}

/** Everything that packaging a buildpack will do, as plain data. */
export interface PackagePlan {
  /** E.g. `ruby_buildpack-cached-cflinuxfs4-v1.10.2.zip`. */
  readonly zipName: string;
  /** Run first in the copy that is packaged; '' for none. */
  readonly prePackage: string;
  /** Paths relative to the buildpack, in the order of the zip; undefined takes every file. */
  readonly includeFiles: readonly string[] | undefined;
  /** To be fetched, in the order of the zip; none where the buildpack is not cached. */
  readonly dependencies: readonly PackagedDependency[];
  /** The manifest.yml of the zip; undefined where the buildpack has none. */
  readonly manifest: string | undefined;
}

/** A buildpack's manifest, as text and read; `md5` is of the UTF-8 of a text, in hex. */
export interface PackageFacts {
  readonly manifest: { readonly text: string; readonly parsed: BuildpackManifest } | undefined;
  /** Of the buildpack's directory, for one that names no language. */
  readonly directoryName: string;
  readonly version: string;
  readonly md5: (text: string) => string;
}

/** Source of names and rules: libbuildpack packager/packager.go. Raises BUILDPACK_INVALID and USAGE. */
export function planPackage(facts: PackageFacts, target: PackageTarget): PackagePlan {
  const { manifest, version } = facts;
  if (manifest === undefined) {
    if (target.cached) throw nothingToCache();
    return {
      zipName: zipName(languageOf(facts), '', target, version),
      prePackage: '',
      includeFiles: undefined,
      dependencies: [],
      manifest: undefined,
    };
  }
  const { parsed, text } = manifest;
  const kept = packagedDependencies(parsed, target);
  const dependencies = target.cached ? kept.map((position) => packaged(parsed, position, facts.md5)) : [];
  const files = new Map(dependencies.map(({ file }, i) => [kept[i] ?? -1, file]));
  return {
    zipName: zipName(parsed.language || languageOf(facts), profileSuffix(parsed, target), target, version),
    prePackage: parsed.prePackage,
    includeFiles: parsed.includeFiles,
    dependencies,
    manifest: packagedManifest(text, { stack: target.stack, dependencies: kept, files }),
  };
}

function packaged(
  { dependencies }: BuildpackManifest,
  position: number,
  md5: PackageFacts['md5'],
): PackagedDependency {
  const dependency = dependencies[position];
  if (dependency === undefined) throw new CfstageError('INTERNAL', `No dependency ${position}`);
  const name = dependency.uri.slice(dependency.uri.lastIndexOf('/') + 1);
  if (name === '' || name === '.' || name === '..') {
    throw new CfstageError(
      'BUILDPACK_INVALID',
      `The dependency ${dependency.name} ${dependency.version} has no file to download: '${dependency.uri}'`,
      { hint: 'Give it a `uri:` that ends with the name of a file.' },
    );
  }
  return { ...dependency, file: `dependencies/${md5(dependency.uri)}/${name}` };
}

function zipName(
  language: string,
  profile: string,
  { cached, stack }: PackageTarget,
  version: string,
): string {
  const parts = [cached ? '-cached' : '', profile, stack === undefined ? '' : `-${stack}`];
  return `${language}_buildpack${parts.join('')}-v${version}.zip`;
}

/** The directory of the buildpack for ruby is often called ruby-buildpack. */
function languageOf({ directoryName }: PackageFacts): string {
  return directoryName.replace(/[-_]buildpack$/, '') || 'custom';
}

function nothingToCache(): CfstageError {
  return new CfstageError('USAGE', 'The buildpack has no manifest.yml, hence no dependencies to put in', {
    hint: 'Leave --cached out.',
  });
}
