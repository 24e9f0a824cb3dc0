import { describe, expect, it } from 'vitest';
import { execProblem, inspectBuildpack, readBuildpackListing } from '../../../src/buildpack/buildpack.ts';
import type { TreeEntry } from '../../../src/buildpack/tree.ts';
import { buildpackTree } from './conformance-cases.ts';

function script(path: string, head = '#!/bin/bash\n', mode = 0o755): TreeEntry {
  return { path, mode, type: 'file', head };
}

function link(path: string, target?: string): TreeEntry {
  return { path, mode: 0o777, type: 'symlink', ...(target !== undefined && { target }) };
}

describe('readBuildpackListing', () => {
  it('finds the scripts of a recorded buildpack, nested one directory down', () => {
    expect(readBuildpackListing('k', buildpackTree('nested-one-level'))).toEqual({
      key: 'k',
      directory: 'inner',
      scripts: {
        detect: 'missing',
        supply: 'executable',
        finalize: 'executable',
        compile: 'missing',
        release: 'executable',
      },
      warnsOfDetectMode: false,
    });
  });

  it.each<[string, TreeEntry[]]>([
    ['recorded malformed', buildpackTree('malformed')],
    ['empty', []],
    ['two directories', [script('a/bin/supply'), script('b/x')]],
    ['nested too deep', [script('a/b/bin/supply')]],
    ['a dangling bin', [link('bin', 'src'), script('other/x')]],
  ])('refuses %s', (_, entries) => {
    expect(() => readBuildpackListing('my-key', entries)).toThrow(
      expect.objectContaining({
        code: 'BUILDPACK_INVALID',
        message: 'malformed buildpack does not contain a /bin dir: my-key',
      }),
    );
    expect(inspectBuildpack('my-key', entries)).toEqual({ key: 'my-key', malformed: true });
  });

  it.each<[string, TreeEntry[], string, string | undefined]>([
    ['a script', [script('bin/supply')], 'executable', undefined],
    ['an ELF binary', [script('bin/supply', '\u007fELF\u0002')], 'executable', undefined],
    ['no x bit', [script('bin/supply', '#!/bin/sh\n', 0o644)], 'not-executable', 'permission denied'],
    [
      'a directory',
      [{ path: 'bin/supply', mode: 0o755, type: 'directory' }],
      'not-executable',
      'permission denied',
    ],
    ['no #! line', [script('bin/supply', 'echo hi\n')], 'no-interpreter-line', 'exec format error'],
    ['an empty file', [script('bin/supply', '')], 'no-interpreter-line', 'exec format error'],
    ['CRLF', [script('bin/supply', '#!/bin/bash\r\necho')], 'bad-interpreter', 'no such file or directory'],
    ['CR later on', [script('bin/supply', '#!/bin/bash\necho\r\n')], 'executable', undefined],
    ['nothing', [script('bin/detect')], 'missing', 'no such file or directory'],
    ['a link', [link('bin/supply', '../lib/s'), script('lib/s')], 'executable', undefined],
    ['a linked bin', [link('bin', './src/scripts'), script('src/scripts/supply')], 'executable', undefined],
    [
      'a dangling link',
      [script('bin/x'), link('bin/supply', 'nowhere')],
      'missing',
      'no such file or directory',
    ],
    [
      'a link out of the tree',
      [script('bin/x'), link('bin/supply', '../../s')],
      'missing',
      'no such file or directory',
    ],
    [
      'a link to itself',
      [script('bin/x'), link('bin/supply', 'supply')],
      'missing',
      'no such file or directory',
    ],
    ['a link of unknown target', [link('bin/supply')], 'executable', undefined],
  ])('sees %s', (_, entries, state, problem) => {
    const { scripts } = readBuildpackListing('k', entries);
    expect(scripts.supply).toBe(state);
    expect(execProblem(scripts.supply)).toBe(problem);
  });

  it.each([
    [0o755, false],
    [0o744, true],
    [0o644, true],
  ])('notes the mode %o of bin/detect', (mode, warns) => {
    const listing = readBuildpackListing('k', [script('bin/detect', '#!/bin/sh\n', mode)]);
    expect(listing.warnsOfDetectMode).toBe(warns);
  });
});
