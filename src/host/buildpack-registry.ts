import { readStateText } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { BuildpackLocation } from './buildpack-location.ts';
import { withFileLock } from './file-lock.ts';
import type { Home } from './home.ts';
import { stateError } from './state-error.ts';
import { CfstageError } from '../errors.ts';

/** A buildpack known by name, as `cf buildpacks` lists them. */
export interface RegisteredBuildpack {
  readonly name: string;
  readonly source: BuildpackLocation;
}

/** The registered buildpacks in the order of detection. Raises STATE_UNREADABLE. */
export async function listBuildpacks(home: Home): Promise<readonly RegisteredBuildpack[]> {
  const text = await readStateText(home.buildpacks);
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isRegistered)) return list;
  } catch (error) {
    throw stateError(error, home.buildpacks);
  }
  throw stateError(new Error('it is not a list of buildpacks'), home.buildpacks);
}

/** The registered buildpack of that name. Raises BUILDPACK_UNKNOWN. */
export async function findBuildpack(home: Home, name: string): Promise<RegisteredBuildpack> {
  const list = await listBuildpacks(home);
  const found = list.find((buildpack) => buildpack.name === name);
  if (found === undefined) throw unknown(name, list);
  return found;
}

/**
 * Registers a buildpack at a position from 1, by default the first as in Cloud Controller; a position behind the end
 * is the end. Raises BUILDPACK_INVALID when the name is taken.
 */
export async function createBuildpack(
  home: Home,
  buildpack: RegisteredBuildpack,
  position = 1,
  signal?: AbortSignal,
): Promise<void> {
  await change(
    home,
    (list) => {
      if (list.some(({ name }) => name === buildpack.name)) throw taken(buildpack.name);
      return list.toSpliced(Math.max(position, 1) - 1, 0, buildpack);
    },
    signal,
  );
}

/** Forgets a registered buildpack. Raises BUILDPACK_UNKNOWN. */
export async function deleteBuildpack(home: Home, name: string, signal?: AbortSignal): Promise<void> {
  await change(
    home,
    (list) => {
      const rest = list.filter((buildpack) => buildpack.name !== name);
      if (rest.length === list.length) throw unknown(name, list);
      return rest;
    },
    signal,
  );
}

type List = readonly RegisteredBuildpack[];

async function change(
  home: Home,
  edit: (list: List) => List,
  signal: AbortSignal | undefined,
): Promise<void> {
  await withFileLock(
    `${home.buildpacks}.lock`,
    async () => {
      const changed = edit(await listBuildpacks(home));
      await writeFileAtomically(home.buildpacks, `${JSON.stringify(changed, undefined, 2)}\n`);
    },
    signal,
  );
}

function isRegistered(value: unknown): value is RegisteredBuildpack {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('source' in value)) return false;
  const { name, source } = value;
  if (typeof name !== 'string' || typeof source !== 'object' || source === null) return false;
  return (
    'kind' in source &&
    typeof source.kind === 'string' &&
    'location' in source &&
    typeof source.location === 'string'
  );
}

function taken(name: string): CfstageError {
  return new CfstageError(
    'BUILDPACK_INVALID',
    `Buildpack with name '${name}' and an unassigned stack already exists`,
    {
      hint: `Choose another name, or run 'cfstage delete-buildpack ${name}' first.`,
    },
  );
}

function unknown(name: string, list: List): CfstageError {
  const names = list.map((buildpack) => buildpack.name).join(', ');
  return new CfstageError('BUILDPACK_UNKNOWN', `Buildpack '${name}' not found`, {
    hint:
      names === ''
        ? "None is registered yet: 'cfstage create-buildpack NAME PATH' does it, or use --local-buildpack NAME=PATH."
        : `Registered are: ${names}.`,
  });
}
