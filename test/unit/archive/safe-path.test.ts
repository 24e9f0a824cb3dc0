import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safePath, TreeGuard, type GuardedType } from '../../../src/archive/safe-path.ts';
import { CfstageError } from '../../../src/errors.ts';

describe('safePath', () => {
  test.each([
    ['./app/x', 'app/x'],
    ['app//x/', 'app/x'],
    ['./', ''],
    ['..a/b..', '..a/b..'],
  ])('%s is %s', (path, expected) => {
    expect(safePath(path)).toBe(expected);
  });

  test.each(['/etc/passwd', '../x', 'a/../../x', 'a/..', 'a\0b'])('refuses %j', (path) => {
    expect(() => safePath(path)).toThrow(expect.objectContaining({ code: 'ARCHIVE_UNSAFE' }));
  });

  test('what it lets through stays inside', () => {
    const segments = fc.array(fc.oneof(fc.constantFrom('..', '.', '', 'a', '\0'), fc.string()), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(segments, (parts) => {
        try {
          expect(`/${safePath(parts.join('/'))}/`).not.toMatch(/\/\.{0,2}\/.|\/\.\.\//);
        } catch (error) {
          if (!(error instanceof CfstageError)) throw error;
          expect(error.code).toBe('ARCHIVE_UNSAFE');
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('TreeGuard', () => {
  type Member = [GuardedType, string, string?];
  test.each<[string, Member[]]>([
    [
      'a file through a symlink',
      [
        ['symlink', 'a', '/etc'],
        ['file', 'a/passwd'],
      ],
    ],
    [
      'a deep file through a symlink',
      [
        ['symlink', 'a/b', '..'],
        ['file', './a/b/c/d'],
      ],
    ],
    [
      'a file in place of a symlink',
      [
        ['symlink', 'a', '/etc/passwd'],
        ['file', 'a'],
      ],
    ],
    [
      'a directory in place of a symlink',
      [
        ['symlink', 'a', '/etc'],
        ['directory', 'a/'],
      ],
    ],
    ['a hard link out of the archive', [['hardlink', 'a', '/etc/passwd']]],
    ['a hard link upwards', [['hardlink', 'a', '../x']]],
    ['a hard link to what is not there', [['hardlink', 'a', 'b']]],
    [
      'a hard link to a symlink',
      [
        ['symlink', 'b', '/etc/passwd'],
        ['hardlink', 'a', 'b'],
      ],
    ],
    [
      'a hard link through a symlink',
      [
        ['file', 'd/x'],
        ['symlink', 'd', '/etc'],
        ['hardlink', 'd/y', 'd/x'],
      ],
    ],
  ])('refuses %s', (_, members) => {
    const guard = new TreeGuard();
    const admitAll = (): void => members.forEach((member) => void guard.admit(...member));
    expect(admitAll).toThrow(expect.objectContaining({ code: 'ARCHIVE_UNSAFE' }));
  });

  test('lets links inside and symlinks to anywhere pass', () => {
    const guard = new TreeGuard();
    guard.admit('file', './a/x');
    expect(guard.admit('hardlink', './b', './a/x')).toEqual({ path: 'b', target: 'a/x' });
    expect(guard.admit('symlink', 'c', '/usr/bin/env')).toEqual({ path: 'c', target: '/usr/bin/env' });
    expect(guard.admit('file', 'cc').path).toBe('cc');
  });
});
