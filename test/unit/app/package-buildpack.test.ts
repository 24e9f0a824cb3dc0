import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { packageBuildpack, type PackageRequest } from '../../../src/app/package-buildpack.ts';
import { openLocalBench } from '../../../src/app/workbench.ts';
import { openBuildpack } from '../../../src/host/buildpack-source.ts';
import { emitTo } from '../../../src/logs/emitter.ts';
import { linesOf, tempDir } from '../host/host-fixtures.ts';

const { signal } = new AbortController();

function packaging(directory: string, how: Partial<PackageRequest> = {}) {
  const home = tempDir();
  const request = {
    directory,
    output: tempDir(),
    version: '7',
    stack: undefined,
    cached: false,
    exclude: [],
    include: [],
    ...how,
  };
  return { home, request, run: () => packageBuildpack(request, openLocalBench(home, emitTo([])), signal) };
}

async function linesIn(path: string, bench = tempDir()): Promise<string[]> {
  await using zip = await openBuildpack(
    { kind: 'zip', location: path },
    { home: openLocalBench(bench, emitTo([])).home },
  );
  return await linesOf(zip.entries());
}

function withManifest(manifest: string) {
  return tempDir({
    'bin/supply': { script: '#!/bin/bash\n' },
    'bin/not-included': 'x',
    'make.sh': { script: '#!/bin/bash\necho made >made.txt\n' },
    'fail.sh': { script: '#!/bin/bash\necho "no such compiler"\nexit 3\n' },
    VERSION: '1.0.0\n',
    'manifest.yml': manifest,
  });
}

const DEPENDENCY = 'what is depended on';
const DIGEST = createHash('sha256').update(DEPENDENCY).digest('hex');

function cachedBuildpack(sha256 = DIGEST) {
  const file = join(tempDir({ 'thing.bin': DEPENDENCY }), 'thing.bin');
  const uri = pathToFileURL(file).href;
  const directory = withManifest(`language: t
dependencies:
- { name: thing, version: 1.0.0, uri: '${uri}', sha256: '${sha256}', cf_stacks: [cflinuxfs4] }
include_files: [manifest.yml, VERSION, bin/supply]
`);
  return { file, directory };
}

describe('packaging', () => {
  test('takes the files that are named, the version that is asked for, and what pre_package makes', async () => {
    const directory = withManifest(
      'language: t\npre_package: ./make.sh\ndependencies: []\ninclude_files: [VERSION, bin/supply, made.txt]\n',
    );
    const made = await packaging(directory).run();
    expect(await linesIn(made.path)).toEqual([
      'file VERSION 644 = 7',
      'file bin/supply 755 = #!/bin/bash\n',
      'file made.txt 644 = made\n',
    ]);
    expect(existsSync(join(directory, 'made.txt'))).toBe(false);
  });

  test('takes every file of a buildpack without a list, and the version of its file', async () => {
    const directory = tempDir({
      'bin/supply': { script: '#!/bin/bash\n' },
      link: { link: 'bin/supply' },
      VERSION: '2.0\n',
      'tests/one': 'x',
      '.git/config': 'x',
    });
    const { run } = packaging(directory, { version: undefined, output: directory });
    const first = await run();
    const lines = [
      'file VERSION 644 = 2.0',
      'file bin/supply 755 = #!/bin/bash\n',
      'symlink link -> bin/supply',
    ];
    expect(await linesIn(first.path)).toEqual(lines);
    expect(await linesIn((await run()).path)).toEqual(lines);
  });

  test('gives the same bytes whenever and with whatever umask the files were made', async () => {
    const directory = withManifest(
      'dependencies: []\ninclude_files: [VERSION, bin/supply, bin/not-included]\n',
    );
    const { run } = packaging(directory);
    const before = readFileSync((await run()).path);
    utimesSync(join(directory, 'bin/supply'), 1e9, 1e9);
    chmodSync(join(directory, 'bin/supply'), 0o700);
    chmodSync(join(directory, 'bin/not-included'), 0o600);
    const { path } = await run();
    expect(readFileSync(path).equals(before)).toBe(true);
    const inJapan = { ...process.env, TZ: 'Asia/Tokyo' };
    expect(execFileSync('zipinfo', ['-T', path], { env: inJapan }).toString()).toContain('19800101.000000');
  });

  test('puts dependencies in, and takes them from the state folder the next time', async () => {
    const { file, directory } = cachedBuildpack();
    const { run, home } = packaging(directory, { cached: true, stack: 'cflinuxfs4' });
    const made = await run();
    expect(await linesIn(made.path)).toContainEqual(
      expect.stringMatching(/^file dependencies\/[0-9a-f]{32}\/thing\.bin 644 = what is depended on$/),
    );
    writeFileSync(file, 'something else');
    const bytes = readFileSync(made.path);
    expect(readFileSync((await run()).path).equals(bytes)).toBe(true);
    const kept = join(home, 'downloads/dependencies');
    writeFileSync(join(kept, readdirSync(kept)[0] ?? ''), 'changed by somebody');
    await expect(run()).rejects.toMatchObject({ code: 'BUILDPACK_DOWNLOAD_FAILED' });
  });

  test.for([
    [
      'a digest that does not match',
      cachedBuildpack,
      'BUILDPACK_DOWNLOAD_FAILED',
      /\(thing 1\.0\.0\): dependency sha256 mismatch: expected sha256 ff, actual sha256 /,
    ],
    [
      'a missing file of the list',
      () => ({ directory: withManifest('dependencies: []\ninclude_files: [nowhere]\n') }),
      'PACKAGING_FAILED',
      /^failed to open included_file: nowhere$/,
    ],
    [
      'a path that leaves the buildpack',
      () => ({ directory: withManifest('dependencies: []\ninclude_files: [../x]\n') }),
      'BUILDPACK_INVALID',
      /leaves the buildpack/,
    ],
    [
      'a pre_package that fails',
      () => ({ directory: withManifest('pre_package: ./fail.sh\ndependencies: []\ninclude_files: []\n') }),
      'PACKAGING_FAILED',
      /^no such compiler\npre_package \.\/fail\.sh: exit status 3$/,
    ],
  ] as const)('%s is an error that leaves nothing', async ([, make, code, message]) => {
    const { directory } = make('ff');
    const { run, request, home } = packaging(directory, { cached: true });
    const temporary = tempDir();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(run()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(readdirSync(request.output)).toEqual([]);
    const kept = join(home, 'downloads/dependencies');
    expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
