import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test as plainTest } from 'vitest';
import { ChangeWatcher } from '../../../src/host/change-watcher.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';

const test = plainTest.extend<{ folder: string }>({
  folder: async ({}, use) => {
    await using dir = await makeTempDir('watcher-test');
    await use(dir.path);
  },
});

/** Writes files, makes their directories. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const never = new AbortController().signal;

interface Watched {
  /** What is told of the next burst, relative to the folder, in order. */
  readonly next: () => Promise<readonly string[]>;
  /** Resolves when what there is now has been read, so that it can be compared by content. */
  readonly learnt: () => Promise<void>;
}

/** Watches one directory below the folder; `watcher` may have been made before. */
async function watched(
  folder: string,
  roots: readonly { readonly path: string; readonly honoursCfIgnore?: boolean }[],
  lines: readonly string[] = [],
): Promise<Watched> {
  const watcher = new ChangeWatcher(lines);
  onTestFinished(() => watcher[Symbol.dispose]());
  await watcher.watch(
    roots.map(({ path, honoursCfIgnore = false }) => ({ path: join(folder, path), honoursCfIgnore })),
  );
  return {
    next: async () => {
      const { paths } = await watcher.next(never);
      return paths.map((path) => relative(folder, path)).sort();
    },
    learnt: () => watcher.learn(never),
  };
}

/** Every way in which an editor replaces a file. */
const SAVES: Readonly<Record<string, (path: string) => void>> = {
  'in place': (path) => writeFileSync(path, 'new'),
  'a temporary file and a rename': (path) => {
    writeFileSync(`${path}.tmp123`, 'new', { mode: 0o644 });
    renameSync(`${path}.tmp123`, path);
  },
  'a backup and a new file, as vim does': (path) => {
    writeFileSync(join(dirname(path), '4913'), '');
    unlinkSync(join(dirname(path), '4913'));
    writeFileSync(join(dirname(path), '.file.swp'), 'swap');
    renameSync(path, `${path}~`);
    writeFileSync(path, 'new', { mode: 0o644 });
    unlinkSync(`${path}~`);
  },
  'two renames': (path) => {
    writeFileSync(`${path}___jb_tmp___`, 'new', { mode: 0o644 });
    renameSync(path, `${path}___jb_old___`);
    renameSync(`${path}___jb_tmp___`, path);
    unlinkSync(`${path}___jb_old___`);
  },
};

describe('a save', () => {
  for (const [name, save] of Object.entries(SAVES)) {
    test(`by ${name} is one change of one file`, async ({ folder }) => {
      write(folder, { 'bp/bin/file': 'old', 'bp/other': 'same' });
      const { next } = await watched(folder, [{ path: 'bp' }]);
      save(join(folder, 'bp/bin/file'));
      expect(await next()).toEqual(['bp/bin/file']);
      save(join(folder, 'bp/bin/file'));
      write(folder, { 'bp/other': 'changed' });
      expect(await next()).toContain('bp/other');
    });
  }

  test('by vim itself is one change of one file', async ({ folder }) => {
    write(folder, { 'bp/bin/file': 'old' });
    const { next } = await watched(folder, [{ path: 'bp' }]);
    await execa('vi', ['-N', '-es', '-c', 'normal Ax', '-c', 'wq', 'bp/bin/file'], {
      cwd: folder,
      reject: false,
      stdin: 'ignore',
    });
    expect(await next()).toEqual(['bp/bin/file']);
  });
});

describe('what is told', () => {
  test('is what was added, removed and changed in one burst', async ({ folder }) => {
    write(folder, { 'bp/gone': '1', 'bp/dir/a': '1', 'bp/dir/b': '1', 'bp/stays': '1' });
    const { next } = await watched(folder, [{ path: 'bp' }]);
    write(folder, { 'bp/new/deep/er/file': '2', 'bp/stays': '2' });
    rmSync(join(folder, 'bp/gone'));
    rmSync(join(folder, 'bp/dir'), { recursive: true });
    expect(await next()).toEqual([
      ...['bp/dir', 'bp/dir/a', 'bp/dir/b', 'bp/gone'],
      ...['bp/new', 'bp/new/deep', 'bp/new/deep/er', 'bp/new/deep/er/file', 'bp/stays'],
    ]);
  });

  test('is a change of the mode, of a link, and of a kind', async ({ folder }) => {
    write(folder, { 'bp/mode': '1', 'bp/kind': '1', 'bp/target': '1' });
    symlinkSync('target', join(folder, 'bp/link'));
    const { next } = await watched(folder, [{ path: 'bp' }]);
    chmodSync(join(folder, 'bp/mode'), 0o755);
    rmSync(join(folder, 'bp/link'));
    symlinkSync('mode', join(folder, 'bp/link'));
    rmSync(join(folder, 'bp/kind'));
    mkdirSync(join(folder, 'bp/kind'));
    expect(await next()).toEqual(['bp/kind', 'bp/link', 'bp/mode']);
  });

  test('is what is in a directory that was moved, under its new name', async ({ folder }) => {
    write(folder, { 'bp/old/sub/file': '1' });
    const { next } = await watched(folder, [{ path: 'bp' }]);
    renameSync(join(folder, 'bp/old'), join(folder, 'bp/new'));
    expect(await next()).toEqual([
      ...['bp/new', 'bp/new/sub', 'bp/new/sub/file'],
      ...['bp/old', 'bp/old/sub', 'bp/old/sub/file'],
    ]);
    write(folder, { 'bp/new/sub/file': '2' });
    expect(await next()).toEqual(['bp/new/sub/file']);
  });

  test('leaves out what has the same content as before', async ({ folder }) => {
    write(folder, { 'bp/touched': '1', 'bp/saved': '1', 'bp/there/and/back': '1', 'bp/file': '1' });
    const { next, learnt } = await watched(folder, [{ path: 'bp' }]);
    await learnt();
    utimesSync(join(folder, 'bp/touched'), new Date(), new Date());
    writeFileSync(join(folder, 'bp/saved'), '1');
    readFileSync(join(folder, 'bp/file'));
    cpSync(join(folder, 'bp/there'), join(folder, 'copy'), { recursive: true });
    rmSync(join(folder, 'bp/there'), { recursive: true });
    cpSync(join(folder, 'copy'), join(folder, 'bp/there'), { recursive: true });
    write(folder, { 'bp/file': '2' });
    expect(await next()).toEqual(['bp/file']);
    // Also when it has changed meanwhile.
    await learnt();
    writeFileSync(join(folder, 'bp/file'), '2');
    write(folder, { 'bp/saved': '2' });
    expect(await next()).toEqual(['bp/saved']);
  });

  test('leaves out what was made and removed again', async ({ folder }) => {
    write(folder, { 'bp/file': '1' });
    const { next } = await watched(folder, [{ path: 'bp' }]);
    write(folder, { 'bp/passing/file': '1' });
    rmSync(join(folder, 'bp/passing'), { recursive: true });
    write(folder, { 'bp/file': '2' });
    expect(await next()).toEqual(['bp/file']);
  });

  test('waits for nobody: a change between two waits comes at the second one', async ({ folder }) => {
    write(folder, { 'bp/a': '1', 'bp/b': '1' });
    const { next } = await watched(folder, [{ path: 'bp' }]);
    write(folder, { 'bp/a': '2' });
    expect(await next()).toEqual(['bp/a']);
    write(folder, { 'bp/b': '2' });
    await nextTurn();
    expect(await next()).toEqual(['bp/b']);
  });
});

describe('what is ignored', () => {
  test('is what the .cfignore of an app and --ignore say', async ({ folder }) => {
    write(folder, { 'app/.cfignore': 'log/\n*.tmp\n', 'app/a': '1', 'app/log/x': '1', 'app/dist/y': '1' });
    const { next } = await watched(folder, [{ path: 'app', honoursCfIgnore: true }], ['dist']);
    write(folder, { 'app/log/x': '2', 'app/log/new/z': '2', 'app/c.tmp': '2', 'app/dist/y': '2' });
    write(folder, { 'app/.git/index': '2', 'app/a': '2' });
    expect(await next()).toEqual(['app/a']);
  });

  test('is another thing once the .cfignore says so', async ({ folder }) => {
    write(folder, { 'app/.cfignore': 'log\n', 'app/log/x': '1', 'app/data/y': '1', 'app/a': '1' });
    const { next } = await watched(folder, [{ path: 'app', honoursCfIgnore: true }]);
    write(folder, { 'app/.cfignore': 'data\n' });
    expect(await next()).toEqual(['app/.cfignore', 'app/log', 'app/log/x']);
    write(folder, { 'app/data/y': '2', 'app/log/x': '2' });
    expect(await next()).toEqual(['app/log/x']);
  });

  test('a file that a later pattern takes back is told', async ({ folder }) => {
    write(folder, { 'app/.cfignore': 'log/*\n!log/keep\n', 'app/log/x': '1', 'app/log/keep': '1' });
    const { next } = await watched(folder, [{ path: 'app', honoursCfIgnore: true }]);
    write(folder, { 'app/log/x': '2', 'app/log/keep': '2' });
    expect(await next()).toEqual(['app/log/keep']);
  });
});

describe('a root', () => {
  test('may be a symlink, and lead elsewhere later', async ({ folder }) => {
    write(folder, { 'one/bin/x': '1', 'two/bin/x': '2', 'two/bin/y': '2' });
    symlinkSync('one', join(folder, 'bp'));
    const { next } = await watched(folder, [{ path: 'bp' }]);
    write(folder, { 'one/bin/x': '9' });
    expect(await next()).toEqual(['bp/bin/x']);
    symlinkSync('two', join(folder, 'bp-new'));
    renameSync(join(folder, 'bp-new'), join(folder, 'bp'));
    expect(await next()).toEqual(['bp/bin/x', 'bp/bin/y']);
    write(folder, { 'two/bin/y': '3' });
    expect(await next()).toEqual(['bp/bin/y']);
  });

  test('may go and come back', async ({ folder }) => {
    write(folder, { 'up/bp/bin/x': '1' });
    const { next } = await watched(folder, [{ path: 'up/bp' }]);
    rmSync(join(folder, 'up'), { recursive: true });
    expect(await next()).toEqual(['up/bp', 'up/bp/bin', 'up/bp/bin/x']);
    write(folder, { 'up/bp/bin/x': '2' });
    expect(await next()).toEqual(['up/bp', 'up/bp/bin', 'up/bp/bin/x']);
    write(folder, { 'up/bp/bin/x': '3' });
    expect(await next()).toEqual(['up/bp/bin/x']);
  });

  test('may be a file that is replaced, and one that is not there yet', async ({ folder }) => {
    write(folder, { 'conf/manifest.yml': '1', 'conf/other': '1' });
    const { next } = await watched(folder, [{ path: 'conf/manifest.yml' }, { path: 'later/vars.yml' }]);
    SAVES['two renames']?.(join(folder, 'conf/manifest.yml'));
    write(folder, { 'conf/other': '2' });
    expect(await next()).toEqual(['conf/manifest.yml']);
    write(folder, { 'later/vars.yml': '1' });
    expect(await next()).toEqual(['later/vars.yml']);
    write(folder, { 'later/vars.yml': '2' });
    expect(await next()).toEqual(['later/vars.yml']);
  });

  test('may be a symlink to a file whose own directory changes', async ({ folder }) => {
    write(folder, { 'secret/v1/vars.yml': '1', 'secret/v2/vars.yml': '2' });
    symlinkSync('secret/v1/vars.yml', join(folder, 'vars.yml'));
    const { next } = await watched(folder, [{ path: 'vars.yml' }]);
    SAVES['a temporary file and a rename']?.(join(folder, 'secret/v1/vars.yml'));
    expect(await next()).toEqual(['vars.yml']);
  });

  test('that is not wanted any more is not told', async ({ folder }) => {
    write(folder, { 'a/x': '1', 'b/x': '1' });
    const watcher = new ChangeWatcher();
    onTestFinished(() => watcher[Symbol.dispose]());
    const root = (name: string) => ({ path: join(folder, name), honoursCfIgnore: false });
    await watcher.watch([root('a')]);
    await watcher.watch([root('b')]);
    write(folder, { 'a/x': '2', 'b/x': '2' });
    expect((await watcher.next(never)).paths).toEqual([join(folder, 'b/x')]);
  });
});

/** Collects what is told until all of these have been. */
async function toldUntil(next: () => Promise<readonly string[]>, paths: readonly string[]): Promise<number> {
  const missing = new Set(paths);
  let batches = 0;
  while (missing.size > 0) {
    for (const path of await next()) missing.delete(path);
    batches += 1;
  }
  return batches;
}

describe('many at once', { timeout: 60_000 }, () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, i) => `repo/d${i % 50}/e${i % 7}/f${i}.txt`);

  test('a checkout of 5000 files is told in one go or a few, with the directories that it makes', async ({
    folder,
  }) => {
    const git = (...args: string[]) =>
      execa('git', ['-c', 'user.name=x', '-c', 'user.email=x', ...args], { cwd: join(folder, 'repo') });
    const files = names(5000);
    write(folder, { 'repo/README': '1' });
    await git('init', '-q', '-b', 'main');
    await git('add', '.');
    await git('commit', '-qm', 'one');
    await git('checkout', '-qb', 'many');
    write(folder, Object.fromEntries(files.map((file) => [file, file])));
    await git('add', '.');
    await git('commit', '-qm', 'two');
    await git('checkout', '-q', 'main');
    const { next } = await watched(folder, [{ path: 'repo' }]);
    const there = git('checkout', '-q', 'many');
    expect(await toldUntil(next, files)).toBeLessThan(5);
    await there;
    const back = git('checkout', '-q', 'main');
    expect(await toldUntil(next, files)).toBeLessThan(5);
    await back;
  });

  test('nothing is lost when the queue of the kernel overflows', async ({ folder }) => {
    const files = names(9000);
    write(folder, { 'repo/README': '1' });
    const { next } = await watched(folder, [{ path: 'repo' }]);
    // Without a turn for the watcher: some 30,000 events, where the kernel holds 16,384.
    write(folder, Object.fromEntries(files.map((file) => [file, file])));
    for (const file of files) writeFileSync(join(folder, file), 'again');
    const told = new Set(await next());
    expect(files.filter((file) => !told.has(file))).toEqual([]);
  });

  test('a directory that fills while it is being made is told with all its files', async ({ folder }) => {
    write(folder, { 'bp/README': '1' });
    const { next } = await watched(folder, [{ path: 'bp' }]);
    const script = 'for i in $(seq 60); do mkdir -p n$i/m/o; echo $i >n$i/m/o/f; echo $i >n$i/g; done';
    const made = execa('bash', ['-c', script], { cwd: join(folder, 'bp') });
    const files = Array.from({ length: 60 }, (_, i) => [`bp/n${i + 1}/m/o/f`, `bp/n${i + 1}/g`]).flat();
    await toldUntil(next, files);
    await made;
  });
});
