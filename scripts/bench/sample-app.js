import { randomFillSync } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup/root.js';
import { FINAL, SUPPLY } from './names.js';

export const SAMPLE = path.join(ROOT, 'fixtures/apps/rubyapp');
const FILES_A_FOLDER = 100;
const SMALL_BYTES = 5000;

/** 100 MB: media that do not compress, and 300 small files of text. */
export const LARGE = { media: 10, mediaBytes: 9.85e6, smallFiles: 300 };

/** The same bytes with 2000 small files: creating files costs an engine more than writing them. */
export const MANY_FILES = { media: 9, mediaBytes: 10e6, smallFiles: 2000 };

/** 1.03 GB: somewhat less than the 1 GiB that a package may hold, a fiftieth of it in 4000 small files. */
export const LARGEST = { media: 15, mediaBytes: 67.5e6, smallFiles: 4000 };

/** The sample, which answers `GET /marker` with its files of that name, and its buildpacks; all of it can be edited. */
export function makeEditable(folder, { app: size, depsBytes = 0 }) {
  const [app, supply, final] = ['app', 'supply', 'final'].map((name) => path.join(folder, name));
  if (size === undefined) cpSync(SAMPLE, app, { recursive: true });
  else makeApp(app, size);
  cpSync(SUPPLY, supply, { recursive: true });
  cpSync(FINAL, final, { recursive: true });
  const program = path.join(app, 'app.rb');
  const route =
    "server.mount_proc('/marker') { |_, response| response.body = Dir['*marker'].map { |f| File.read(f) }.join(' ') }\n";
  writeFileSync(program, readFileSync(program, 'utf8').replace(/^server\.start$/m, `${route}server.start`));
  writeFileSync(path.join(app, 'marker'), 'none');
  if (depsBytes > 0) {
    const noise = randomFillSync(Buffer.allocUnsafe(depsBytes / 10));
    for (let i = 0; i < 10; i += 1) writeFileSync(path.join(made(supply, 'files/lib'), `${i}.so`), noise);
    appendFileSync(
      path.join(supply, 'bin/supply'),
      '\ncp -r "$buildpack_dir/files/lib" "$deps_dir/$index/media"\n',
    );
  }
  return { app, supply, final };
}

/** Edits of these, each with a marker of its own. */
export const EDITS = {
  finalize: ({ final }, marker) => {
    const script = path.join(final, 'bin/finalize');
    const before = readFileSync(script, 'utf8').replace(/^echo \S+ >"\$build_dir\/final-marker"\n/m, '');
    writeFileSync(script, `${before}echo ${marker} >"$build_dir/final-marker"\n`);
  },
  app: ({ app }, marker) => writeFileSync(path.join(app, 'marker'), marker),
};

/** The sample, and with it files in plenty. */
export function makeApp(folder, { media, mediaBytes, smallFiles }) {
  cpSync(SAMPLE, folder, { recursive: true });
  const noise = Buffer.allocUnsafe(mediaBytes);
  for (let i = 0; i < media; i += 1)
    writeFileSync(path.join(made(folder, 'media'), `${i}.bin`), randomFillSync(noise));
  const text = 'A line of text that looks like what an app vendors, more or less.\n'.repeat(80);
  for (let i = 0; i < smallFiles; i += 1) {
    const below = made(folder, 'vendor/packages', String(Math.floor(i / FILES_A_FOLDER)));
    writeFileSync(path.join(below, `${i}.txt`), `${i}\n${text}`.slice(0, SMALL_BYTES));
  }
}

function made(...names) {
  const folder = path.join(...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}
