import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTar } from '../archive/read-tar.ts';
import { appFiles } from '../host/app-store.ts';
import { homeAt } from '../host/home.ts';

/** Whether an app has a build cache with at least one file in it. */
export async function holdsCache(home: string, app: string): Promise<boolean> {
  const { folder } = appFiles(homeAt(home), app);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /^cache-.*\.tar$/.test(one))) {
    for await (const { type } of readTar(createReadStream(join(folder, name)))) {
      if (type === 'file') return true;
    }
  }
  return false;
}
