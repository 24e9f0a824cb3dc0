import { utimes } from 'node:fs/promises';
import { buildpack } from './paths.ts';
import { RedoLab, type LabOptions } from './redo-lab.ts';
import type { Workplace } from './workplace.ts';

const CHANGES_ITSELF = 'https://example.com/changes-itself';

/** A lab whose buildpacks do all that buildpacks should not. */
export async function openOddLab(place: Workplace, options: Partial<LabOptions> = {}): Promise<RedoLab> {
  const buildpacks = ['leaves-odd-files', CHANGES_ITSELF, 'undoes-its-supply'];
  const lab = await RedoLab.open(place, { buildpacks, ...options });
  for (const name of ['leaves-odd-files', 'changes-itself', 'undoes-its-supply'])
    await lab.take(buildpack(name), name);
  await lab.write('app/app.txt', 'app\n');
  await lab.write('app/public/index.html', 'hello\n');
  await lab.write('app/public/deep/er/page.html', 'page\n');
  await lab.write('app/lib/one.rb', 'one\n');
  await lab.write('app/lib/two.rb', 'two\n');
  // Long before any staging, as files of an app are.
  for (const file of ['app.txt', 'lib/one.rb']) await utimes(lab.path('app', file), 1e9, 1e9);
  return lab;
}
