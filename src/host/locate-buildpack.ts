import { stat } from 'node:fs/promises';
import type { BuildpackReference } from '../buildpack/buildpack-reference.ts';
import type { BuildpackLocation } from './buildpack-location.ts';
import { findBuildpack } from './buildpack-registry.ts';
import type { Home } from './home.ts';
import { CfstageError } from '../errors.ts';

/** Where a reference leads. Raises BUILDPACK_UNKNOWN for a name that is not registered, BUILDPACK_INVALID for a path. */
export async function locateBuildpack(reference: BuildpackReference, home: Home): Promise<BuildpackLocation> {
  switch (reference.kind) {
    case 'name':
      return (await findBuildpack(home, reference.key)).source;
    case 'file':
      return await locateLocalBuildpack(reference.path);
    case 'zip':
      return { kind: 'http-zip', location: reference.url };
    case 'git': {
      const git = { kind: 'git', location: reference.url } as const;
      return reference.branch === undefined ? git : { ...git, branch: reference.branch };
    }
  }
}

/** A path on this machine as a directory or, if it is a file, a zip archive. Raises BUILDPACK_INVALID. */
export async function locateLocalBuildpack(path: string): Promise<BuildpackLocation> {
  try {
    return { kind: (await stat(path)).isDirectory() ? 'directory' : 'zip', location: path };
  } catch (error) {
    throw new CfstageError('BUILDPACK_INVALID', `The buildpack path '${path}' does not exist`, {
      hint: 'Give a directory or a zip file; relative paths start at the current directory.',
      cause: error,
    });
  }
}
