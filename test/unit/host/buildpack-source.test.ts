import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBuildpack } from '../../../src/host/buildpack-source.ts';
import type { DownloadProgress } from '../../../src/host/download-zip.ts';
import { homeAt } from '../../../src/host/home.ts';
import { linesOf, put, tempDir, zipOf } from './host-fixtures.ts';

const TREE = {
  'bin/supply': { script: '#!/usr/bin/env bash\necho hi\n' },
  'bin/finalize': { script: 'x'.repeat(300) },
  'lib/a.sh': 'a',
  empty: null,
  'lib/link': { link: 'a.sh' },
} as const;
const LINES = [
  'directory bin 755',
  'directory empty 755',
  'directory lib 755',
  `file bin/finalize 755 = ${'x'.repeat(300)}`,
  'file bin/supply 755 = #!/usr/bin/env bash\necho hi\n',
  'file lib/a.sh 644 = a',
  'symlink lib/link -> a.sh',
];

function freshHome(): { home: ReturnType<typeof homeAt> } {
  return { home: homeAt(tempDir()) };
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/buildpack.zip`;
}

describe('a local directory', () => {
  test('is sent whole, live, but for version control', async () => {
    const root = tempDir({
      ...TREE,
      '.git/config': 'x',
      'lib/.svn/y': 'y',
      '.gitignore': 'kept',
      'manifest.yml': 'm',
    });
    await using source = await openBuildpack({ kind: 'directory', location: root }, freshHome());
    expect(await linesOf(source.entries())).toEqual(
      [...LINES, 'file .gitignore 644 = kept', 'file manifest.yml 644 = m'].sort(),
    );
    expect(source.directory).toBe(root);
    put(join(root, 'later'), 'l');
    expect(await linesOf(source.entries())).toContain('file later 644 = l');
  });

  test('is listed with the first lines of its scripts only', async () => {
    await using source = await openBuildpack({ kind: 'directory', location: tempDir(TREE) }, freshHome());
    expect(source.listing).toContainEqual({
      path: 'bin/supply',
      mode: 0o755,
      type: 'file',
      head: '#!/usr/bin/env bash',
    });
    expect(source.listing).toContainEqual({
      path: 'bin/finalize',
      mode: 0o755,
      type: 'file',
      head: 'x'.repeat(128),
    });
    expect(source.listing).toContainEqual({ path: 'lib/a.sh', mode: 0o644, type: 'file' });
  });

  test.each(['/no/such', import.meta.filename])('%s is none', async (location) => {
    await expect(openBuildpack({ kind: 'directory', location }, freshHome())).rejects.toMatchObject({
      code: 'BUILDPACK_INVALID',
    });
  });
});

describe('a local zip', () => {
  test('is sent with the modes it holds', async () => {
    await using source = await openBuildpack({ kind: 'zip', location: zipOf(TREE) }, freshHome());
    expect(await linesOf(source.entries())).toEqual(LINES);
    expect(source.directory).toBeUndefined();
    expect(source.listing.find(({ path }) => path === 'bin/supply')?.head).toBe('#!/usr/bin/env bash');
  });

  test('that is none is invalid', async () => {
    await expect(
      openBuildpack({ kind: 'zip', location: import.meta.filename }, freshHome()),
    ).rejects.toMatchObject({
      code: 'BUILDPACK_INVALID',
    });
  });
});

describe('a zip behind a URL', () => {
  test('is downloaded once while its ETag stays', async () => {
    const bytes = readFileSync(zipOf(TREE));
    const answered: number[] = [];
    const url = await serve((request, response) => {
      const unchanged = request.headers['if-none-match'] === '"v1"';
      answered.push(unchanged ? 304 : 200);
      response.writeHead(unchanged ? 304 : 200, {
        etag: '"v1"',
        ...(unchanged ? {} : { 'content-length': bytes.length }),
      });
      response.end(unchanged ? undefined : bytes);
    });
    const progress: DownloadProgress[] = [];
    const options = { ...freshHome(), onProgress: (now: DownloadProgress) => void progress.push(now) };
    for (let run = 0; run < 2; run += 1) {
      await using source = await openBuildpack({ kind: 'http-zip', location: url }, options);
      expect(await linesOf(source.entries())).toEqual(LINES);
    }
    expect(answered).toEqual([200, 304]);
    expect(progress.at(-1)).toEqual({ url, receivedBytes: bytes.length, totalBytes: bytes.length });
    expect(readdirSync(options.home.downloads).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('is asked for with the credentials of the URL, which no error shows', async () => {
    const url = await serve((request, response) => {
      response.writeHead(request.headers.authorization === `Basic ${btoa('me:s3cret')}` ? 403 : 401).end();
    });
    const location = url.replace('http://', 'http://me:s3cret@');
    const opened = openBuildpack({ kind: 'http-zip', location }, freshHome());
    await expect(opened).rejects.toMatchObject({
      code: 'BUILDPACK_DOWNLOAD_FAILED',
      message: `Failed to download buildpack from ${url}: the server answered 403 Forbidden`,
    });
  });

  test.each<[string, string, (response: ServerResponse, zip: Buffer) => void]>([
    ['a missing page', 'BUILDPACK_DOWNLOAD_FAILED', (response) => void response.writeHead(404).end('no')],
    ['a page that is no zip', 'BUILDPACK_INVALID', (response) => void response.end('<html>login</html>')],
    [
      'a download that breaks off',
      'BUILDPACK_DOWNLOAD_FAILED',
      (response, zip) => {
        response.writeHead(200, { 'content-length': zip.length });
        response.write(zip.subarray(0, zip.length / 2), () => response.destroy());
      },
    ],
    [
      'half a zip',
      'BUILDPACK_INVALID',
      (response, zip) => void response.end(zip.subarray(0, zip.length / 2)),
    ],
  ])('%s leaves the cache as it was', async (_, code, spoil) => {
    const zip = readFileSync(zipOf(TREE));
    let spoiled = true;
    const url = await serve((_request, response) => {
      if (spoiled) spoil(response, zip);
      else response.end(zip);
    });
    const options = freshHome();
    await expect(openBuildpack({ kind: 'http-zip', location: url }, options)).rejects.toMatchObject({ code });
    expect(tryList(options.home.downloads)).toEqual([]);
    spoiled = false;
    await using source = await openBuildpack({ kind: 'http-zip', location: url }, options);
    expect(await linesOf(source.entries())).toEqual(LINES);
  });

  test('abortion ends a download that stalls and leaves nothing', async () => {
    const controller = new AbortController();
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('x');
    });
    const options = { ...freshHome(), signal: controller.signal, onProgress: () => controller.abort() };
    await expect(openBuildpack({ kind: 'http-zip', location: url }, options)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(tryList(options.home.downloads)).toEqual([]);
  });

  test('nobody answering is a failed download', async () => {
    const opened = openBuildpack({ kind: 'http-zip', location: 'http://127.0.0.1:1/b.zip' }, freshHome());
    await expect(opened).rejects.toMatchObject({ code: 'BUILDPACK_DOWNLOAD_FAILED' });
  });
});

describe('a git repository', () => {
  function repository(): string {
    const root = tempDir(TREE);
    const git = (...args: string[]): void => {
      const identity = [
        '-c',
        'user.name=t',
        '-c',
        'user.email=t@example.org',
        '-c',
        'init.defaultBranch=main',
      ];
      execFileSync('git', ['-C', root, ...identity, ...args], { stdio: 'ignore' });
    };
    git('init');
    git('add', '.');
    git('commit', '-m', 'one');
    git('checkout', '-b', 'other');
    put(join(root, 'only-there'), 'o');
    git('add', '.');
    git('commit', '-m', 'two');
    git('checkout', 'main');
    return `file://${root}`;
  }
  const clones = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('cfstage-git-'));

  test('is cloned, by branch if one is named, and removed with its owner', async () => {
    const location = repository();
    const before = clones();
    {
      await using main = await openBuildpack({ kind: 'git', location }, freshHome());
      const lines = await linesOf(main.entries());
      expect(lines.filter((line) => !line.includes(' .git'))).toEqual(
        LINES.filter((line) => !line.includes('empty')),
      );
      await using other = await openBuildpack({ kind: 'git', location, branch: 'other' }, freshHome());
      expect(other.listing.map(({ path }) => path)).toContain('only-there');
    }
    expect(clones()).toEqual(before);
  });

  test.each([
    ['a repository that is not there', 'file:///no/such/repository', undefined],
    ['a branch that is not there', undefined, 'nowhere'],
  ])('%s is a failed download that leaves nothing', async (_, url, branch) => {
    const before = clones();
    const location = url ?? repository();
    const from = { kind: 'git', location, ...(branch === undefined ? {} : { branch }) } as const;
    await expect(openBuildpack(from, freshHome())).rejects.toMatchObject({
      code: 'BUILDPACK_DOWNLOAD_FAILED',
      message: `Failed to clone git repository at ${location}${branch === undefined ? '' : `#${branch}`}`,
    });
    expect(clones()).toEqual(before);
  });
});

function tryList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
