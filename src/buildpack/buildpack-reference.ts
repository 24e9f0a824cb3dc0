import { BUILDPACK_DOWNLOADS_DIR, BUILDPACKS_DIR } from '../lifecycle/container-paths.ts';
import { parseGoUrl } from '../lifecycle/go-url.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';
import type { BuildpackHash } from './buildpack-hash.ts';

/** Where a buildpack comes from, as the manifest or `-b` says it. `key` is the reference as written. */
export type BuildpackReference =
  | { readonly kind: 'name'; readonly key: string }
  | { readonly kind: 'zip'; readonly key: string; readonly url: string }
  | { readonly kind: 'git'; readonly key: string; readonly url: string; readonly branch?: string }
  | { readonly kind: 'file'; readonly key: string; readonly path: string };

/**
 * Tells names from URLs as the builder does: whatever has a scheme is a URL, `.zip` at the end of its path a download,
 * any other a git repository with its branch after `#`. `file://` (a directory or zip here) is ours.
 * Source: buildpackapplifecycle runner.go, `downloadBuildpacks`, git_buildpack.go.
 */
export function parseBuildpackReference(
  key: string,
): { readonly value: BuildpackReference } | { readonly failure: StagingFailure } {
  const url = parseGoUrl(key);
  if ('error' in url) return { failure: { kind: 'InvalidBuildpackUrl', key, detail: url.error } };
  if (url.scheme === '') return { value: { kind: 'name', key } };
  if (url.scheme === 'file') return { value: { kind: 'file', key, path: url.path } };
  const withoutFragment = `${url.scheme}${url.rest}`;
  if (url.path.endsWith('.zip')) return { value: { kind: 'zip', key, url: withoutFragment } };
  const git = { kind: 'git', key, url: withoutFragment } as const;
  return { value: url.fragment === '' ? git : { ...git, branch: url.fragment } };
}

/** Where the builder looks for a buildpack in the staging container: by name, or downloaded. */
export function buildpackDirectory(key: string, hash: BuildpackHash): string {
  const url = parseGoUrl(key);
  const isUrl = !('error' in url) && url.scheme !== '';
  return `${isUrl ? BUILDPACK_DOWNLOADS_DIR : BUILDPACKS_DIR}/${hash(key)}`;
}
