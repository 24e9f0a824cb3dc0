import { describe, expect, test } from 'vitest';
import { found, foundIn, orderOf, SCRIPT, SOUND, type Tree } from './lint-fixtures.ts';

const SUPPLY: Tree = { 'bin/supply': SCRIPT };
const COMPILE: Tree = { 'bin/detect': SCRIPT, 'bin/compile': SCRIPT, 'bin/release': SCRIPT };
const WITHOUT_DETECT: Tree = { 'bin/finalize': SCRIPT, 'bin/release': SCRIPT };
const WITHOUT_RELEASE: Tree = { 'bin/finalize': SCRIPT };

describe('by itself', () => {
  test.each<[string, Tree, string[]]>([
    ['all scripts', SOUND, []],
    ['supply only', SUPPLY, []],
    ['compile only', COMPILE, []],
    ['without bin/', { README: 'x' }, ['script-missing error bin']],
    ['with bin/ too deep', { 'a/b/bin/supply': SCRIPT }, ['script-missing error bin']],
    ['one directory down', { 'inner/bin/supply': SCRIPT }, []],
    ['nothing but detect', { 'bin/detect': SCRIPT }, ['script-missing error bin/supply']],
    [
      'nothing but detect, one directory down',
      { 'in/bin/detect': SCRIPT },
      ['script-missing error in/bin/supply'],
    ],
  ])('%s', (_, tree, findings) => {
    expect(foundIn(tree)).toEqual(findings);
  });
});

describe('in an order', () => {
  test.each<[string, Tree[], boolean, string[]]>([
    ['supply, then all', [SUPPLY, SOUND], true, []],
    ['compile before another', [COMPILE, SOUND], true, ['script-missing error a/bin/supply']],
    ['compile after another', [SUPPLY, COMPILE], true, ['script-missing warning b/bin/finalize']],
    ['compile alone', [COMPILE], true, []],
    ['supply last', [SUPPLY], true, ['script-missing error a/bin/finalize']],
    ['no release', [WITHOUT_RELEASE], true, ['script-missing warning a/bin/release']],
    ['no release before another', [{ ...SUPPLY, ...WITHOUT_RELEASE }, SOUND], true, []],
    [
      'no release but launch.yml',
      [{ 'bin/finalize': `${SCRIPT}echo 'processes: []' > "$3/$4/launch.yml"\n` }],
      true,
      [],
    ],
    ['named without detect', [WITHOUT_DETECT], true, []],
    ['detected without detect', [WITHOUT_DETECT, SOUND], false, ['script-missing error a/bin/detect']],
    ['detected for supply alone', [SUPPLY, SOUND], false, ['script-missing warning a/bin/detect']],
    [
      'detected and cannot be last',
      [{ ...SUPPLY, 'bin/detect': SCRIPT }],
      false,
      ['script-missing error a/bin/finalize'],
    ],
  ])('%s', (_, trees, skipDetect, findings) => {
    expect(found(orderOf(trees, { skipDetect }))).toEqual(findings);
  });
});

describe('form', () => {
  const file = (mode: number, text: string): Tree => ({ ...SOUND, 'bin/supply': { mode, text } });
  test.each<[string, Tree, string[]]>([
    ['not executable', file(0o644, SCRIPT), ['script-not-executable error bin/supply']],
    ['executable for its owner', file(0o744, SCRIPT), []],
    ['no #!', file(0o755, 'echo hi\n'), ['script-no-shebang error bin/supply:1']],
    ['empty', file(0o755, ''), ['script-no-shebang error bin/supply:1']],
    ['a binary', file(0o755, '\u007fELF'), []],
    ['CR in the #! line', file(0o755, '#!/bin/bash\r\necho\r\n'), ['script-crlf error bin/supply:1']],
    ['CR later', file(0o755, '#!/bin/bash\necho\r\n'), ['script-crlf error bin/supply:2']],
    ['CR in a part', { ...SOUND, 'lib/a.sh': 'x=1\r\n' }, ['script-crlf warning lib/a.sh:1']],
    ['CR in a test of the buildpack', { ...SOUND, 'tests/a.sh': 'x=1\r\n' }, []],
    ['CR in what is no script', { ...SOUND, 'conf/a.ini': 'x=1\r\n' }, []],
    [
      'detect not executable for all',
      { ...SOUND, 'bin/detect': { mode: 0o744, text: SCRIPT } },
      ['script-not-executable warning bin/detect'],
    ],
    ['a symlink to a script', { ...SOUND, 'bin/compile': { link: 'supply' } }, []],
    [
      'a symlink to a file that is not executable',
      { ...SOUND, 'bin/supply': { link: '../lib/supply' }, 'lib/supply': SCRIPT },
      ['script-not-executable error bin/supply'],
    ],
  ])('%s', (_, tree, findings) => {
    expect(foundIn(tree)).toEqual(findings);
  });

  test('a script that the order passes over is a warning only', () => {
    const broken = (name: string): Tree => ({ ...SOUND, [name]: { mode: 0o644, text: SCRIPT } });
    expect(found(orderOf([broken('bin/finalize'), broken('bin/detect')]))).toEqual([
      'script-not-executable warning a/bin/finalize',
      'script-not-executable warning b/bin/detect',
    ]);
    expect(found(orderOf([broken('bin/detect'), SOUND], { skipDetect: false }))).toEqual([
      'script-not-executable error a/bin/detect',
    ]);
  });
});
