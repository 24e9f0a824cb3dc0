import { randomFillSync } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup/root.js';

const MB = 1e6;
export const SAMPLE = path.join(ROOT, 'fixtures/apps/rubyapp');

/** The sample with 80 MB of large files that do not compress and 20 MB in 4000 small ones of text. */
export function makeLargeApp(folder) {
  cpSync(SAMPLE, folder, { recursive: true });
  addNoise(path.join(folder, 'media'), 8, 10 * MB);
  const text = 'A line of text that looks like what an app vendors, more or less.\n'.repeat(80);
  for (let directory = 0; directory < 40; directory += 1) {
    const below = path.join(folder, 'vendor/packages', String(directory));
    mkdirSync(below, { recursive: true });
    for (let file = 0; file < 100; file += 1)
      writeFileSync(path.join(below, `${file}.txt`), `${directory}/${file}\n${text}`.slice(0, 5000));
  }
}

/** The sample with as much as a package may hold, 1 GiB, less 4 MiB. */
export function makeLargestApp(folder) {
  cpSync(SAMPLE, folder, { recursive: true });
  addNoise(path.join(folder, 'media'), 15, 68 * 1024 ** 2);
}

function addNoise(folder, count, bytes) {
  mkdirSync(folder, { recursive: true });
  const noise = Buffer.allocUnsafe(bytes);
  for (let i = 0; i < count; i += 1) writeFileSync(path.join(folder, `${i}.bin`), randomFillSync(noise));
}
