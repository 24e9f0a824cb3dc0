import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  archiveIgnore,
  compileIgnore,
  DEFAULT_IGNORE_LINES,
  directoryIgnore,
} from '../../../src/host/cf-ignore.ts';

describe('compileIgnore', () => {
  test.each<[string, string[], string[]]>([
    ['foo', ['foo', 'a/foo', 'foo/b', 'a/foo/b/c'], ['foobar', 'afoo', 'foo.js']],
    ['/foo', ['foo', 'foo/b'], ['a/foo']],
    ['foo/', ['foo/', 'foo/b', 'a/foo/b'], ['foo', 'a/foo']],
    ['*.log', ['x.log', 'a/x.log', '.log', 'x.log/y'], ['x.logs', 'xlog']],
    ['a/*.js', ['a/x.js'], ['b/a/x.js', 'a/b/x.js']],
    ['a/*', ['a/x', 'b/a/x', 'a/x/y'], ['a']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b', 'c/a/b'], ['ab', 'a/xb']],
    ['**/b', ['b', 'a/b', 'a/c/b'], ['ab']],
    ['/**/b', ['b', 'a/b'], ['ab']],
    ['a/**', ['a', 'a/x', 'a/x/y', 'c/a/x'], ['ab']],
    ['fo?', ['fo?'], ['foo', 'fo', 'f']],
    ['fo[ox]', ['foo', 'fox', 'a/fox'], ['fob', 'fo[ox]']],
    ['fo[^ox]', ['fob'], ['foo', 'fox']],
    ['fo[[:digit:]]', ['fo1'], ['foo']],
    ['a.b', ['a.b'], ['axb']],
    ['  foo  ', ['foo'], []],
    ['foo\r', ['foo'], []],
    ['# foo', [], ['# foo', ' foo']],
    ['#foo', [], ['#foo', 'foo']],
    ['\\#foo', ['#foo'], ['foo']],
    ['\\*', ['*'], ['a']],
    ['a+b', ['ab', 'aab'], ['a+b']],
    ['c++', [], ['c++', 'c']],
    ['*++', [], ['a', '++']],
    ['a*+b', ['ab', 'axxb'], ['a/b']],
    ['(foo', [], ['(foo', 'foo']],
    ['foo|bar', ['foo', 'xfoo/foox', 'bar', 'a/foo/x'], ['ba']],
    ['\\1', [], ['1', '\\1']],
    ['日本*', ['日本語', 'a/日本'], ['日']],
    ['', [], ['', 'a']],
  ])('%j', (line, ignored, kept) => {
    const rules = compileIgnore([line]);
    expect(ignored.filter((path) => !rules.ignores(path))).toEqual([]);
    expect(kept.filter((path) => rules.ignores(path))).toEqual([]);
  });

  test.each(['*+x', '***************************x', 'a**b*+c'])('%s takes no exponential time', (line) => {
    expect(compileIgnore([line]).ignores(`${'a'.repeat(200)}y`)).toBe(false);
  });

  test('the last matching line wins, below an ignored directory too', () => {
    const rules = compileIgnore(['logs', '!logs/keep', 'logs/keep/not']);
    expect(
      ['logs/a', 'logs/keep', 'logs/keep/x', 'logs/keep/not'].map((path) => rules.ignores(path)),
    ).toEqual([true, false, false, true]);
    expect(rules.prunes).toBe(false);
  });

  test.each(DEFAULT_IGNORE_LINES)('%s is ignored at any depth', (name) => {
    expect(directoryIgnore().ignores(name)).toBe(true);
    expect(directoryIgnore().ignores(`a/b/${name}`)).toBe(true);
  });

  test('a negation undoes a built-in line in an archive only', () => {
    expect(directoryIgnore('!.gitignore\n').ignores('.gitignore')).toBe(true);
    expect(archiveIgnore('!.gitignore\n').ignores('.gitignore')).toBe(false);
  });

  const piece = fc.constantFrom(
    'a',
    'b',
    '/',
    '*',
    '**',
    '?',
    '!',
    '#',
    '.',
    '[',
    ']',
    '^',
    '-',
    '\\',
    '(',
    ')',
    '|',
    '{2}',
    '$',
    ' ',
    '\r',
    '日',
  );
  const line = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
  );
  const path = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 8 }).map((p) => p.join('')),
  );

  test('no line and no path makes it throw', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), path, (lines, tested) => {
        expect(typeof directoryIgnore(lines.join('\n')).ignores(tested)).toBe('boolean');
      }),
      { numRuns: 10_000 },
    );
  });

  test('what lies below a directory that may be pruned is ignored', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), path, path, (lines, folder, below) => {
        const rules = compileIgnore(lines);
        if (rules.prunes && folder !== '' && rules.ignores(folder) && !/[\n/]/.test(folder + below)) {
          expect(rules.ignores(`${folder}/${below}`)).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('a negated copy of the last line undoes all', () => {
    fc.assert(
      fc.property(line, path, (text, tested) => {
        fc.pre(!/^[ #!]/.test(text));
        expect(compileIgnore([text, `!${text}`]).ignores(tested)).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });
});
