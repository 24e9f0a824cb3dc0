import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isStaleSocket } from '../host/control-socket.ts';
import { breakIfAbandoned } from '../host/file-lock.ts';
import { RouteDirectory } from '../host/route-directory.ts';
import { isAbandoned } from '../host/temporary-name.ts';
import type { SessionRecord } from '../host/session-directory.ts';
import { dropletsNotCurrent } from './droplet-store.ts';
import type { Workbench } from './workbench.ts';

/**
 * Removes what killed runs left in the state folder and in the system's temporary folder. Resolves with the paths, but
 * for locks and routes, which the next run would have taken over.
 */
export async function sweepFiles({ home }: Pick<Workbench, 'home'>): Promise<readonly string[]> {
  const [inHome, inTemp] = await Promise.all([below(home.root), inFolder(tmpdir())]);
  const temporary = [
    ...inHome.filter((path) => /^\..+\.(?:tmp|part)$/.test(basename(path))),
    ...inTemp.filter((path) => /^cfstage-(?:git|stand-in)-/.test(basename(path))),
  ];
  const sockets = [
    ...inHome.filter((path) => path.endsWith('.sock')),
    ...inTemp.filter((path) => /^cfstage-[0-9a-f]{16}\.sock$/.test(basename(path))),
  ];
  const [abandoned, stale] = await Promise.all([
    removeThose(temporary, (path) => isAbandoned(path, basename(path))),
    removeThose(sockets, isStaleSocket),
    ...inHome.filter((path) => path.endsWith('.lock')).map(breakIfAbandoned),
    // Reading the routes removes those of the dead.
    new RouteDirectory(home).endpoints(),
  ]);
  return [...abandoned, ...stale];
}

/** Removes droplets that a killed run had fetched but not yet made current; `sessions` are all there can be. */
export async function sweepDroplets(
  { home }: Pick<Workbench, 'home'>,
  sessions: readonly SessionRecord[],
): Promise<readonly string[]> {
  const found = await dropletsNotCurrent(home, new Set(sessions.map(({ app }) => app)));
  return await removeThose(found, () => Promise.resolve(true));
}

async function removeThose(
  paths: readonly string[],
  judge: (path: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const judged = await Promise.all(paths.map(async (path) => ((await judge(path)) ? [path] : [])));
  const removed = judged.flat();
  await Promise.all(removed.map((path) => rm(path, { recursive: true, force: true })));
  return removed;
}

async function below(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries.map((entry) => join(folder, entry));
}

async function inFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder).catch(() => []);
  return entries.map((entry) => join(folder, entry));
}
