import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { gunzipIfGzipped } from '../../src/archive/gzip.ts';
import { readTar } from '../../src/archive/read-tar.ts';
import { buildpack, fixture, recordedBuildpack } from './support/paths.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

async function stagedWith(place: Workplace, tool: string, out: string) {
  const app = `${place.app}-${out}`;
  const output = join(place.root, out);
  const given = ['--path', fixture('apps/hello-web'), '-b', tool, '-b', buildpack('uses-the-procfile')];
  const { stdout } = await place.succeed([
    'stage',
    app,
    ...STAND_IN,
    '--clear-cache',
    ...given,
    '--output',
    output,
  ]);
  return { stdout, droplet: await listed(join(output, 'droplet.tgz')) };
}

async function listed(tgz: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const member of readTar(await gunzipIfGzipped(createReadStream(tgz)))) {
    const content = member.type === 'file' ? member.open() : Buffer.alloc(0);
    const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
    const digest = createHash('sha256').update(bytes).digest('hex');
    lines.push(`${member.type} ${member.path} ${member.mode.toString(8)} ${digest}`);
  }
  return lines.sort();
}

async function packaged(place: Workplace, directory: string, ...flags: readonly string[]): Promise<string> {
  const { stdout } = await place.succeed([
    'package-buildpack',
    directory,
    '--stack',
    'cflinuxfs4',
    '--output',
    place.root,
    ...flags,
    '--json',
  ]);
  return (JSON.parse(stdout) as { path: string }).path;
}

test('a packaged buildpack stages as its directory does', async ({ place }) => {
  const directory = join(place.root, 'tool-buildpack');
  await cp(recordedBuildpack('supplies-a-tool'), directory, { recursive: true });
  await place.write(
    'tool-buildpack/manifest.yml',
    'language: tool\ndependencies: []\ninclude_files: [manifest.yml, VERSION, bin/supply]\n',
  );
  await place.write('tool-buildpack/VERSION', '1.0.0');
  const zip = await packaged(place, directory);
  expect(zip).toBe(join(place.root, 'tool_buildpack-cflinuxfs4-v1.0.0.zip'));
  const [fromDirectory, fromZip] = await Promise.all([
    stagedWith(place, directory, 'a'),
    stagedWith(place, zip, 'b'),
  ]);
  expect(fromZip.droplet.length).toBeGreaterThan(10);
  // staging_info.yml and config.yml name no path of the buildpack.
  expect(fromZip.droplet).toEqual(fromDirectory.droplet);
});

test('a cached one has its dependencies where its manifest says', async ({ place }) => {
  const dependency = await place.write('files/thing.txt', 'a thing\n');
  const digest = createHash('sha256')
    .update(await readFile(dependency))
    .digest('hex');
  const manifest = {
    language: 'thing',
    dependencies: [
      {
        name: 'thing',
        version: '1.0.0',
        uri: pathToFileURL(dependency).href,
        sha256: digest,
        cf_stacks: ['cflinuxfs4'],
      },
    ],
    include_files: ['manifest.yml', 'VERSION', 'bin/supply'],
  };
  await place.write('thing-buildpack/manifest.yml', JSON.stringify(manifest));
  const supply = await place.write(
    'thing-buildpack/bin/supply',
    '#!/bin/bash\nset -e\nroot=$(cd "$(dirname "$0")/.." && pwd)\nfile=$(grep -o "dependencies/[^\\" ,}]*" "$root/manifest.yml")\necho "installed $(cat "$root/$file")"\n',
  );
  await chmod(supply, 0o755);
  const zip = await packaged(place, join(place.root, 'thing-buildpack'), '--version', '2.0.0', '--cached');
  const { stdout } = await stagedWith(place, zip, 'out');
  expect(stdout).toContain('[STG/0] OUT installed a thing\n');
});
