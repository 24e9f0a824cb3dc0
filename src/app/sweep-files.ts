import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workbench } from './workbench.ts';

/** Younger files may belong to a run that is still writing them. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Removes temporary files that killed runs left in the state folder and in the system's. Resolves with their paths. */
export async function sweepFiles({ home }: Workbench): Promise<readonly string[]> {
  const [inHome, inTemp] = await Promise.all([
    readdir(home.root, { recursive: true }).catch(() => []),
    readdir(tmpdir()).catch(() => []),
  ]);
  const candidates = [
    ...inHome
      .filter((path) => /(?:^|\/)\.[^/]+\.(?:tmp|part)$/.test(path))
      .map((path) => join(home.root, path)),
    ...inTemp.filter((name) => /^cfstage-(?:git|stand-in)-/.test(name)).map((name) => join(tmpdir(), name)),
  ];
  const abandoned = await Promise.all(
    candidates.map(async (path) => ((await isAbandoned(path)) ? [path] : [])),
  );
  await Promise.all(abandoned.flat().map((path) => rm(path, { recursive: true, force: true })));
  return abandoned.flat();
}

async function isAbandoned(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > ABANDONED_AFTER_MS,
    () => false,
  );
}
