import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lint } from '../../../src/lint/lint.ts';
import { buildpackOf, foundIn, orderOf, SCRIPT, SOUND } from './lint-fixtures.ts';

describe('symlinks', () => {
  test.each<[string, string, string[]]>([
    ['lib/x', 'y', []],
    ['lib/x', '../bin/supply', []],
    ['lib/x', '../../other/y', ['symlink-outside error lib/x']],
    ['x', '..', ['symlink-outside error x']],
    ['lib/x', './../lib/../../y', ['symlink-outside error lib/x']],
    ['lib/x', '/home/me/y', ['symlink-absolute error lib/x']],
    ['lib/x', '/usr/bin/ruby', ['symlink-absolute warning lib/x']],
    ['lib/x', '/usrlocal/bin/ruby', ['symlink-absolute error lib/x']],
    ['fixtures/x', '/home/me/y', []],
  ])('%s -> %s', (path, link, findings) => {
    expect(foundIn({ ...SOUND, [path]: { link } })).toEqual(findings);
  });
});

describe('manifest.yml', () => {
  const nginx = (...fields: string[]) => `---
language: x
dependencies:
- name: nginx
  version: 1.2.3
  uri: https://example.com/nginx.tgz
${fields.map((field) => `  ${field}\n`).join('')}`;
  const sha = `sha256: ${'0'.repeat(64)}`;
  test.each<[string, string, string | undefined, string[]]>([
    ['all there', nginx(sha, 'cf_stacks: [cflinuxfs4]'), 'cflinuxfs4', []],
    [
      'another stack',
      nginx(sha, 'cf_stacks: [cflinuxfs4]'),
      'cflinuxfs3',
      ['stack-not-listed error manifest.yml:4'],
    ],
    ['another stack, nobody asks', nginx(sha, 'cf_stacks: [cflinuxfs4]'), undefined, []],
    ['no stacks at all', nginx(sha), 'cflinuxfs4', []],
    ['for one stack', `stack: cflinuxfs4\n${nginx(sha).slice(4)}`, 'cflinuxfs4', []],
    [
      'for another one',
      'language: x\nstack: cflinuxfs3\n',
      'cflinuxfs4',
      ['stack-not-listed error manifest.yml:2'],
    ],
    ['no checksum', nginx(), undefined, ['dependency-checksum error manifest.yml:4']],
    [
      'no checksum but of the source',
      nginx('source_sha256: 1'),
      undefined,
      ['dependency-checksum error manifest.yml:4'],
    ],
    ['an empty checksum', nginx("sha256: ''"), undefined, ['dependency-checksum error manifest.yml:4']],
    ['no dependencies', 'language: x\ndependencies: []\n', 'cflinuxfs4', []],
    ['another shape', '- a\n- b\n', 'cflinuxfs4', []],
    ['broken', 'language: x\nstack: [\n', undefined, ['manifest-yml-invalid error manifest.yml:3']],
  ])('%s', (_, text, stack, findings) => {
    const context = stack === undefined ? {} : { stack };
    expect(foundIn({ ...SOUND, 'manifest.yml': text }, context)).toEqual(findings);
  });

  test('of a buildpack one directory down', () => {
    const tree = { 'in/bin/supply': SCRIPT, 'in/manifest.yml': nginx() };
    expect(foundIn(tree)).toEqual(['dependency-checksum error in/manifest.yml:4']);
  });
});

test('every finding says why and what to do', () => {
  const tree = { 'bin/supply': 'cd /tmp/app\r\n', 'lib/x': { link: '/x' }, 'manifest.yml': 'stack: y' };
  const findings = lint({ ...orderOf([tree, tree], { skipDetect: false }), stack: 'z' });
  expect(findings.length).toBeGreaterThan(6);
  for (const { why, advice } of findings) expect([why, advice]).not.toContain('');
});

describe('any text', () => {
  const piece = fc.constantFrom(
    ...['cat <<Y', "cat <<'Y'", ' > launch.yml', 'Y', "echo '", '"', '$', '`', '/tmp/app', 'cp a', 'a='],
    ...['processes:', '- type: x', ' ', '#', '\n', '\r\n', '---\n', 'dependencies:\n- uri: ', '{', ']'],
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
  );

  test('is judged, and none makes it throw', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(text, text, (supply, yml) => {
        // No text that begins so is a script by itself.
        const tree = { 'bin/supply': `x${supply}`, 'launch.yml': yml, 'manifest.yml': yml };
        expect(foundIn(tree)).toContain('script-no-shebang error bin/supply:1');
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a long line', `cp ${"a ' ".repeat(200_000)}`],
    ['a line just below the limit', `cp ${"a ' ".repeat(1000)}`],
    ['here-docs that do not end', 'cat <<Y > x '.repeat(300)],
    ['quotes that do not end', 'echo "\n'.repeat(3000)],
    ['variables', `${'a=$b/$b\nb=$a/$a\n'.repeat(1000)}cat > $a <<Y\nY\n`],
  ])('takes no time: %s', (_, line) => {
    const buildpacks = [buildpackOf('', { ...SOUND, 'bin/supply': `${SCRIPT}${line}\n` })];
    const start = performance.now();
    lint({ buildpacks });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
