import { CfstageError } from '../errors.ts';
import {
  BUILD_DIR,
  BUILDPACK_DOWNLOADS_DIR,
  BUILDPACKS_DIR,
  CACHE_DIR,
  CONTENTS_DIR_PREFIX,
  DROPLET_FILE,
  LIFECYCLE_DIR,
  OUTPUT_CACHE_FILE,
  RESULT_FILE,
  VCAP,
} from './container-paths.ts';

/** What a staging makes, or is made from: neither these nor what is above or below them can be kept. */
const OF_STAGING = [
  ...[BUILD_DIR, CACHE_DIR, BUILDPACKS_DIR, BUILDPACK_DOWNLOADS_DIR, LIFECYCLE_DIR],
  ...[DROPLET_FILE, RESULT_FILE, OUTPUT_CACHE_FILE],
  ...[
    '/etc',
    '/proc',
    '/sys',
    '/dev',
    '/root',
    '/bin',
    '/sbin',
    '/lib',
    '/lib64',
    '/usr/bin',
    '/usr/lib',
    '/usr/sbin',
  ],
];

/**
 * The path of `watch --persist` without a slash at its end. Raises USAGE for one that is not absolute, or that belongs to
 * the staging itself.
 */
export function requirePersistable(given: string): string {
  const path = given.replace(/\/+$/, '');
  const parts = path.split('/').slice(1);
  if (
    !path.startsWith('/') ||
    parts.some((part) => ['', '.', '..'].includes(part)) ||
    !/^[\w@%+=:,./-]+$/.test(path)
  ) {
    throw unfit(given, 'it has to be an absolute path of letters, digits and `@%+=:,._-`');
  }
  if (isWithin(VCAP.home, path)) throw unfit(given, `${VCAP.home} as a whole belongs to the staging`);
  const theirs = OF_STAGING.find((other) => isWithin(path, other) || isWithin(other, path));
  if (theirs !== undefined || path.startsWith(CONTENTS_DIR_PREFIX)) {
    throw unfit(
      given,
      `${theirs ?? CONTENTS_DIR_PREFIX} belongs to the staging, which begins without it each time`,
    );
  }
  return path;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function unfit(given: string, why: string): CfstageError {
  return new CfstageError('USAGE', `--persist ${given}: ${why}`, {
    hint: 'Name a directory that only the buildpacks know, e.g. /home/vcap/.cache/go-build or /opt/go.',
  });
}
