import { stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** What leads from the top of the git repository to a folder: `tests/`, or nothing. */
export async function repositoryPrefix(folder: string): Promise<string> {
  for (let top = folder; ; top = dirname(top)) {
    const isTop = await stat(join(top, '.git')).then(
      () => true,
      () => false,
    );
    if (isTop && top !== folder) return `${relative(top, folder).split(sep).join('/')}/`;
    if (isTop || dirname(top) === top) return '';
  }
}
